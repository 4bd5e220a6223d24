"""Takes the README's pictures anew: a story in the real VS Code, and docs/*.png and genie.gif made of it.

Pillow, which nothing else needs, lives in a virtual environment of its own. The pictures have few colours, so
that 256 of them are as good as all and take a third of the space.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "build" / "pictures"
TAKEN = ROOT / "build" / "screenshots"
DOCS = ROOT / "docs"
NAMES = ("question", "tests", "plan", "review", "all-changes")
COLOURS = 256
MOVING = (960, 600)
SECONDS = 2.5
LAST_SECONDS = 5.0


def main() -> None:
    """Runs the story, then itself with Pillow."""
    if sys.argv[1:] == ["--compose"]:
        return compose()
    environment = TOOLS / "bin" / "python"
    if not environment.exists():
        venv.create(TOOLS, with_pip=True)
        subprocess.run([str(environment), "-m", "pip", "install", "--quiet", "pillow"], check=True)
    for script in ("package.py", "vscode.py"):
        subprocess.run([sys.executable, str(ROOT / "scripts" / script)], check=True)
    for old in TAKEN.glob("frame-*.png"):
        old.unlink()
    subprocess.run(["node", str(ROOT / "tests/e2e/vscode/run.mjs"), "wholeWay"], check=True)
    subprocess.run([str(environment), __file__, "--compose"], check=True)
    return None


def compose() -> None:
    """Writes the pictures into docs/ and tells their sizes."""
    from PIL import Image

    for name in NAMES:
        for scheme in ("light", "dark"):
            picture = Image.open(TAKEN / f"{name}-{scheme}.png").convert("RGB")
            plain = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            plain.save(DOCS / f"{name}-{scheme}.png", optimize=True)
    frames = [
        Image.open(path).convert("RGB").resize(MOVING, Image.Resampling.LANCZOS)
        for path in sorted(TAKEN.glob("frame-*.png"))
    ]
    few = [frame.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE) for frame in frames]
    first, *rest = few
    shown = [round(1000 * SECONDS)] * len(rest) + [round(1000 * LAST_SECONDS)]
    first.save(DOCS / "genie.gif", save_all=True, append_images=rest, duration=shown, loop=0, optimize=True)
    for path in sorted(DOCS.glob("*.*")):
        print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

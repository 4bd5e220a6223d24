import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = (
    "requirements.lock",
    "requirements-checkout.lock",
    "requirements-dev.lock",
    "bench/ranking/requirements.lock",
)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))


def names(requirements: list[str | dict[str, str]]) -> set[str]:
    words = [re.match(r"[A-Za-z0-9._-]+", text) for text in requirements if isinstance(text, str)]
    return {re.sub(r"[-_.]+", "-", word[0]).lower() for word in words if word}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_only_pins_and_hashes(lock: str) -> None:
    entry = r"[a-z0-9._-]+==[^\s;\\]+( ; .+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+"
    text = (ROOT / lock).read_text("utf-8")
    assert re.fullmatch(f"({entry})+", text)


def test_a_package_has_one_version_in_all_locks() -> None:
    everywhere = [item for lock in LOCKS for item in pins(lock).items()]
    assert len(dict(everywhere)) == len(set(everywhere))


def test_what_pyproject_asks_for_is_locked() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {
        "requirements.lock": names(table["project"]["dependencies"]),
        "requirements-checkout.lock": names(table["dependency-groups"]["checkout"]),
        "requirements-dev.lock": names(table["dependency-groups"]["dev"]),
        "bench/ranking/requirements.lock": names(table["dependency-groups"]["ranking"]),
    }
    assert [name for lock, wanted in asked.items() for name in wanted - pins(lock).keys()] == []

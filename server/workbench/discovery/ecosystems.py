"""Which files tell of which tests, one entry for each ecosystem, in the order in which they are asked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .files import first_there, names, text
from .javascript import javascript_command
from .python import looks_like_python

Command = tuple[str, str]
"""A command, and the reason for it as the middle of a sentence."""

BUILD = '"$GENIE_SCRATCH/cmake"'
_CMAKE_TESTS = re.compile(
    r"\b(?:enable_testing|add_test|gtest_discover_tests|include\s*\(\s*CTest)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Ecosystem:
    """`marks` are files that make a folder a project; `suffixes` those of its source.

    `find` gives the command for a folder (repository's root, folder); `gathers` tells whether a folder's
    command runs the projects below it as well. Python's command is completed later: an interpreter is asked.
    """

    name: str
    marks: tuple[str, ...]
    suffixes: tuple[str, ...]
    find: Callable[[Path, Path], Command | None]
    gathers: Callable[[Path], bool] = lambda folder: False


def _by_file(*commands: tuple[tuple[str, ...], str]) -> Callable[[Path, Path], Command | None]:
    """The command of the first files that are there."""

    def find(root: Path, folder: Path) -> Command | None:
        for files, command in commands:
            if name := first_there(folder, files):
                return command, f"{name} is there"
        return None

    return find


def _holds(file: str, pattern: str) -> Callable[[Path], bool]:
    return lambda folder: re.search(pattern, text(folder / file), re.MULTILINE) is not None


def _python(root: Path, folder: Path) -> Command | None:
    why = looks_like_python(folder)
    return ("", why) if why else None


def _ruby(root: Path, folder: Path) -> Command | None:
    spec = next((one for one in names(folder, 3) if one.endswith("_spec.rb")), "")
    mark = first_there(folder, (".rspec",)) or spec
    if not mark:
        return None
    bundled = (folder / "Gemfile").is_file()
    return ("bundle exec rspec" if bundled else "rspec"), f"{mark} is there"


def _php(root: Path, folder: Path) -> Command | None:
    mark = first_there(folder, ("phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"))
    if not mark:
        return None
    local = (folder / "vendor/bin/phpunit").exists() or (folder / "composer.json").is_file()
    return ("vendor/bin/phpunit" if local else "phpunit"), f"{mark} is there"


def _cmake(root: Path, folder: Path) -> Command | None:
    if not _CMAKE_TESTS.search(text(folder / "CMakeLists.txt")):
        return None
    steps = (f"cmake -S . -B {BUILD}", f"cmake --build {BUILD}")
    test = f"ctest --test-dir {BUILD} --output-on-failure"
    return " && ".join((*steps, test)), "CMakeLists.txt declares tests; they are built outside of the sources"


def _make(root: Path, folder: Path) -> Command | None:
    for name in ("GNUmakefile", "makefile", "Makefile"):
        for target in ("test", "check"):
            if re.search(rf"^{target}\s*:(?!=)", text(folder / name), re.MULTILINE):
                return f"make {target}", f"{name} has the target {target}"
    return None


ECOSYSTEMS: tuple[Ecosystem, ...] = (
    Ecosystem(
        "Python",
        ("pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "pytest.ini", "manage.py"),
        (".py", ".pyi", ".pyx"),
        _python,
        lambda folder: (folder / "pytest.ini").is_file() or "[tool.pytest" in text(folder / "pyproject.toml"),
    ),
    Ecosystem(
        "JavaScript",
        ("package.json",),
        (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"),
        javascript_command,
    ),
    Ecosystem("Go", ("go.mod",), (".go",), _by_file((("go.mod",), "go test ./..."))),
    Ecosystem(
        "Rust",
        ("Cargo.toml",),
        (".rs",),
        _by_file((("Cargo.toml",), "cargo test --offline")),
        _holds("Cargo.toml", r"^\[workspace\b"),
    ),
    Ecosystem(
        "Maven",
        ("pom.xml",),
        (".java", ".kt", ".scala", ".groovy"),
        _by_file((("mvnw",), "./mvnw -o -q -B test"), (("pom.xml",), "mvn -o -q -B test")),
        _holds("pom.xml", "<modules>"),
    ),
    Ecosystem(
        "Gradle",
        ("build.gradle", "build.gradle.kts"),
        (".java", ".kt", ".kts", ".scala", ".groovy"),
        _by_file(
            (("gradlew",), "./gradlew --offline test"),
            (
                ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"),
                "gradle --offline test",
            ),
        ),
        lambda folder: bool(first_there(folder, ("settings.gradle", "settings.gradle.kts"))),
    ),
    Ecosystem("Ruby", ("Gemfile", ".rspec"), (".rb", ".erb"), _ruby),
    Ecosystem("PHP", ("composer.json", "phpunit.xml", "phpunit.xml.dist"), (".php",), _php),
    Ecosystem(
        ".NET",
        ("*.sln", "*.slnx", "*.csproj", "*.fsproj"),
        (".cs", ".fs", ".vb"),
        _by_file((("*.sln", "*.slnx", "*Test*.csproj", "*.csproj", "*.fsproj"), "dotnet test --no-restore")),
        lambda folder: bool(first_there(folder, ("*.sln", "*.slnx"))),
    ),
    Ecosystem("CMake", (), (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp"), _cmake),
    Ecosystem("Swift", ("Package.swift",), (".swift",), _by_file((("Package.swift",), "swift test"))),
    Ecosystem("sbt", ("build.sbt",), (".scala", ".sbt"), _by_file((("build.sbt",), "sbt test"))),
    Ecosystem("Elixir", ("mix.exs",), (".ex", ".exs"), _by_file((("mix.exs",), "mix test"))),
    Ecosystem("Make", (), (), _make),
)

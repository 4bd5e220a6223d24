"""The language server for Python that comes with Genie, on a real project."""

import pytest

from genie_engineer.index.index import open_index
from genie_engineer.navigation.places import Place
from genie_engineer.workbench.files import write

from .conftest import SHAPES, USES, Lay, place

CALL = place(USES, "uses.py", "area()")
BASE = place(SHAPES, "src/pkg/shapes.py", "area")


@pytest.mark.parametrize("mode", ["off", "require"])
async def test_definitions_follow_types_and_imports(lay: Lay, mode: str) -> None:
    ground = await lay(mode=mode)
    answer = await ground.locate("definition", CALL)
    assert answer is not None
    assert answer.places == (Place("src/pkg/shapes.py", 2, 9),)
    assert (answer.language, answer.server) == ("Python", "jedi-language-server")
    assert answer.megabytes > 20
    assert await ground.found("definition", place(USES, "uses.py", "Foreign()")) == [
        ("src/pkg/shapes.py", 11)
    ]
    assert len(ground.started) == 1


async def test_the_index_by_name_cannot_tell_whose_method_it_is(lay: Lay) -> None:
    ground = await lay()
    with open_index(ground.bench.scratch / "index.sqlite") as index:
        index.update(ground.bench.root, ["src/pkg/shapes.py", "uses.py"])
        assert {span.symbol for span in index.definitions("area", "uses.py")} == {
            "Shape.area",
            "Square.area",
            "Other.area",
        }
    assert await ground.found("definition", CALL) == [("src/pkg/shapes.py", 2)]


async def test_references_are_those_of_this_method(lay: Lay) -> None:
    ground = await lay()
    used = await ground.found("references", BASE)
    assert ("uses.py", CALL.line) in used
    assert ("src/pkg/shapes.py", 12) not in used


async def test_a_library_is_outside(lay: Lay) -> None:
    ground = await lay()
    answer = await ground.locate("definition", place(USES, "uses.py", "dumps"))
    assert answer is not None
    (found,) = answer.places
    assert found.path.startswith("/")
    assert found.path.endswith(("json/__init__.py", "json/__init__.pyi"))


@pytest.mark.parametrize("mode", ["off", "require"])
async def test_the_server_sees_the_copy_as_it_now_is(lay: Lay, mode: str) -> None:
    ground = await lay(mode=mode)
    assert await ground.found("definition", CALL) == [("src/pkg/shapes.py", 2)]
    write(ground.bench, "src/pkg/shapes.py", b"# One more line\n" + SHAPES.encode())
    assert await ground.found("definition", CALL) == [("src/pkg/shapes.py", 3)]
    new = USES.replace("pkg.shapes", "more")
    write(
        ground.bench, "more.py", b"class Other: ...\n\n\nclass Shape:\n    x = 1\n    def area(self): ...\n"
    )
    write(ground.bench, "uses.py", new.encode())
    assert await ground.found("definition", CALL) == [("more.py", 6)]
    write(ground.bench, "uses.py", USES.encode())
    assert await ground.found("definition", CALL) == [("src/pkg/shapes.py", 3)]
    write(ground.bench, "src/pkg/shapes.py", None)
    assert await ground.found("definition", CALL) == []
    assert await ground.found("definition", Place("gone.py", 1, 1)) == []
    assert len(ground.started) == 1

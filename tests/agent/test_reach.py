"""Which tests are run first: those that use what was changed, by real indexes of small repositories."""

from pathlib import Path

import pytest

from genie_engineer.agent.reach import only_tests, reaching
from genie_engineer.index.index import open_index
from tests.conftest import git

FILES = {
    "shop/pay.py": "def charge_card(cents):\n    return cents\n\n\ndef run():\n    pass\n",
    "shop/order.py": "from shop.pay import charge_card\n\n\ndef place_order(c):\n    return charge_card(c)\n",
    "shop/mail.py": "def send_mail():\n    pass\n",
    "tests/test_pay.py": "from shop import pay\n\n\ndef test_run():\n    pay.run()\n",
    "tests/test_cards.py": "from shop.pay import charge_card\n\n\ndef test_card():\n    charge_card(1)\n",
    "tests/test_order.py": "from shop.order import place_order\n\n\ndef test_order():\n    place_order(1)\n",
    "tests/test_mail.py": "from shop.mail import send_mail\n\n\ndef test_mail():\n    send_mail()\n",
    "web/total.ts": "export function totalOf(a: number[]) {\n  return a.length;\n}\n",
    "web/total.spec.ts": "import { totalOf } from './total';\ntest('total', () => { totalOf([]); });\n",
}


def test_what_uses_the_change_comes_first_then_what_is_a_step_further(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    for path, text in FILES.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    git(repository, "init", "-q")
    with open_index(tmp_path / "index.sqlite") as index:
        index.update(repository)
        near, further = reaching(index, ["shop/pay.py", "tests/test_new.py"])
        assert near == ("tests/test_pay.py", "tests/test_cards.py")
        assert further == ("tests/test_order.py",)
        assert reaching(index, ["web/total.ts"]) == (("web/total.spec.ts",), ())
        assert reaching(index, ["gone.py"]) == ((), ())


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("tests/test_a.py", True),
        ("src/a.test.ts", True),
        ("pkg/a_test.go", True),
        ("spec/a_spec.rb", True),
        ("src/test/java/tally/TallyTest.java", True),
        ("tests/data/case.json", False),
        ("tests/README.md", False),
        ("src/a.py", False),
    ],
)
def test_data_and_prose_are_no_tests(path: str, is_one: bool) -> None:
    assert bool(only_tests([path])) == is_one

"""Makes mutants with cosmic-ray; run by the interpreter of its own environment, answers in JSON on stdout.

making.py list FILE …              one line for each mutation there could be
making.py make FILE OPERATOR N     the file's text after the operator's Nth mutation, or null
"""

import json
import sys
from pathlib import Path

from cosmic_ray.commands.init import _all_work_items
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator


def main(words: list[str]) -> None:
    """Carries out one of the two commands."""
    if words[0] == "list":
        for item in _all_work_items(words[1:], {}):
            spec = item.mutations[0]
            row = {"file": str(spec.module_path), "line": spec.start_pos[0]}
            print(json.dumps(row | {"operator": spec.operator_name, "occurrence": spec.occurrence}))
    else:
        file, operator, occurrence = words[1:]
        text = Path(file).read_text("utf-8")
        print(json.dumps(mutate_code(text, get_operator(operator)(), int(occurrence))))


if __name__ == "__main__":
    main(sys.argv[1:])

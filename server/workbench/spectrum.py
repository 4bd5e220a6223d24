"""Ranks lines by how much they have to do with the failing tests."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf, sqrt

from .report import Frame, Suspect

Place = tuple[str, int]


def ochiai(
    failing: Mapping[str, Mapping[str, Sequence[int]]],
    passing: Mapping[Place, int],
    frames: Iterable[Frame] = (),
) -> tuple[Suspect, ...]:
    """Most suspicious first: failed(line) / sqrt(all failed × (failed(line) + passed(line))).

    Abreu, Zoeteweij, van Gemund: An Evaluation of Similarity Coefficients for Software Fault Localization,
    2006. `failing` holds the executed lines by test and file in order of first execution, `passing` counts
    passing tests by line, `frames` are those of the failures. Among equals, lines nearest to a frame come
    first, then those executed last.
    """
    failed: dict[Place, int] = {}
    last: dict[Place, int] = {}
    for files in failing.values():
        for path, lines in files.items():
            for order, line in enumerate(lines):
                place = (path, line)
                failed[place] = failed.get(place, 0) + 1
                last[place] = max(last.get(place, 0), order)
    in_frames: dict[str, list[int]] = {}
    for frame in frames:
        in_frames.setdefault(frame.path, []).append(frame.line)

    def key(suspect: Suspect) -> tuple[float, float, int, str, int]:
        place = (suspect.path, suspect.line)
        distance = min((abs(suspect.line - line) for line in in_frames.get(suspect.path, ())), default=inf)
        return (-suspect.score, distance, -last[place], suspect.path, suspect.line)

    suspects = [
        Suspect(path, line, count / sqrt(len(failing) * (count + passing.get((path, line), 0))))
        for (path, line), count in failed.items()
    ]
    return tuple(sorted(suspects, key=key))

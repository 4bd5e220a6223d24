"""Texts that hurt, for the property tests: mixed endings, odd control characters, look-alike lines."""

from hypothesis import strategies as st

LINES = st.sampled_from(
    [
        "",
        "a",
        "b",
        "    a",
        "\tb",
        "}",
        "return None",
        "x\r",
        "\f",
        "\u2028",
        "é",
        "-- a",
        "++ b",
        "@@ -1 +1 @@",
        "\\ c",
    ]
)
ENDINGS = st.sampled_from(["\n", "\n", "\n", "\r\n"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "latin-1"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Up to twelve lines, the last perhaps without its ending."""
    lines = draw(st.lists(st.tuples(LINES, ENDINGS), max_size=12))
    text = "".join(line + end for line, end in lines)
    return text + draw(st.sampled_from(["", "", "last", "x\r"]))


@st.composite
def variants(draw: st.DrawFn, text: str) -> str:
    """The text after a few cuts and insertions of lines."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        gone = draw(st.integers(0, 2))
        lines[at : at + gone] = draw(st.lists(LINES, max_size=2))
    return "\n".join(lines)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A file's bytes before and after, not always in the same encoding."""
    old = draw(texts())
    new = draw(st.one_of(variants(old), texts()))
    encoding = draw(ENCODINGS)
    other = draw(st.one_of(st.just(encoding), ENCODINGS))
    return old.encode(encoding, "replace"), new.encode(other, "replace")

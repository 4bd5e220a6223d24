"""`genie solve` with a real model behind a real server: small and weak, but nobody wrote its answers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Genie
from tests.real_server import NAME, serving

pytestmark = pytest.mark.real_model

SETTINGS = """
[model]
tool_calls = "schema"
temperature = 0.0
[limits]
context_tokens = 5000
turns = 3
"""


def test_a_real_model_calls_real_tools_until_the_limit(
    genie: Genie, tmp_path: Path, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    (genie.home / "settings.toml").write_text(SETTINGS)
    before = fingerprint(genie.folder)
    with serving(tmp_path, context=8192, answer=200) as url:
        done = genie("solve", "add(2, 3) gives -1", "--json", "--model", NAME, "--base-url", url)
    assert done.status in (0, 1), done.out + done.err
    assert done.end["outcome"] in ("solved", "unsolved")
    spoken = done.of("ModelSpoke")
    assert spoken
    assert any(event["calls"] for event in spoken)
    assert all(0 < event["usage"]["prompt"] <= 5000 for event in spoken)
    assert len(done.of("ToolAnswered")) == sum(len(event["calls"]) for event in spoken)
    assert fingerprint(genie.folder) == before

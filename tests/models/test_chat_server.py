"""The double itself, as the process that end-to-end tests start."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from genie_engineer.config import ModelSettings
from genie_engineer.models.contract import Message, TextDelta
from genie_engineer.models.openai_compatible import OpenAICompatible
from tests.doubles import chat_server
from tests.doubles.chat_server import address_from


@pytest.fixture
def base_url(tmp_path: Path) -> Iterator[str]:
    script, port_file = tmp_path / "script.json", tmp_path / "port"
    script.write_text(json.dumps([{"text": "Hi."}]))
    command = [sys.executable, chat_server.__file__, str(script)]
    command += ["--port-file", str(port_file), "--record", str(tmp_path / "record")]
    with subprocess.Popen(command) as process:
        yield address_from(process, port_file)
        process.terminate()


async def test_it_answers_as_a_process_and_records_what_it_was_asked(base_url: str, tmp_path: Path) -> None:
    model = OpenAICompatible(ModelSettings(name="m", base_url=base_url))
    chunks = [chunk async for chunk in model.stream([Message("user", "Hello?")], ())]
    assert chunks[0] == TextDelta("Hi.")
    (line,) = (tmp_path / "record").read_text().splitlines()
    assert json.loads(line)["body"]["messages"] == [{"role": "user", "content": "Hello?"}]

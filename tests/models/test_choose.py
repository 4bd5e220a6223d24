import subprocess
import sys
from pathlib import Path

import pytest

from genie_engineer.config import ModelSettings
from genie_engineer.errors import UsageError
from genie_engineer.models.choose import choose
from genie_engineer.models.editor import EditorModel
from genie_engineer.models.openai_compatible import OpenAICompatible
from genie_engineer.models.scripted import Scripted
from tests.models.test_editor import Editor


@pytest.mark.parametrize("name", ["gpt-5", "ollama/qwen3", "lmstudio/x", "org/editor:x"])
def test_any_other_name_is_a_model_behind_http(name: str) -> None:
    model = choose(ModelSettings(name=name))
    assert isinstance(model, OpenAICompatible)
    assert model.name == name


def test_the_editors_model_needs_an_editor() -> None:
    settings = ModelSettings(name="editor:copilot/gpt-5")
    model = choose(settings, Editor())
    assert isinstance(model, EditorModel)
    assert model.name == settings.name
    with pytest.raises(UsageError, match="only there"):
        choose(settings)
    with pytest.raises(UsageError, match="Its id"):
        choose(ModelSettings(name="editor:"), Editor())


def test_a_script_is_named_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "my script.json"
    path.write_text('[{"text": "Hi"}]')
    model = choose(ModelSettings(name=f"scripted:{path}"))
    assert isinstance(model, Scripted)
    assert model.name == f"scripted:{path}"


def test_no_name_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="No model is named"):
        choose(ModelSettings(name=" "))


def test_openai_is_imported_only_when_it_is_chosen() -> None:
    code = (
        "import sys; from genie_engineer.config import ModelSettings; "
        "from genie_engineer.models.choose import choose; "
        "before = 'openai' in sys.modules; choose(ModelSettings(name='gpt-5')); "
        "sys.exit(2 if before else 0 if 'openai' in sys.modules else 3)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

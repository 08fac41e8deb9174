"""The process serves and trains without TensorFlow, and lets it in when a configuration needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hotline.datafile import ROOT
from hotline.runtime.no_tensorflow import NEEDING, needed_by

_SERVING = """
import sys
from pathlib import Path
from hotline.runtime.no_tensorflow import TensorFlowMissing, step_in
assert step_in(Path("config.yml"))
import warnings; warnings.simplefilter("ignore")
import rasa.core.agent, rasa.model_training, rasa.core.run
import tensorflow as tf
assert not hasattr(sys.modules["tensorflow"], "__file__") or sys.modules["tensorflow"].__file__ is None
try:
    tf.constant(1)
except TensorFlowMissing as missing:
    assert "constant" in str(missing)
else:
    raise SystemExit("computed with a hollow TensorFlow")
assert not any("tensorflow/python" in (getattr(m, "__file__", "") or "") for m in sys.modules.values())
print("hollow")
"""


def run(code: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_rasa_is_imported_without_it_and_computing_with_it_is_an_error() -> None:
    assert run(_SERVING) == "hollow"


def test_it_is_let_in_on_request() -> None:
    code = "from hotline.runtime.no_tensorflow import step_in; print(step_in())"
    assert run(code, HOTLINE_TENSORFLOW="1") == "False"


@pytest.mark.parametrize("component", sorted(NEEDING))
def test_it_steps_aside_when_a_component_needs_it(tmp_path: Path, component: str) -> None:
    config = tmp_path / "config.yml"
    config.write_text(f"pipeline:\n- name: JiebaTokenizer\n- name: rasa.x.{component}\n  epochs: 1\n")
    assert needed_by(config) == component
    code = f"from hotline.runtime.no_tensorflow import step_in; from pathlib import Path; print(step_in(Path({str(config)!r})))"
    if component == "DIETClassifier":
        assert run(code) == "False"


def test_our_own_configuration_needs_none() -> None:
    assert needed_by(ROOT / "config.yml") is None


def test_every_component_of_rasa_that_computes_with_it_is_known() -> None:
    """By the sources: whoever imports Rasa's TensorFlow models is in the list."""
    import rasa

    users = set()
    for folder in ("nlu", "core/policies"):
        for file in (Path(rasa.__file__).parent / folder).rglob("*.py"):
            source = file.read_text(encoding="utf-8")
            if "rasa.utils.tensorflow.models" in source or "import TFDIETClassifier" in source:
                users |= {name for name in NEEDING if f"class {name}" in source}
                assert any(f"class {name}" in source for name in NEEDING), file
    assert {"DIETClassifier", "TEDPolicy", "ResponseSelector"} <= users | NEEDING

"""A model is loaded in less time and is the same model."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain

from hotline import model
from hotline.datafile import ROOT
from hotline.runtime.loading import read_domain, trusting

TRICKY = """
version: '3.1'
intents: [greet, "no"]
slots:
  share:
    type: float
    min_value: 0.5
    max_value: 1e3
    influence_conversation: false
    mappings: [{type: custom}]
  agreed:
    type: bool
    initial_value: true
    influence_conversation: false
    mappings: [{type: custom}]
  code:
    type: text
    initial_value: null
    influence_conversation: false
    mappings: [{type: custom}]
responses:
  utter_a:
  - text: yes
  - text: on
  - text: 12:30
  - text: "010"
  - text: "null"
  - text: |-
      两行
      😀 {code}
    buttons:
    - {title: off, payload: /greet}
session_config:
  session_expiration_time: 60
  carry_over_slots_to_new_session: true
"""


def persisted(domain: Domain, folder: Path) -> Path:
    """As Rasa writes it into a model."""
    folder.mkdir()
    domain.persist(folder / "domain.yml")
    return folder


def test_the_products_domain_is_read_as_rasa_reads_it(tmp_path: Path) -> None:
    folder = persisted(Domain.load(str(ROOT / "domain.yml")), tmp_path / "provider")
    stock, quick = Domain.from_path(folder), read_domain(folder)
    assert quick.as_dict() == stock.as_dict()
    assert quick.fingerprint() == stock.fingerprint()


def test_words_that_look_like_values_are_read_as_rasa_reads_them(tmp_path: Path) -> None:
    folder = persisted(Domain.from_yaml(TRICKY), tmp_path / "provider")
    stock, quick = Domain.from_path(folder), read_domain(folder)
    assert quick.as_dict() == stock.as_dict()
    assert [each["text"] for each in quick.responses["utter_a"]][:5] == ["yes", "on", "12:30", "010", "null"]


def test_only_what_a_model_carries_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = persisted(Domain.from_yaml(TRICKY), tmp_path / "provider")
    (folder / "domain.yml").rename(folder / "other.yml")
    checked = []
    monkeypatch.setattr(Domain, "from_file", classmethod(lambda cls, path: checked.append(path)))
    with trusting():
        Domain.from_path(folder)
        (folder / "other.yml").rename(folder / "domain.yml")
        Domain.from_path(folder)
    assert len(checked) == 1, "the first is validated, the second is not"
    Domain.from_path(folder)
    assert len(checked) == 2, "and afterwards all are again"


def test_an_archive_without_compression_holds_the_same(tmp_path: Path, tiny_model: Path) -> None:
    archive = tmp_path / "model.tar.gz"
    shutil.copy(tiny_model, archive)
    model.unpack(archive)
    assert gzip.decompress(archive.read_bytes()) == gzip.decompress(tiny_model.read_bytes())
    with tarfile.open(archive, "r:gz") as tar:
        assert archive.stat().st_size > sum(member.size for member in tar), "it is stored as it is"
    assert list(tmp_path.iterdir()) == [archive]


def test_of_several_processes_that_want_a_model_one_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[float] = []

    def train(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        time.sleep(0.1)
        trained.append(time.monotonic())
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(model, "MODEL", tmp_path / "models" / "hotline.tar.gz")
    monkeypatch.setattr(model, "fresh", lambda: bool(trained))
    monkeypatch.setattr(model.subprocess, "run", train)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(model.ensure) for _ in range(4)]:
            done.result(10)
    assert len(trained) == 1

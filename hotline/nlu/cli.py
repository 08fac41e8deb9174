"""``python -m hotline nlu …`` for whoever edits the sentences: parse, sample, check."""

from __future__ import annotations

import json
import random
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hotline.datafile import ROOT, DataError
from hotline.nlu.check import check as find_faults
from hotline.nlu.decision import settled
from hotline.nlu.entities_extract import NameTagger, extract
from hotline.nlu.examples import TRAINING, read_all
from hotline.nlu.model import IntentModel
from hotline.nlu.names_crf import NameModel

MODELS = ROOT / "models"


def newest_model(folder: Path = MODELS) -> Path:
    """The model file written last. Raises FileNotFoundError when nothing was trained."""
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise FileNotFoundError(f"{folder} 里没有模型，请先运行 make train")
    return found[-1]


def _unpacked(model: Path, component: str, place: Path) -> Path:
    """The files of one component of a Rasa model file, in ``place``. Raises ValueError if it has none."""
    with tarfile.open(model) as archive:
        wanted = [
            member
            for member in archive.getmembers()
            if member.isfile() and component in Path(member.name).parent.name
        ]
        if not wanted:
            raise ValueError(f"{model.name} 里没有 {component}")
        for member in wanted:
            source = archive.extractfile(member)
            if source is not None:
                (place / Path(member.name).name).write_bytes(source.read())
    return place


def load_intents(model: Path) -> IntentModel:
    """The intent part of a Rasa model file, read without Rasa. Raises ValueError if it has none."""
    with tempfile.TemporaryDirectory() as place:
        return IntentModel.load(_unpacked(model, "HotlineIntentClassifier", Path(place)))


def load_names(model: Path) -> NameModel:
    """The recogniser of names in a Rasa model file. Raises ValueError if it has none."""
    with tempfile.TemporaryDirectory() as place:
        return NameModel.load(_unpacked(model, "HotlineEntities", Path(place)))


def read(text: str, model: IntentModel, tagger: NameTagger | None) -> dict[str, Any]:
    """Intent, ranking and entities of ``text`` as Rasa's parse result has them."""
    reading, entities = model.read(text), extract(text, tagger)
    ranking = [{"name": name, "confidence": chance} for name, chance in reading.ranking]
    ranking = settled(text, ranking, entities)
    return {"text": text, "intent": ranking[0], "entities": entities, "intent_ranking": ranking}


def parse(text: str, model: Path | None = None) -> int:
    """Print what is understood of ``text``."""
    try:
        file = model or newest_model()
        found = read(text, load_intents(file), load_names(file).find)
    except (OSError, ValueError) as error:
        print(error)
        return 1
    found["intent_ranking"] = found["intent_ranking"][:5]
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


def sample(intent: str, number: int = 10, folder: Path = TRAINING, seed: int | None = None) -> int:
    """Print some training sentences of ``intent``."""
    examples = [example for example in read_all(folder) if example.intent == intent]
    if not examples:
        names = sorted({example.intent for example in read_all(folder)})
        print(f"没有意图 {intent}。现有：{'、'.join(names)}")
        return 1
    for example in random.Random(seed).sample(examples, min(number, len(examples))):
        print(f"{example.file}:{example.line}\t{example.text}")
    return 0


def check(folder: Path = TRAINING) -> int:
    """Print what is wrong with the training sentences; 1 when something is an error."""
    try:
        examples = read_all(folder)
    except DataError as error:
        print(f"错误  {error}")
        return 1
    found = find_faults(examples)
    for finding in found:
        print(finding)
    errors = sum(finding.error for finding in found)
    print(
        f"{len(examples)} 句，{len({e.intent for e in examples})} 个意图；{errors} 个错误，{len(found) - errors} 个提醒"
    )
    return 1 if errors else 0

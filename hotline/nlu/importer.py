"""How the sentences reach Rasa: read by our own reader, in messages that are cheap to copy.

Rasa's reader takes three times as long (a slower YAML parser, a schema), and it copies and fingerprints every
sentence six times before training begins. Named in ``config.yml``, so ``rasa train`` reads the same way.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.importers import utils
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from hotline.datafile import load
from hotline.nlu.examples import Example, read


class Sentence(Message):
    """A training message whose parts are plain values."""

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """As Rasa's; setting what is there already keeps the fingerprint."""
        if add_to_output or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)

    def __deepcopy__(self, memo: dict[int, Any]) -> Sentence:
        twin = copy.copy(self)
        twin.data = {
            key: [dict(one) for one in value] if isinstance(value, list) else value
            for key, value in self.data.items()
        }
        twin.features, twin.output_properties = list(self.features), set(self.output_properties)
        return twin


class SentenceImporter(RasaFileImporter):
    """Rasa's importer of files, faster where it reads many sentences."""

    def get_nlu_data(self, language: str | None = "zh") -> TrainingData:
        """The examples of all files. Raises DataError where a file cannot be read.

        A file that holds more than intents (synonyms, lookup tables) is left to Rasa's reader.
        """
        ours = [file for file in sorted(self._nlu_files) if _only_intents(Path(file))]
        rest = [file for file in self._nlu_files if file not in ours]
        found = TrainingData([_message(example) for file in ours for example in read(Path(file))])
        return found.merge(utils.training_data_from_paths(rest, language)) if rest else found

    @cached_method
    def get_domain(self) -> Domain:
        """The domain, read once."""
        return super().get_domain()


def _only_intents(path: Path) -> bool:
    content = load(path)
    return isinstance(content, dict) and all("intent" in entry for entry in content.get("nlu") or ())


def _message(example: Example) -> Message:
    marks = [
        {"start": mark.start, "end": mark.end, "value": mark.value, "entity": mark.entity}
        | ({"role": mark.role} if mark.role else {})
        for mark in example.marks
    ]
    return Sentence.build(example.text, example.intent, marks)

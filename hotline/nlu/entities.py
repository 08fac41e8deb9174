"""The Rasa component for entities: a thin cover over `entities_extract.extract`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from hotline.datafile import ROOT, digest
from hotline.nlu.decision import settled
from hotline.nlu.encoder import digest_of
from hotline.nlu.entities_extract import extract
from hotline.nlu.entities_lexicon import lexicon, lexicon_paths
from hotline.nlu.names import PATH as NAMES_PATH
from hotline.nlu.names import find_companies, find_industries, find_people
from hotline.nlu.names_crf import NameModel, Sentence
from hotline.progress import stage
from hotline.values.folding import fold
from hotline.values.regions import PATH as REGIONS_PATH
from hotline.values.regions import regions


def _own_sources() -> list[Path]:
    folder = ROOT / "hotline"
    return [
        *sorted((folder / "values").glob("*.py")),
        *sorted((folder / "nlu").glob("entities*.py")),
        *sorted((folder / "nlu").glob("names*.py")),
        folder / "nlu" / "normalise.py",
    ]


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class HotlineEntities(GraphComponent):
    """All entities of the contract with normalised values."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: NameModel | None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model
        lexicon(), regions()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`names`: whether a recogniser of names is trained beside the rules; `synthetic`: its made-up sentences;
        `plain`: the share of the sentences without a name that it learns from."""
        return {"names": True, "synthetic": 1500, "plain": 0.33, "seed": 400}

    @staticmethod
    def required_packages() -> list[str]:
        """Import names of what the component stands on."""
        return ["spacy", "phonenumbers", "opencc", "pypinyin"]  # names that both import and install under

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HotlineEntities:
        """An untrained component."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Rules, word lists and regions decide the result as much as the training data do."""
        return digest([*_own_sources(), *lexicon_paths(), NAMES_PATH, REGIONS_PATH])

    def train(self, training_data: TrainingData) -> Resource:
        """Learn names from the annotated sentences and made-up ones."""
        if self._config["names"]:
            texts = [message for message in training_data.nlu_examples if message.get(TEXT)]
            plain = float(self._config["plain"])
            sentences = [_sentence(message) for message in texts if _worth(message, plain)]
            with stage("学习公司名、人名、行业"):
                self._model = NameModel.train(
                    sentences, int(self._config["synthetic"]), int(self._config["seed"])
                )
            with self._storage.write_to(self._resource) as folder:
                self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> HotlineEntities:
        """The trained component; rules alone when names were switched off at training."""
        if not config["names"]:
            return cls(config, model_storage, resource, None)
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, NameModel.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Write the entities into each message."""
        tagger = self._model.find if self._model else None
        for message in messages:
            found = extract(message.get(TEXT) or "", tagger)
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
            _settle(message)
        return messages


def _settle(message: Message) -> None:
    """Let the values have their say about the intent (`hotline.nlu.decision`)."""
    ranking = message.get(INTENT_RANKING_KEY)
    if not ranking:
        return
    better = settled(message.get(TEXT) or "", ranking, message.get(ENTITIES))
    if better is not ranking:
        message.set(INTENT, dict(better[0]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, better, add_to_output=True)


def _worth(message: Message, plain: float) -> bool:
    """Whether the recogniser of names learns from a sentence: it has marks, or is one of a share of those without.

    Most sentences are written for their intent, and nobody marked the names in them. Those in which the rules see a
    name are left out; of the others a part is enough, and more of them teach it to overlook the names in them.
    """
    if message.get(ENTITIES):
        return True
    text = message.get(TEXT)
    folded = fold(text)
    return digest_of(text)[0] < 256 * plain and not (
        find_companies(folded, folded) or find_people(folded, folded) or find_industries(folded, folded)
    )


def _sentence(message: Message) -> Sentence:
    spans = [(e["entity"], e["start"], e["end"]) for e in message.get(ENTITIES, [])]
    return Sentence(message.get(TEXT), tuple(spans))

"""The intent classifier as Rasa sees it: a thin shell around ``IntentModel``."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from hotline.datafile import digest
from hotline.nlu.encoder import encoder
from hotline.nlu.frames import FRAMES
from hotline.nlu.lessons import Options
from hotline.nlu.model import FALLBACK, IntentModel
from hotline.nlu.words import dictionary_files

log = logging.getLogger(__name__)
_HERE = Path(__file__).parent
_HELPERS = (
    "augment",
    "beside",
    "e5file",
    "e5graph",
    "encoder",
    "features",
    "frames",
    "lessons",
    "linear",
    "masks",
    "model",
    "normalise",
    "words",
)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class HotlineIntentClassifier(GraphComponent):
    """Writes ``intent`` and ``intent_ranking`` in the stock shape."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options of ``IntentModel``; see ``hotline.nlu.lessons.Options``."""
        plain = Options()
        return {
            name: list(value) if isinstance(value := getattr(plain, name), tuple) else value
            for name in Options.__dataclass_fields__
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Packages whose version changes what is learned."""
        return ["sklearn", "scipy", "jieba", "pypinyin", "opencc"]

    @staticmethod
    def supported_languages() -> list[str]:
        """Chinese only."""
        return ["zh"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Our helpers, the dictionary and whether there is an encoder: all change the trained model."""
        files = [*(_HERE / f"{name}.py" for name in _HELPERS), *dictionary_files(), FRAMES]
        engine = encoder()
        return f"{digest(files)}-{engine.name if engine else 'light'}"

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HotlineIntentClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have an intent and a text."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        self._model = IntentModel.train(
            [e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples], Options.of(self._config)
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
    ) -> HotlineIntentClassifier:
        """A trained component from the model archive."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in messages:
            if self._model is None:
                continue
            reading = self._model.read(message.get(TEXT) or "")
            ranking = [{"name": name, "confidence": chance} for name, chance in reading.ranking]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            if ranking[0]["name"] == FALLBACK:
                log.debug("nothing recognised")
        return messages

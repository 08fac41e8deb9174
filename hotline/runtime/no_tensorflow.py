"""Serving, and training, without TensorFlow, of which this product uses nothing.

Rasa imports TensorFlow at start although only DIET, TED, UnexpecTED and the response selector need it: a third of
the start-up and more than half of the memory. `step_in` puts a finder before Python's own which answers imports of
TensorFlow and its satellites with hollow modules. Whatever is taken from them is a hollow class: it may be
subclassed, annotated with and used as a decorator, as Rasa's own modules do while they are imported; calling it in
earnest raises TensorFlowMissing. When the configuration names a component that needs the real one, it stays away.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
import types
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from pathlib import Path
from typing import Any

import yaml

HOLLOW = frozenset(
    {"tensorflow", "keras", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "tensorboard"}
)
# what of Rasa computes with TensorFlow; every other component, ours included, does not
NEEDING = frozenset(
    {
        "DIETClassifier",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
        "ResponseSelector",
        "ConveRTFeaturizer",
        "LanguageModelFeaturizer",
    }
)


class TensorFlowMissing(ImportError):
    """Something wanted to compute with TensorFlow in a process that runs without it."""


class _Hollow(type):
    """The metaclass of everything that is taken from a hollow module."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _hollow(name, f"{cls.__module__}.{cls.__qualname__}")
        setattr(cls, name, made)
        return made

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        decorated = args[0] if len(args) == 1 and not kwargs else None
        if isinstance(decorated, (types.FunctionType, type)):
            return decorated  # @tf.function
        if cls.__dict__.get("__hollow__"):
            raise TensorFlowMissing(
                f"{cls.__module__}.{cls.__qualname__}: this process runs without TensorFlow"
            )
        return super().__call__(*args, **kwargs)

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__

    def __getitem__(cls, item: Any) -> Any:
        return cls


def _hollow(name: str, where: str) -> Any:
    return _Hollow(name, (), {"__module__": where, "__qualname__": name, "__hollow__": True})


class _HollowModule(types.ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - a package must have it
    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _hollow(name, self.__name__)
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in HOLLOW:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _HollowModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is in it."""


def needed_by(config: Path) -> str | None:
    """The first component of a ``config.yml`` that computes with TensorFlow, or None."""
    content = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    for part in (*(content.get("pipeline") or ()), *(content.get("policies") or ())):
        name = str(part.get("name") if isinstance(part, dict) else part).rpartition(".")[2]
        if name in NEEDING:
            return name
    return None


def step_in(config: Path | None = None) -> bool:
    """Keep TensorFlow out of this process, if nothing needs it and it is not here yet. Call before importing rasa.

    Returns whether it is kept out. HOTLINE_TENSORFLOW=1 lets it in (read here, as this runs before anything else).
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return True
    if "tensorflow" in sys.modules or os.environ.get("HOTLINE_TENSORFLOW") == "1":
        return False
    if config is not None and config.exists() and needed_by(config):
        return False
    sys.meta_path.insert(0, _Finder())
    return True

"""From a spec to a model: backends are imported only when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, cast

from models.base import ModelMissing, TextModel
from models.spec import CausalSpec, CTranslate2Spec, EmbeddedSpec, FakeSpec, Seq2SeqSpec

AnySpec = EmbeddedSpec | CausalSpec | Seq2SeqSpec | CTranslate2Spec | FakeSpec
Progress = Callable[[str, float], None]
"""Called with what is being done and the share (0 to 1) of the whole that is behind."""

BACKENDS: dict[str, str] = {
    "embedded": "models.embedded",
    "causal": "models.causal",
    "seq2seq": "models.seq2seq",
    "ctranslate2": "models.ct2_seq2seq",
    "fake": "models.fake",
}
INSTALL_HINTS: dict[str, str] = {
    "ctranslate2": "pip install 'ctranslate2>=4.8'",
    "transformers": "pip install 'transformers>=5.20' accelerate",
    "sentencepiece": "pip install sentencepiece",
    "torch": "pip install torch==2.13.0",
    "gguf": "pip install gguf",
}


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One row of `pipeline models`: `size` in bytes, `ready` when `load` needs no preparation.

    `offline` says that preparing it needs no network.
    """

    ready: bool
    size: int | None
    where: str
    note: str = ""
    offline: bool = False


class Backend(Protocol):
    """What a backend module offers beside its model class."""

    def load(self, spec: AnySpec) -> TextModel: ...
    def status(self, spec: AnySpec) -> ModelStatus: ...
    def prepare(self, spec: AnySpec, progress: Progress) -> None: ...


def _backend(spec: AnySpec) -> Backend:
    return cast(Backend, importlib.import_module(BACKENDS[spec.kind]))


@contextmanager
def _libraries(spec: AnySpec) -> Iterator[None]:
    """A missing library as one line with the command that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        hint = INSTALL_HINTS.get(error.name or "")
        if hint is None:
            raise
        raise ModelMissing(f"model {spec.name!r} needs {error.name}: {hint}") from error


def load(spec: AnySpec) -> TextModel:
    """Load a prepared model.

    Raises:
        ModelMissing: it is not prepared, or a library is missing; the message has the command.
        ModelCorrupt: its files do not match their checksums.
    """
    with _libraries(spec):
        return _backend(spec).load(spec)


def status(spec: AnySpec) -> ModelStatus:
    """Whether a model is ready, how large it is and where it comes from. Loads nothing."""
    with _libraries(spec):
        return _backend(spec).status(spec)


def prepare(spec: AnySpec, progress: Progress) -> None:
    """Make a model ready: fetch, convert and check it. Returns at once when it is ready."""
    with _libraries(spec):
        _backend(spec).prepare(spec, progress)

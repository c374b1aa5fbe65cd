"""Statistics of single items first, aggregation after: what every metric has in common.

A family turns items into a matrix, one row an item. A corpus score is a function of the column sums of
any rows, so that the bootstrap only sums rows again and never scores a text twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.items import Item

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """One score of a family. `better`: +1 higher is better, -1 lower, 0 neither (a description)."""

    name: str
    better: int = 1
    percent: bool = True
    """Whether the score is of the scale 0 to 100."""


class Family(ABC):
    """Scores that are computed together."""

    columns: tuple[Column, ...]
    needs_references: bool = True
    shared: bool = False
    """Whether one process should score all items: a model is loaded once, not once a core."""

    @abstractmethod
    def statistics(self, items: Sequence[Item]) -> Array:
        """Sufficient statistics, shape (items, k)."""

    @abstractmethod
    def scores(self, totals: Array) -> Array:
        """From sums of statistics, shape (m, k), to scores, shape (m, columns); NaN where undefined."""

    def counts(self, statistics: Array) -> Array:
        """How many items each column rests on, shape (columns,)."""
        return np.full(len(self.columns), float(len(statistics)))

    @abstractmethod
    def signature(self, column: Column, references: str) -> str:
        """What reproduces a score. `references` is their number, `var` when it differs."""


class RatioFamily(Family):
    """Scores that are a ratio of two sums: a mean (sum over count), a precision, a share.

    Statistics are a numerator and a denominator for each column, side by side; an item with 0 and 0 does
    not count.
    """

    def scores(self, totals: Array) -> Array:
        above, below = totals[:, 0::2], totals[:, 1::2]
        scale = np.array([100.0 if c.percent else 1.0 for c in self.columns])
        ratio: Array = np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan) * scale
        return ratio

    def counts(self, statistics: Array) -> Array:
        counted: Array = np.count_nonzero(statistics[:, 1::2], axis=0).astype(np.float64)
        return counted


class ItemFamily(RatioFamily):
    """Ratios whose statistics are computed item by item."""

    @abstractmethod
    def values(self, item: Item) -> list[tuple[float, float]]:
        """One (numerator, denominator) for each column."""

    def statistics(self, items: Sequence[Item]) -> Array:
        rows = [[x for pair in self.values(item) for x in pair] for item in items]
        return np.array(rows, dtype=np.float64).reshape(len(items), 2 * len(self.columns))


def reference_count(items: Sequence[Item]) -> str:
    """The number of references an item has, or `var`."""
    counts = {len(item.references) for item in items}
    return str(counts.pop()) if len(counts) == 1 else "var"

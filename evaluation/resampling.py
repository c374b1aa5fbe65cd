"""Confidence intervals and paired tests by resampling items.

Bootstrap: Koehn 2004 (https://aclanthology.org/W04-3250/): items are drawn with replacement, the corpus
score is computed anew from the sums of their statistics, and the interval holds the middle 95% of scores.
Approximate randomisation: Riezler and Maxwell 2005 (https://aclanthology.org/W05-0908/): the outputs of the
two systems are swapped item by item with probability one half. p-values have one added above and below, as
in sacreBLEU's `--paired-bs` and `--paired-ar`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.metrics.base import Array, Family

CONFIDENCE = 0.95
FEWEST = 10
"""Items that a score must rest on for an interval or a p-value: of fewer, resampling says too little (with five
items the bootstrap rejects a true null hypothesis in one case of seven)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A score, its bootstrap interval, and the items that it rests on; NaN where undefined or too few."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Difference:
    """System A less system B: the difference, its bootstrap interval, and two p-values for it being 0."""

    value: float
    low: float
    high: float
    p_bootstrap: float
    p_randomisation: float


class Resampler:
    """Draws the same items for every system and metric of `size` items, so that scores stay paired."""

    def __init__(self, size: int, *, resamples: int, seed: int) -> None:
        self.size, self.resamples, self.seed = size, resamples, seed
        self._counts: npt.NDArray[np.float32] | None = None

    @property
    def signature(self) -> str:
        return f"bs:{self.resamples}|seed:{self.seed}|ci:{CONFIDENCE:.0%}"

    def interval(self, family: Family, statistics: Array) -> list[Interval]:
        """One interval for each column of the family."""
        values = family.scores(statistics.sum(axis=0, keepdims=True))[0]
        counts = family.counts(statistics)
        low, high = _middle(np.where(counts >= FEWEST, self._bootstrap(family, statistics), np.nan))
        return [
            Interval(float(v), float(a), float(b), int(n)) for v, a, b, n in zip(values, low, high, counts, strict=True)
        ]

    def compare(self, family: Family, ours: Array, theirs: Array) -> list[Difference]:
        """One paired difference for each column of the family; rows are the same items."""
        values = _difference(family, ours.sum(axis=0, keepdims=True), theirs.sum(axis=0, keepdims=True))[0]
        draws = self._bootstrap(family, ours) - self._bootstrap(family, theirs)
        enough = np.minimum(family.counts(ours), family.counts(theirs)) >= FEWEST
        draws = np.where(enough, draws, np.nan)
        low, high = _middle(draws)
        # Shifted to a mean of 0, the draws are what chance alone would give.
        with np.errstate(invalid="ignore"):
            centre = np.nansum(draws, axis=0) / np.maximum((~np.isnan(draws)).sum(axis=0), 1)
        by_chance = np.abs(draws - centre)
        swapped = np.abs(np.where(enough, self._randomise(family, ours, theirs), np.nan))
        return [
            Difference(
                float(values[n]), float(low[n]), float(high[n]),
                _p_value(by_chance[:, n], values[n]), _p_value(swapped[:, n], values[n]),
            )
            for n in range(len(family.columns))
        ]  # fmt: skip

    def _bootstrap(self, family: Family, statistics: Array) -> Array:
        return family.scores(self._draws() @ statistics)

    def _randomise(self, family: Family, ours: Array, theirs: Array) -> Array:
        rng = np.random.default_rng(self.seed)
        swap = rng.integers(0, 2, size=(self.resamples, self.size), dtype=np.int8).astype(np.float32)
        change = swap @ (theirs - ours)
        return _difference(family, ours.sum(axis=0) + change, theirs.sum(axis=0) - change)

    def _draws(self) -> npt.NDArray[np.float32]:
        """How often each item is drawn, shape (resamples, items)."""
        if self._counts is None:
            rng = np.random.default_rng(self.seed)
            self._counts = np.empty((self.resamples, self.size), dtype=np.float32)
            for row in self._counts:
                row[:] = np.bincount(rng.integers(0, self.size, self.size), minlength=self.size)
        return self._counts


def _difference(family: Family, ours: Array, theirs: Array) -> Array:
    return family.scores(ours) - family.scores(theirs)


def _middle(draws: Array) -> tuple[Array, Array]:
    """The bounds of the middle 95% of each column; NaN for a column without any number."""
    tail = (1 - CONFIDENCE) / 2
    empty = np.isnan(draws).all(axis=0)
    low, high = np.nanquantile(np.where(empty, 0.0, draws), (tail, 1 - tail), axis=0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def _p_value(by_chance: Array, observed: float) -> float:
    """The share of draws at least as far from 0; undefined ones count as far, so they never lend significance."""
    if np.isnan(observed) or np.isnan(by_chance).all():
        return float("nan")
    extreme = np.isnan(by_chance) | (by_chance >= abs(observed) - 1e-12)
    return float((extreme.sum() + 1) / (len(by_chance) + 1))

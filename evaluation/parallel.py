"""Statistics of many items on all cores."""

from __future__ import annotations

import math
import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from types import TracebackType

import numpy as np

from evaluation.items import Item
from evaluation.metrics.base import Array, Family

WORTH_IT = 400
"""Outputs from which starting other processes (two seconds) is worth it."""
SLICES = 4
"""Slices of the items that each process takes, one after another."""

Statistics = dict[str, list[Array]]
"""For each system, one matrix for each family."""


class Workers:
    """Processes that are started when first needed and serve a whole evaluation; a context manager."""

    def __init__(self) -> None:
        affinity = getattr(os, "sched_getaffinity", None)  # not on every system
        self._count = len(affinity(0)) if affinity else os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def statistics(
        self, families: Sequence[Family], systems: Mapping[str, Sequence[Item]], advance: Callable[[str], None]
    ) -> Statistics:
        """The statistics of every family for every system; rows are in the order of the items.

        A process scores all systems on its slice of the articles, so that what they share (the article, the
        reference) is segmented once. Families with a model of their own stay in this process.
        """
        here = [n for n, family in enumerate(families) if family.shared]
        there = [n for n in range(len(families)) if n not in here]
        size = len(next(iter(systems.values())))
        if self._count == 1 or size * len(systems) < WORTH_IT:
            here, there = list(range(len(families))), []
        found = {name: [np.empty((0, 0))] * len(families) for name in systems}
        away = self._away([families[n] for n in there], systems, size, advance) if there else {}
        advance("scoring")
        for chosen, parts in ((there, away), (here, _slice([families[n] for n in here], systems))):
            for name, arrays in parts.items():
                for n, array in zip(chosen, arrays, strict=True):
                    found[name][n] = array
        return found

    def _away(
        self, families: Sequence[Family], systems: Mapping[str, Sequence[Item]], size: int,
        advance: Callable[[str], None],
    ) -> Statistics:  # fmt: skip
        if self._pool is None:
            # Not forked: the progress bar's thread may hold a lock.
            self._pool = ProcessPoolExecutor(self._count, multiprocessing.get_context("spawn"))
        step = math.ceil(size / (self._count * SLICES))
        jobs = [{s: items[n : n + step] for s, items in systems.items()} for n in range(0, size, step)]
        futures = [self._pool.submit(_slice, families, job) for job in jobs]
        for done, _ in enumerate(as_completed(futures), start=1):
            advance(f"scored {min(done * step, size)} of {size}")
        parts = [f.result() for f in futures]
        return {s: [np.vstack([p[s][n] for p in parts]) for n in range(len(families))] for s in systems}


def _slice(families: Sequence[Family], systems: Mapping[str, Sequence[Item]]) -> Statistics:
    return {name: [family.statistics(items) for family in families] for name, items in systems.items()}

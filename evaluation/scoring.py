"""Every metric on every system of a track, with intervals, signatures and single items' scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evaluation import segmenters
from evaluation.items import Item, Lang, Track
from evaluation.metrics.base import Array, Column, Family, reference_count
from evaluation.metrics.faithfulness import Faithfulness
from evaluation.metrics.overlap import overlap
from evaluation.metrics.rouge import Rouge
from evaluation.metrics.style import Flagged, Style
from evaluation.parallel import Workers
from evaluation.resampling import Difference, Interval, Resampler

PRIMARY: dict[Lang, str] = {"th": "ROUGE-L newmm F", "en": "chrF++"}
"""The score by which articles are ranked and plotted."""
HEADLINES: dict[Lang, tuple[str, ...]] = {
    "th": ("ROUGE-1 newmm F", "ROUGE-L newmm F", "ROUGE-L xlsum F", "chrF", "fact P", "flagged"),
    "en": ("BLEU", "chrF++", "TER", "ROUGE-L en F", "fact P", "fact R", "flagged"),
}
"""The scores that a terminal has room for."""
REFERENCE = "reference"
Measured = list[tuple[Family, Array]]
"""Each family and the statistics of one system's items."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which of the dearer metrics are wanted. `bertscore` names a model, `comet` a Python with COMET."""

    similarity: bool
    ter: bool
    bertscore: str | None
    comet: Path | None
    comet_model: str


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a track: `table[system][column]`; of single items, `items[column]` for the main system and
    `per_system[system]` for the primary score. `p_values[system][column]`: is the headline score of a
    baseline that of the main system? (paired bootstrap)"""

    track: Track
    columns: list[Column]
    signatures: dict[str, str]
    table: dict[str, dict[str, Interval]] = field(default_factory=dict)
    items: dict[str, Array] = field(default_factory=dict)
    per_system: dict[str, Array] = field(default_factory=dict)
    p_values: dict[str, dict[str, float]] = field(default_factory=dict)


def families(track: Track, options: Options) -> list[Family]:
    """The metrics that a track is scored with, in the order of the report."""
    thai = track.lang == "th"
    found: list[Family] = [Rouge(segmenters.get(s)) for s in ("newmm", "xlsum", "char")] if thai else []
    if track.name in ("summary_en", "title_en"):
        found.append(Rouge(segmenters.get("en")))
    found += overlap(track.lang, ter=options.ter)
    has_source = any(i.source for i in track.systems[track.main])
    has_article = any(i.article for i in track.systems[track.main])
    if has_source:
        found.append(Faithfulness(track.lang, "source", recall_judges=not thai))
    if has_article and not thai:
        found.append(Faithfulness(track.lang, "article", recall_judges=False))
    if options.similarity:
        from evaluation.metrics.similarity import Similarity
        from models import embedder

        if has_article:
            found.append(Similarity(embedder.default(), article=True))
        if has_source and not thai:
            found.append(Similarity(embedder.default(), article=False))
    if options.bertscore:
        from evaluation.metrics.neural import BertScore

        found.append(BertScore(options.bertscore, track.lang))
    if options.comet and not thai:
        from evaluation.metrics.neural import Comet

        found.append(Comet(options.comet, options.comet_model))
    return [*found, *([Flagged(track.lang)] if has_source else []), Style(track.lang)]


def score_track(
    track: Track,
    chosen: Sequence[Family],
    resampler: Resampler,
    workers: Workers,
    advance: Callable[[str], None],
    reference: Sequence[Item] = (),
) -> Scores:
    """Score every system; `reference` is scored by the reference-free metrics alone.

    `advance` is told what is being done.
    """
    count = reference_count(track.systems[track.main])
    columns = [c for f in chosen for c in f.columns]
    everything = _measure(track, chosen, reference, workers, advance)
    signatures = {c.name: f"{f.signature(c, count)}|{resampler.signature}" for f in chosen for c in f.columns}
    scores = Scores(track, columns, signatures)
    for name, measured in everything.items():
        row = scores.table[name] = {}
        advance(f"intervals: {name}")
        for family, statistics in measured:
            row.update(zip((c.name for c in family.columns), resampler.interval(family, statistics), strict=True))
            for column, values in zip(family.columns, family.scores(statistics).T, strict=True):
                if name == track.main:
                    scores.items[column.name] = values
                if column.name == PRIMARY[track.lang]:
                    scores.per_system[name] = values
        if name not in (track.main, REFERENCE):
            scores.p_values[name] = _p_values(track.lang, measured, everything[track.main], resampler)
    return scores


def _p_values(lang: Lang, baseline: Measured, main: Measured, resampler: Resampler) -> dict[str, float]:
    found: dict[str, float] = {}
    for (family, theirs), (_, ours) in zip(baseline, main, strict=True):
        if any(c.name in HEADLINES[lang] for c in family.columns):
            compared = resampler.compare(family, ours, theirs)
            found |= {
                c.name: d.p_bootstrap
                for c, d in zip(family.columns, compared, strict=True)
                if c.name in HEADLINES[lang]
            }
    return found


def _measure(
    track: Track, chosen: Sequence[Family], reference: Sequence[Item], workers: Workers, advance: Callable[[str], None]
) -> dict[str, Measured]:
    """Each system's statistics by family; the human text has those of the reference-free families only."""
    free = [f for f in chosen if not f.needs_references]
    groups = [(chosen, track.systems)] + ([(free, {REFERENCE: list(reference)})] if reference else [])
    return {
        name: list(zip(some, arrays, strict=True))
        for some, systems in groups
        for name, arrays in workers.statistics(some, systems, advance).items()
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric of two systems on the same items."""

    column: Column
    a: float
    b: float
    difference: Difference
    signature: str


def compare_tracks(
    a: Track,
    b: Track,
    chosen: Sequence[Family],
    resampler: Resampler,
    workers: Workers,
    advance: Callable[[str], None],
) -> list[Comparison]:
    """Paired comparison of the main systems of two tracks over the same references."""
    systems = {"a": a.systems[a.main], "b": b.systems[b.main]}
    count = reference_count(systems["a"])
    measured = workers.statistics(chosen, systems, advance)
    found = []
    for family, left, right in zip(chosen, measured["a"], measured["b"], strict=True):
        values = family.scores(np.vstack([left.sum(axis=0), right.sum(axis=0)]))
        differences = resampler.compare(family, left, right)
        for n, column in enumerate(family.columns):
            signature = f"{family.signature(column, count)}|{resampler.signature}"
            found.append(Comparison(column, float(values[0, n]), float(values[1, n]), differences[n], signature))
    return found

"""Outputs beside their references and baselines, field by field."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluation import articles, baselines
from evaluation.errors import DataError
from evaluation.items import Item, Lang, Sentences, Track
from evaluation.references import FIELDS, Reference, References
from evaluation.runs import Run
from pipeline.article import Article

RUN = "run"
MODEL = "model"


def of_run(
    run: Run, ids: Sequence[str], references: References, *, seed: int, glossaries: tuple[Path, ...] | None
) -> list[Track]:
    """One track for each field that both the references and the briefs have; no baselines where `glossaries` is None.

    Baselines of the Thai summary need the article: it is in the references (`title_th`, `body_th`), or in
    the file that the brief names, unchanged.
    """
    found = {i: ref for i in ids if (ref := references.find(i)) is not None}
    at_hand = articles.find(run, found)
    made = []
    for name, lang in FIELDS.items():
        scored = [i for i in ids if found[i].texts.get(name)]
        if not scored or (name == "body_en" and not any("body" in run.briefs[i] for i in scored)):
            continue
        items = [_item(run.briefs[i], name, found[i], at_hand.get(i)) for i in scored]
        track = Track(name, lang, RUN, {RUN: items})
        if glossaries is not None:
            _add_baselines(track, [at_hand.get(i) for i in scored], seed, glossaries)
        made.append(track)
    if not made:
        raise DataError(f"{run.folder}: the briefs have none of the fields that the references have")
    return made


def in_common(a: Sequence[Track], b: Sequence[Track]) -> tuple[list[tuple[Track, Track]], list[str]]:
    """The tracks of two runs over the same articles in the same order, and notes on what only one of them has.

    Both are held against the same article, the first run's where both have one.

    Raises:
        DataError: they have nothing in common.
    """
    theirs = {t.name: t for t in b}
    found, notes = [], [f"{t.name}: only the second run has it." for t in b if t.name not in {x.name for x in a}]
    for track in a:
        other = theirs.get(track.name)
        items = {i.id: i for i in other.systems[other.main]} if other else {}
        both = [(i, items[i.id]) for i in track.systems[track.main] if i.id in items]
        left = len({i.id for i in track.systems[track.main]} ^ items.keys())
        if left:
            notes.append(f"{track.name}: {left} article(s) that only one of the runs has are left out.")
        if both:
            pair = zip(*(_same_article(x, y, track.lang) for x, y in both), strict=True)
            ours_and_theirs = [Track(track.name, track.lang, track.main, {track.main: list(items)}) for items in pair]
            found.append((ours_and_theirs[0], ours_and_theirs[1]))
    if not found:
        raise DataError("the two runs have no field of the same article to compare")
    return found, notes


def _same_article(x: Item, y: Item, lang: Lang) -> tuple[Item, Item]:
    article = x.article or y.article
    x, y = replace(x, article=article), replace(y, article=article)
    whole = (article,) if article else ()
    if lang == "th" or whole in (x.source, y.source):  # one of them translated the article first
        source = whole
        x, y = replace(x, source=source), replace(y, source=source)
    return x, y


def reference_items(track: Track, references: References | None = None) -> list[Item]:
    """The first reference in the output's place: what the reference-free metrics say of human text.

    An English reference summary is of the Thai reference summary, not of the run's.
    """
    return [_human(item, track.name, references) for item in track.systems[track.main]]


def _human(item: Item, name: str, references: References | None) -> Item:
    known = references.find(item.id) if references else None
    source = item.source
    if name == "summary_en":
        source = known.texts["summary_th"][0] if known and "summary_th" in known.texts else ()
    return replace(item, hypothesis=item.references[0], source=source)


def _add_baselines(track: Track, at_hand: Sequence[Article | None], seed: int, glossaries: tuple[Path, ...]) -> None:
    if track.lang == "th":
        if any(a is None for a in at_hand):  # over some of the articles only, scores could not be compared
            return
        sentences = [baselines.article_sentences(a.body_paragraphs) if a else () for a in at_hand]
        add_extractive(track, sentences, seed)
        return
    add_translations(track, glossaries)


def add_extractive(track: Track, sentences: Sequence[Sentences], seed: int) -> None:
    """The extractive baselines, from each article's sentences."""
    items = track.systems[track.main]
    for name, extract in baselines.EXTRACTORS.items():
        rng = random.Random(seed)
        outputs = [extract(s, i.references[0], rng) for s, i in zip(sentences, items, strict=True)]
        track.systems[name] = [replace(i, hypothesis=o) for i, o in zip(items, outputs, strict=True)]


def add_translations(track: Track, glossaries: tuple[Path, ...]) -> None:
    """The source as it is, and word for word."""
    dictionary = baselines.dictionary(glossaries)
    items = track.systems[track.main]
    track.systems["copy"] = [replace(i, hypothesis=i.source) for i in items]
    track.systems["dictionary"] = [replace(i, hypothesis=tuple(map(dictionary.translate, i.source))) for i in items]


def _item(brief: Mapping[str, Any], name: str, reference: Reference, article: Article | None) -> Item:
    # The publication date is not in the text, but `check` knows it, so a summary may say it.
    published = (brief.get("source") or {}).get("published_th") or ""
    text = f"{article.text}\n{published}".strip() if article else ""
    references, whole = reference.texts[name], (text,) if text else ()
    if name == "summary_th":
        return Item(reference.id, tuple(brief["summary_th"]), references, whole, text)
    if name == "summary_en":
        # Without a Thai summary, or with one that is not its source, the English is held against the article.
        of_thai = brief.get("alignment", "sentence") == "sentence"
        source = (tuple(brief["summary_th"]) if of_thai else ()) or whole
        return Item(reference.id, tuple(brief["summary_en"]), references, source, text)
    if name == "title_en":
        return Item(reference.id, (brief["title_en"],), references, (brief["title_th"],), text)
    pairs = brief.get("body", [])
    return Item(reference.id, tuple(p["en"] for p in pairs), references, tuple(p["th"] for p in pairs) or whole, text)

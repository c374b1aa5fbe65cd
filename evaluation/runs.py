"""The briefs of a pipeline run, beside their references and baselines, as tracks to score."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation import baselines
from evaluation.errors import DataError
from evaluation.items import Item, Sentences, Track
from evaluation.references import FIELDS, Reference, References
from pipeline.article import Article, Origin, Record
from pipeline.config import load_config
from pipeline.engines.local import FAILURES
from pipeline.flow import make_context, process
from pipeline.steps import clean, read

RUN = "run"
MODEL = "model"
READ = (("read", read.run), ("clean", clean.run))


@dataclass(frozen=True, slots=True)
class Run:
    """The briefs of a folder by id, and the ids that failed with their reasons."""

    folder: Path
    briefs: dict[str, dict[str, Any]]
    failed: dict[str, str]

    def described(self) -> dict[str, Any]:
        """What a report says of the run: counts, findings by kind, models."""
        briefs = list(self.briefs.values())
        findings = Counter(f["kind"] for b in briefs for f in b.get("findings", []))
        return {
            "folder": str(self.folder),
            "briefs": len(briefs),
            "failed": len(self.failed),
            "review": sum(b.get("status") == "review" for b in briefs),
            "findings": dict(findings.most_common()),
            "models": briefs[0].get("models", {}),
            "pipeline": briefs[0].get("pipeline", {}),
        }


def read_run(folder: Path) -> Run:
    """The briefs of an output folder.

    Raises:
        DataError: there are none, or one of them is damaged; with the file.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; a run's --out is wanted")
    briefs: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            brief = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"{file}: not a whole brief ({error}); run that article again") from error
        if not isinstance(brief, dict) or "article_id" not in brief:
            raise DataError(f"{file}: not a brief: it has no article_id")
        _check_shape(brief, file)
        name = str(brief["article_id"])
        if name in briefs:
            raise DataError(f"{file}: article_id {name} stands in another brief of {folder} too")
        briefs[name] = brief
    if not briefs:
        raise DataError(f"{folder}: no brief in it; make some with python -m pipeline run --out {folder}")
    return Run(folder, briefs, _failures(folder / FAILURES))


def tracks(
    run: Run, ids: Sequence[str], references: References, *, seed: int, with_baselines: bool, glossaries: Sequence[Path]
) -> list[Track]:
    """One track for each field that both the references and the briefs have.

    Baselines of the Thai summary need the article: it is in the references (`title_th`, `body_th`), or in
    the file that the brief names, unchanged.
    """
    found = {i: ref for i in ids if (ref := references.find(i)) is not None}
    articles = _articles(run, found)
    made = []
    for name, lang in FIELDS.items():
        scored = [i for i in ids if found[i].texts.get(name) and (name != "body_en" or "body" in run.briefs[i])]
        if not scored:
            continue
        items = [_item(run.briefs[i], name, found[i], articles.get(i)) for i in scored]
        track = Track(name, lang, RUN, {RUN: items})
        if with_baselines:
            _add_baselines(track, [articles.get(i) for i in scored], seed, tuple(glossaries))
        made.append(track)
    if not made:
        raise DataError(f"{run.folder}: the briefs have none of the fields that the references have")
    return made


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
    return Item(item.id, item.references[0], item.references, source, item.article)


def _add_baselines(track: Track, articles: Sequence[Article | None], seed: int, glossaries: tuple[Path, ...]) -> None:
    items = track.systems[track.main]
    if track.lang == "th":
        if any(a is None for a in articles):  # scores over other articles could not be compared
            return
        sentences = [baselines.article_sentences(a.body_paragraphs) if a else () for a in articles]
        add_extractive(track, sentences, seed)
        return
    add_translations(track, items, glossaries)


def add_extractive(track: Track, sentences: Sequence[Sentences], seed: int) -> None:
    """The extractive baselines, from each article's sentences."""
    items = track.systems[track.main]
    for name, extract in baselines.EXTRACTORS.items():
        rng = random.Random(seed)
        outputs = [extract(s, i.references[0], rng) for s, i in zip(sentences, items, strict=True)]
        track.systems[name] = [_with(i, o) for i, o in zip(items, outputs, strict=True)]


def add_translations(track: Track, items: Sequence[Item], glossaries: tuple[Path, ...]) -> None:
    """The source as it is, and word for word."""
    dictionary = baselines.dictionary(glossaries)
    track.systems["copy"] = [_with(i, i.source) for i in items]
    track.systems["dictionary"] = [_with(i, tuple(map(dictionary.translate, i.source))) for i in items]


def article_from(title: str, body: str) -> Article | None:
    """An article through the pipeline's `read` and `clean`; None where it fails there."""
    return _processed([Article("a", Origin("reference", record=Record(title, body)))])[0]


def _with(item: Item, hypothesis: Sentences) -> Item:
    return Item(item.id, hypothesis, item.references, item.source, item.article)


def _item(brief: Mapping[str, Any], name: str, reference: Reference, article: Article | None) -> Item:
    text = article.text if article else ""
    if name == "summary_th":
        return Item(reference.id, tuple(brief["summary_th"]), reference.texts[name], (text,) if text else (), text)
    if name == "summary_en":
        return Item(reference.id, tuple(brief["summary_en"]), reference.texts[name], tuple(brief["summary_th"]), text)
    if name == "title_en":
        return Item(reference.id, (brief["title_en"],), reference.texts[name], (brief["title_th"],), text)
    pairs = brief["body"]
    return Item(reference.id, tuple(p["en"] for p in pairs), reference.texts[name], tuple(p["th"] for p in pairs), text)


def _articles(run: Run, found: Mapping[str, Reference]) -> dict[str, Article]:
    """The articles that are at hand: from the references, or from the file that a brief was made of."""
    origins = {}
    for name, reference in found.items():
        if reference.body.strip():
            origins[name] = Origin("reference", record=Record(reference.title, reference.body))
        elif (data := _unchanged(run.briefs[name].get("source", {}))) is not None:
            origins[name] = Origin("file", data=data)
    names = list(origins)
    done = _processed([Article(str(n), origins[name]) for n, name in enumerate(names)])
    return {name: article for name, article in zip(names, done, strict=True) if article is not None}


def _processed(articles: list[Article]) -> list[Article | None]:
    context = make_context(load_config(Path("fake")), Path("."))
    return [None if a.failure else a for a in process(articles, context, steps=READ)]


def _unchanged(source: Mapping[str, Any]) -> bytes | None:
    try:
        data = Path(str(source.get("path", ""))).read_bytes()
    except (OSError, ValueError):
        return None
    return data if hashlib.sha256(data).hexdigest() == source.get("sha256") else None


def _check_shape(brief: Mapping[str, Any], file: Path) -> None:
    lists = all(
        isinstance(brief.get(k), list) and all(isinstance(s, str) for s in brief[k])
        for k in ("summary_th", "summary_en")
    )
    texts = all(isinstance(brief.get(k), str) for k in ("title_th", "title_en"))
    body = brief.get("body", [])
    pairs = isinstance(body, list) and all(isinstance(p, dict) and {"th", "en"} <= p.keys() for p in body)
    if not (lists and texts and pairs):
        raise DataError(f"{file}: not a brief: title_th, title_en, summary_th, summary_en or body is missing or odd")


def _failures(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {str(r["article_id"]): str(r["reason"]) for r in records}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file}: not the record of failures that a run writes ({error})") from error

"""The articles behind the outputs, through the pipeline's own reading and cleaning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from evaluation.references import Reference
from evaluation.runs import Run
from pipeline import thai
from pipeline.article import Article, Origin, Record
from pipeline.config import load_config
from pipeline.flow import make_context, process
from pipeline.steps import clean, read

READ = (("read", read.run), ("clean", clean.run))
LARGEST = 64_000_000
"""Bytes of the largest file that is read again."""


def from_texts(texts: Iterable[tuple[str, str]]) -> list[Article | None]:
    """Articles from (title, body) through the pipeline's `read` and `clean`; None where one fails there."""
    origins = (Origin("reference", record=Record(title, body)) for title, body in texts)
    return _processed([Article(str(n), origin) for n, origin in enumerate(origins)])


def find(run: Run, found: Mapping[str, Reference]) -> dict[str, Article]:
    """The articles that are at hand: from the references, or from the file that a brief was made of."""
    origins = {}
    for name, reference in found.items():
        if reference.body.strip():
            origins[name] = Origin("reference", record=Record(reference.title, reference.body))
        elif (origin := _unchanged(run.briefs[name])) is not None:
            origins[name] = origin
    names = list(origins)
    done = _processed([Article(str(n), origins[name]) for n, name in enumerate(names)])
    return {name: article for name, article in zip(names, done, strict=True) if article is not None}


def _processed(articles: list[Article]) -> list[Article | None]:
    context = make_context(load_config(Path("fake")), Path("."))
    return [None if a.failure else a for a in process(articles, context, steps=READ)]


def _unchanged(brief: Mapping[str, Any]) -> Origin | None:
    """Where the brief's article still is as it was: a file, or a line of a JSONL file (`news.jsonl:12`)."""
    source = brief.get("source") or {}
    name, wanted = str(source.get("path", "")), source.get("sha256")
    file, colon, line = name.rpartition(":")
    if colon and line.isdigit() and Path(file).suffix == ".jsonl":
        record = _line(Path(file), int(line), brief["title_th"])
        text = f"{record.title}\n{record.body}" if record else ""
        same = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == wanted
        return Origin(name, record=record) if record and same else None
    try:
        path = Path(name)
        data = path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST else b""
    except (OSError, ValueError):
        return None
    return Origin(name, data=data) if hashlib.sha256(data).hexdigest() == wanted else None


@lru_cache(8)
def _lines(file: Path) -> tuple[bytes, ...]:
    try:
        return tuple(file.read_bytes().split(b"\n")) if file.is_file() else ()
    except OSError:
        return ()


def _line(file: Path, number: int, title: str) -> Record | None:
    """A record of a JSONL file whatever its columns are called: one is the brief's title, the longest the body."""
    lines = _lines(file)
    try:
        record = json.loads(lines[number - 1])
        texts = [v for v in record.values() if isinstance(v, str)]
    except (IndexError, ValueError, AttributeError):
        return None
    titles = [t for t in texts if thai.normalize(t) == title]
    return Record(titles[0], max(texts, key=len)) if titles else None

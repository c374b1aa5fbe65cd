"""A brief as `<article_id>.json` (the contract) and `<article_id>.md` (what a person sends).

Each file appears whole or not at all: it is written beside its place and renamed.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from pipeline.article import Article, Field, Severity
from pipeline.errors import OutputError
from pipeline.steps import Context, one_by_one

_PLACES = {
    Field.SOURCE: "the article",
    Field.TITLE_TH: "Thai headline",
    Field.TITLE_EN: "English headline",
    Field.SUMMARY_TH: "Thai summary",
    Field.SUMMARY_EN: "English summary",
    Field.BODY: "article",
}
_TITLES = (Field.TITLE_TH, Field.TITLE_EN)
_LABELS = {Severity.ERROR: "Error", Severity.WARNING: "Check", Severity.INFO: "Note"}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def _write(article: Article, context: Context) -> Article:
    alignment = "sentence" if context.config.order == "summarize-first" else "none"
    brief = brief_record(article, context.provenance, alignment)
    atomic_write(context.out / f"{article.article_id}.json", json.dumps(brief, ensure_ascii=False, indent=2) + "\n")
    atomic_write(context.out / f"{article.article_id}.md", render_markdown(brief))
    return article


run = one_by_one(_write)


def brief_record(article: Article, provenance: dict[str, Any], alignment: str = "sentence") -> dict[str, Any]:
    """The brief as the JSON contract has it (README, "The JSON of a brief")."""
    assert article.source is not None
    brief: dict[str, Any] = {
        "article_id": article.article_id,
        "status": "review" if article.needs_review else "ok",
        "source": {
            "path": article.source.path,
            "url": article.source.url,
            "sha256": article.source.sha256,
            "published": article.source.published,
            "published_th": article.source.published_th,
        },
        "title_th": article.title,
        "title_en": article.title_en,
        "summary_th": list(article.summary_th),
        "summary_en": list(article.summary_en),
        "alignment": alignment,
    }
    if article.body:
        brief["body"] = [asdict(pair) for pair in article.body]
    if article.choices:
        brief["choices"] = [asdict(choice) for choice in article.choices]
    brief["repairs"] = [asdict(r) for r in article.repairs]
    brief["findings"] = [asdict(f) for f in article.findings]
    return brief | provenance


def render_markdown(brief: dict[str, Any]) -> str:
    """The brief for a person. Text of the article is escaped: it cannot become markup."""
    source, findings = brief["source"], brief["findings"]
    aligned = brief["alignment"] == "sentence"
    beside = (Field.SUMMARY_TH, Field.SUMMARY_EN) if aligned else (Field.SUMMARY_EN,)
    errors = sum(f["severity"] == Severity.ERROR for f in findings)
    used = {f"{m['name']} ({m['licence']})" for m in brief["models"].values()}
    return _template().render(
        title_th=brief["title_th"],
        title_en=brief["title_en"],
        date=_english_date(source["published"]),
        origin=f"Source: {source['url'] or source['path']}",
        summary_en=brief["summary_en"],
        title_notes=_notes(f for f in findings if f["field"] in _TITLES),
        notes_of=[_notes(_of(findings, beside, n)) for n in range(len(brief["summary_en"]))],
        pairs=list(zip(brief["summary_th"], brief["summary_en"], strict=True)) if aligned else [],
        summary_th=[] if aligned else brief["summary_th"],
        body=[
            pair | {"notes": _notes(_of(findings, (Field.BODY,), n))} for n, pair in enumerate(brief.get("body", []))
        ],
        rest=_notes(f for f in findings if f["field"] not in _TITLES and not _has_place(f, beside)),
        repairs=[r | {"place": _place(r)} for r in brief["repairs"]],
        any_finding=bool(findings),
        verdict=f"{errors} error(s) to settle before it is sent." if errors else "Read it before it is sent.",
        version=brief["pipeline"]["version"],
        created=brief["pipeline"]["created"],
        models=", ".join(sorted(used)),
    )


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's word on a full or closed folder into one line with the way out."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}; free some space or give another --out. "
            "The briefs written so far are kept."
        ) from error


def atomic_write(path: Path, text: str) -> None:
    """Write `text` so that `path` is the old file or the whole new one, never a part.

    Raises:
        OutputError: the folder is full or cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with output_errors(path):
        try:
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _of(findings: list[dict[str, Any]], fields: Sequence[Field], index: int) -> list[dict[str, Any]]:
    return [f for f in findings if f["field"] in fields and f["index"] == index]


def _has_place(finding: dict[str, Any], beside: Sequence[Field]) -> bool:
    """Whether it is shown beside its sentence."""
    return finding["index"] is not None and finding["field"] in (*beside, Field.BODY)


def _notes(findings: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Label, place and message, the most severe first."""
    order = [str(s) for s in _LABELS]
    worst_first = sorted(findings, key=lambda f: order.index(f["severity"]))
    return [{"label": _LABELS[f["severity"]], "place": _place(f), "message": f["message"]} for f in worst_first]


def _place(finding: dict[str, Any]) -> str:
    place = _PLACES[finding["field"]]
    return place if finding["index"] is None else f"{place}, sentence {finding['index'] + 1}"


def _english_date(iso: str | None) -> str:
    if iso is None:
        return ""
    try:
        day = datetime.date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B} {day.year}"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline"),
        # Not HTML but Markdown: every value is escaped for it as it goes in.
        autoescape=False,
        finalize=lambda value: _MARKDOWN.sub(r"\\\1", value) if isinstance(value, str) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["cell"] = lambda text: text.replace("\n", " ")
    return environment.get_template("brief.md.j2")

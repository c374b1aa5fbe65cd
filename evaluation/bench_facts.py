"""`make bench-facts DATA=DIR`: what guiding, choosing and verifying each change, alone and together.

The Thai headlines and summaries of a reference file are translated with the translator of a config, checked, and held
against the English references. The Thai is the references' own, so that every setting translates the same sentences.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from evaluation import data as files
from evaluation.console import counter
from evaluation.metrics.faithfulness import agreements
from pipeline import thai
from pipeline.article import Article, Kind, Origin, Severity, Source
from pipeline.cli import prepare_models, reported_errors
from pipeline.config import load_config
from pipeline.facts.glossary import CHECKED, Glossary
from pipeline.flow import make_context
from pipeline.steps import Context, check, repair, translate

OFF: dict[str, Any] = {
    "translate.guide": "none", "translate.rerank": "score", "check.facts": False, "check.repair": False,
}  # fmt: skip
GUIDE = {"translate.guide": "names"}
CHOOSE = {"translate.rerank": "facts"}
VERIFY = {"check.facts": True, "check.repair": True}
SETTINGS: dict[str, dict[str, Any]] = {
    "none": OFF,
    "guide": OFF | GUIDE,
    "choose": OFF | CHOOSE,
    "verify": OFF | VERIFY,
    "guide, choose": OFF | GUIDE | CHOOSE,
    "all three": OFF | GUIDE | CHOOSE | VERIFY,
}
COLUMNS = (
    "chrF++", "names", "numbers kept", "numbers right", "dates kept", "dates right", "repairs", "s/article",
    "in review",
)  # fmt: skip


def main(
    data: Annotated[Path, typer.Option(help="The folder with gold_dev.jsonl.")],
    refs: Annotated[str, typer.Option(help="Which of its files.")] = "gold_dev.jsonl",
    config: Annotated[Path, typer.Option(help="The config whose translator is measured.")] = Path(
        "configs/default.yaml"
    ),
    limit: Annotated[int | None, typer.Option(help="So many articles only.")] = None,
) -> None:
    """Print a table with a row for each setting."""
    with reported_errors(), TemporaryDirectory() as folder:
        prepare_models(load_config(config), only_offline=True)
        records = list(files.load(str(data / refs)).records)[:limit]
        typer.echo(f"{len(records)} articles of {refs}, {load_config(config).translate.model}\n")
        typer.echo(f"| setting | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
        for name, overrides in SETTINGS.items():
            context = make_context(load_config(config, overrides), Path(folder))
            row = _measure(records, context, name)
            typer.echo(f"| {name} | {' | '.join(row)} |")


def _measure(records: list[dict[str, Any]], context: Context, name: str) -> list[str]:
    from sacrebleu.metrics import CHRF

    articles = [_article(record) for record in records]
    size = context.config.run.articles_per_batch
    done: list[Article] = []
    start = time.monotonic()
    with counter(name, len(articles)) as advance:
        for at in range(0, len(articles), size):
            batch = articles[at : at + size]
            for step in (translate.run, repair.run, check.run):
                batch = step(batch, context)
            done += batch
            advance(len(batch))
    seconds = time.monotonic() - start
    pairs = [pair for article in done for pair in _pairs(article)]
    references = [text for record in records for text in (record["title_en"], *record["summary_en"])]
    chrf = CHRF(word_order=2).corpus_score([en for _, en in pairs], [references]).score
    counted = [agreements(th, en, "en") for th, en in pairs]
    shares = []
    for kind in ("number", "date"):
        right, ours, kept, theirs = (sum(c[kind][n] for c in counted) for n in range(4))
        shares += [_share(kept, theirs), _share(right, ours)]
    marked = sum(any(f.severity is Severity.ERROR and f.kind is not Kind.DRAFT_MODEL for f in a.findings) for a in done)
    repaired = sum(len(a.repairs) for a in done)
    return [
        f"{chrf:.1f}", _share(*_names(pairs, context.glossary)), *shares, str(repaired),
        f"{seconds / len(done):.1f}", _share(marked, len(done)),
    ]  # fmt: skip


def _article(record: dict[str, Any]) -> Article:
    """An article that has its summary already."""
    text = [thai.normalize(str(record.get(key) or "")) for key in ("lead_th", "body_th")]
    return Article(
        str(record["id"]), Origin(str(record["id"])), source=Source(str(record["id"]), ""),
        title=thai.normalize(record["title_th"]), paragraphs=tuple(filter(None, text)),
        summary_th=tuple(map(thai.normalize, record["summary_th"])),
    )  # fmt: skip


def _pairs(article: Article) -> Iterator[tuple[str, str]]:
    yield article.title, article.title_en
    yield from zip(article.summary_th, article.summary_en, strict=True)


def _names(pairs: list[tuple[str, str]], names: Glossary) -> tuple[int, int]:
    """Names of the Thai that the English has in a right form, and all of them."""
    right = called = 0
    for th, en in pairs:
        wanted = {m.term for m in names.in_thai(th) if m.term.kind in CHECKED}
        difference = names.compare(th, en)
        lost = {m.term for m in difference.missing} | {m.term for m, _ in difference.changed}
        called += len(wanted)
        right += len(wanted - lost)
    return right, called


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}% ({part}/{whole})" if whole else "–"


if __name__ == "__main__":
    typer.run(main)

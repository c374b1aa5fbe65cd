"""One process over all articles: batches through the flow, failures beside the briefs, a tally."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipeline.article import Article
from pipeline.flow import process
from pipeline.steps import Context
from pipeline.steps.write import output_errors

FAILURES = "failures.jsonl"


@dataclass
class Tally:
    """What a run came to: articles by outcome, findings by kind, tokens generated, seconds."""

    ok: int = 0
    review: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    seconds: float = 0.0

    @property
    def articles(self) -> int:
        return self.ok + self.review + sum(self.failed.values())

    def add(self, article: Article) -> None:
        self.tokens += article.tokens_generated
        self.findings.update(f.kind.value for f in article.findings)
        if article.failure is not None:
            self.failed[article.failure.reason.value] += 1
        elif article.needs_review:
            self.review += 1
        else:
            self.ok += 1


def open_output(out: Path) -> None:
    """Make the output folder and make sure that it can be written, before anything expensive.

    Raises:
        OutputError: it cannot.
    """
    with output_errors(out):
        probe(out)
        (out / FAILURES).unlink(missing_ok=True)


def probe(out: Path) -> None:
    """Make a folder and write into it, to learn now what would fail later.

    Raises:
        OSError: it cannot be made or written.
    """
    out.mkdir(parents=True, exist_ok=True)
    test = out / f".write-test.{os.getpid()}"
    test.write_text("x")
    test.unlink()


def run(
    articles: Iterable[Article],
    context: Context,
    tally: Tally,
    *,
    report: Callable[[Article], None],
    watch: Callable[[str], None],
) -> None:
    """Process all articles, batch by batch, and call `report` for each as soon as it is settled.

    `watch` is told the step that a batch is in.
    `tally` is kept up to date, so that it holds what was done when the run is interrupted.

    Raises:
        OutputError: the output folder cannot be written any more.
    """
    start = time.monotonic()

    def settled(article: Article) -> None:
        if article.failure is not None:
            _record_failure(article, context.out)
        tally.add(article)
        report(article)

    try:
        for batch in _batches(articles, context.config.run.articles_per_batch):
            process(batch, context, watch, settled)
    finally:
        tally.seconds = time.monotonic() - start


def _batches(articles: Iterable[Article], size: int) -> Iterator[list[Article]]:
    iterator = iter(articles)
    while batch := list(islice(iterator, size)):
        yield batch


def _record_failure(article: Article, out: Path) -> None:
    assert article.failure is not None
    line = {
        "article_id": article.article_id,
        "input": article.origin.path,
        "reason": article.failure.reason.value,
        "message": article.failure.message,
    }
    with output_errors(out / FAILURES), (out / FAILURES).open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(line, ensure_ascii=False) + "\n")

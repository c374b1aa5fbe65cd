"""The steps: each takes a batch of articles and a context, and returns the batch, fuller.

A step that fails on one article sets that article's `failure`; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.base import Prompt, TextModel
from pipeline.article import Article, Failure
from pipeline.config import Config
from pipeline.errors import ArticleError
from pipeline.facts.glossary import Glossary


@dataclass(frozen=True, slots=True)
class Context:
    """What the steps of one run share. `provenance` holds the brief's `models` and `pipeline` keys."""

    config: Config
    summarizer: TextModel
    translator: TextModel
    summarize_prompt: Prompt | None
    translate_prompt: Prompt | None
    headline_prompt: Prompt | None
    out: Path
    provenance: dict[str, Any]
    glossary: Glossary
    english_summarizer: TextModel | None = None
    english_prompt: Prompt | None = None
    """Of `order: translate-first` only."""


Step = Callable[[list[Article], Context], list[Article]]


def one_by_one(step: Callable[[Article, Context], Article]) -> Step:
    """A step over batches from a function over one article; its `ArticleError` becomes a failure."""

    def run(articles: list[Article], context: Context) -> list[Article]:
        done = []
        for article in articles:
            try:
                done.append(step(article, context))
            except ArticleError as error:
                done.append(replace(article, failure=Failure(error.reason, str(error))))
        return done

    run.__name__ = step.__name__
    run.__doc__ = step.__doc__
    return run

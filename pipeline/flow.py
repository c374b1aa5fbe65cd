"""The steps in order, and how a batch of articles goes through them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from models.base import Decoding, ModelError, Prompt, Request, TextModel
from models.load import load
from pipeline.article import Article, Failure
from pipeline.config import Config
from pipeline.errors import ConfigError, Reason
from pipeline.prompts import load_prompt, prompt_sha256
from pipeline.steps import Context, Step, check, clean, read, segment, summarize, translate, write

STEPS: tuple[tuple[str, Step], ...] = (
    ("read", read.run),
    ("clean", clean.run),
    ("segment", segment.run),
    ("summarize", summarize.run),
    ("translate", translate.run),
    ("check", check.run),
    ("write", write.run),
)


MIN_ROOM = 32
"""Tokens of text that every request must have room for."""


def process(
    articles: Sequence[Article],
    context: Context,
    watch: Callable[[str], None] = lambda step: None,
    settled: Callable[[Article], None] = lambda article: None,
    steps: Sequence[tuple[str, Step]] = STEPS,
) -> list[Article]:
    """Take a batch through the steps; an article with a `failure` goes no further.

    `watch` is told each step's name as it begins, `settled` each article that failed or was written.
    Returns all articles in their order.
    """
    done: dict[str, Article] = {}
    batch = list(articles)
    for name, step in steps:
        watch(name)
        batch = _run_step(step, batch, context)
        for article in batch:
            done[article.article_id] = article
            if article.failure is not None:
                settled(article)
        batch = [a for a in batch if a.failure is None]
    for article in batch:
        settled(article)
    return [done[a.article_id] for a in articles]


def _run_step(step: Step, batch: list[Article], context: Context) -> list[Article]:
    """A model error in a batch is narrowed down to the article that causes it."""
    if not batch:
        return []
    try:
        return step(batch, context)
    except ModelError as error:
        if len(batch) > 1:
            return [a for article in batch for a in _run_step(step, [article], context)]
        message = f"{batch[0].origin.path}: {error}"
        return [replace(batch[0], failure=Failure(Reason.MODEL, message))]


def make_context(config: Config, out: Path) -> Context:
    """Load the models and prompts that a config names. Two steps with one model share it.

    Raises:
        ModelMissing: a model is not prepared. ConfigError: there is no such prompt.
    """
    loaded: dict[str, TextModel] = {}
    for name in (config.summarize.model, config.translate.model):
        if name not in loaded:
            loaded[name] = load(config.models[name])
    summarizer, translator = loaded[config.summarize.model], loaded[config.translate.model]

    def prompt(name: str | None) -> Prompt | None:
        return load_prompt(name) if name else None

    prompts = prompt(config.summarize.prompt), prompt(config.translate.prompt), prompt(config.translate.headline_prompt)
    context = Context(
        config, summarizer, translator, *prompts, out, _provenance(config, summarizer, translator, *prompts)
    )
    _check_room(context)
    return context


def _check_room(context: Context) -> None:
    """Too long a prompt or answer would leave no room for the text itself."""
    config = context.config
    asked = (
        ("summarize", context.summarizer, context.summarize_prompt, config.summarize.decoding()),
        ("translate", context.translator, context.translate_prompt, config.translate.decoding()),
        ("translate", context.translator, context.headline_prompt, config.translate.decoding()),
    )
    for section, model, prompt, decoding in asked:
        try:
            room = model.room(Request("translate", "", prompt=prompt, decoding=decoding))
        except ModelError as error:
            raise ConfigError(f"{section}: {error}") from error
        if room < MIN_ROOM:
            raise ConfigError(
                f"{section}: the prompt and max_new_tokens {decoding.max_new_tokens} leave {room} of "
                f"{model.max_input_tokens} tokens for the text; lower max_new_tokens"
            )


def project_version() -> str:
    try:
        return version("thai-brief")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0+unknown"


def _provenance(
    config: Config,
    summarizer: TextModel,
    translator: TextModel,
    summarize_prompt: Prompt | None,
    translate_prompt: Prompt | None,
    headline_prompt: Prompt | None,
) -> dict[str, Any]:
    def used(model: TextModel, decoding: Decoding, *prompts: Prompt | None) -> dict[str, Any]:
        named = {prompt.name: prompt_sha256(prompt) for prompt in prompts if prompt}
        return {**asdict(model.info), "decoding": asdict(decoding), "prompts": named}

    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {
        "models": {
            "summarize": used(summarizer, config.summarize.decoding(), summarize_prompt),
            "translate": used(translator, config.translate.decoding(), translate_prompt, headline_prompt),
        },
        "pipeline": {"version": project_version(), "config_sha256": config.sha256(), "created": now},
    }

"""The steps in order, and how a batch of articles goes through them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from models.base import Decoding, ModelError, Prompt, Request, Task, TextModel
from models.load import load
from pipeline.article import Article, Failure
from pipeline.config import Config, Order
from pipeline.errors import ConfigError, Reason
from pipeline.facts import names_tsv
from pipeline.prompts import load_prompt, prompt_sha256
from pipeline.rerank import RERANKERS
from pipeline.steps import Context, Step, check, clean, ground, read, repair, segment, summarize, translate, write

Steps = Sequence[tuple[str, Step]]
STEPS: Steps = (
    ("read", read.run),
    ("clean", clean.run),
    ("segment", segment.run),
    ("summarize", summarize.run),
    ("ground", ground.run),
    ("translate", translate.run),
    ("repair", repair.run),
    ("check", check.run),
    ("write", write.run),
)
TRANSLATE_FIRST: Steps = (
    ("read", read.run),
    ("clean", clean.run),
    ("segment", segment.run),
    ("summarize", summarize.run),
    ("ground", ground.run),
    ("translate", translate.run),
    ("repair", repair.run),
    ("summarize in English", summarize.run_english),
    ("check", check.run),
    ("write", write.run),
)
ORDERS: dict[Order, Steps] = {"summarize-first": STEPS, "translate-first": TRANSLATE_FIRST}

MIN_ROOM = 32
"""Tokens of text that every request must have room for."""


def process(
    articles: Sequence[Article],
    context: Context,
    watch: Callable[[str], None] = lambda step: None,
    settled: Callable[[Article], None] = lambda article: None,
    steps: Steps | None = None,
) -> list[Article]:
    """Take a batch through the steps; an article with a `failure` goes no further.

    `steps` are those of the config's order where none are given. `watch` is told each step's name as it begins,
    `settled` each article that failed or was written.
    Returns all articles in their order.
    """
    done: dict[str, Article] = {}
    batch = list(articles)
    for name, step in ORDERS[context.config.order] if steps is None else steps:
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
    for name in config.used.values():
        if name not in loaded:
            loaded[name] = load(config.models[name])
    filled = _filled(config, loaded)
    english = filled.summarize_english
    context = Context(
        filled,
        loaded[filled.summarize.model],
        loaded[filled.translate.model],
        _prompt(filled.summarize.prompt),
        _prompt(filled.translate.prompt),
        _prompt(filled.translate.headline_prompt),
        out,
        {},
        names_tsv.load(filled.glossary),
        loaded[english.model] if english else None,
        _prompt(english.prompt) if english else None,
    )
    _check_room(context)
    RERANKERS[filled.translate.rerank](
        [], [], lambda n, candidate: 0.0
    )  # what it needs is missed now, not after an hour
    return replace(context, provenance=_provenance(context, config.sha256()))


def _prompt(name: str | None) -> Prompt | None:
    return load_prompt(name) if name else None


def _filled(config: Config, loaded: Mapping[str, TextModel]) -> Config:
    """With the models' own decoding where the config leaves it open."""
    steps = config.used
    return config.model_copy(
        update={
            step: getattr(config, step).filled(
                loaded[name].defaults("translate" if step == "translate" else "summarize")
            )
            for step, name in steps.items()
        }
    )


def _check_room(context: Context) -> None:
    """Too long a prompt or answer would leave no room for the text itself."""
    config = context.config
    asked: list[tuple[str, TextModel, Task, Prompt | None]] = [
        ("summarize", context.summarizer, "summarize", context.summarize_prompt),
        ("translate", context.translator, "translate", context.translate_prompt),
        ("translate", context.translator, "headline", context.headline_prompt),
    ]
    if context.english_summarizer:
        asked.append(("summarize_english", context.english_summarizer, "summarize", context.english_prompt))
    for section, model, task, prompt in asked:
        try:
            decoding = getattr(config, section).decoding()
            room = model.room(Request(task, "", prompt=prompt, decoding=decoding))
        except (ModelError, ValueError) as error:
            raise ConfigError(f"{section}: {error}") from error
        if room < MIN_ROOM:
            raise ConfigError(
                f"{section}: the prompt and max_new_tokens {decoding.max_new_tokens} leave {room} of "
                f"{model.max_input_tokens} tokens for the text; lower max_new_tokens, or raise the model's limit"
            )


def project_version() -> str:
    try:
        return version("thai-brief")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0+unknown"


def _provenance(context: Context, config_sha256: str) -> dict[str, Any]:
    config, prompts = context.config, (context.translate_prompt, context.headline_prompt)
    used = {
        "summarize": _used(context.summarizer, config.summarize.decoding(), context.summarize_prompt),
        "translate": _used(context.translator, config.translate.decoding(), *prompts),
    }
    if config.summarize_english and context.english_summarizer:
        decoding = config.summarize_english.decoding()
        used["summarize_english"] = _used(context.english_summarizer, decoding, context.english_prompt)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {
        "models": used,
        "pipeline": {
            "version": project_version(),
            "config_sha256": config_sha256,
            "glossary_sha256": context.glossary.sha256(),
            "created": now,
        },
    }


def _used(model: TextModel, decoding: Decoding, *prompts: Prompt | None) -> dict[str, Any]:
    named = {prompt.name: prompt_sha256(prompt) for prompt in prompts if prompt}
    return {**asdict(model.info), "decoding": asdict(decoding), "prompts": named}

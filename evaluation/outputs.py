"""What a model writes for a test set, kept by content: a second call only scores, a killed one goes on.

Outputs lie in `THAI_BRIEF_CACHE/outputs/<key>.jsonl`, one line for each text. The key changes with the
config, the model's revision, the prompts, the decoding and the task; a line is found by its text's hash.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models import cache
from pipeline.article import Article, Origin, Record
from pipeline.flow import process, project_version
from pipeline.steps import Context, Step, clean, read, segment, summarize, translate
from pipeline.steps.write import output_errors

Task = Literal["translate", "headline", "summarize"]
BATCH = 64
"""Segments that are translated between two writes to the cache."""

STEPS: dict[str, tuple[tuple[str, Step], ...]] = {
    "translate": (("translate", translate.run),),
    "headline": (("translate", translate.run),),
    "summarize": (
        ("read", read.run), ("clean", clean.run), ("segment", segment.run), ("summarize", summarize.run),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """A text to translate, or an article to summarise (`title` and `text`)."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """Sentences of a summary, or the one translation; `failure` says why there is none.

    What failed is not kept: the next call tries it again.
    """

    sentences: tuple[str, ...]
    failure: str | None = None


def generate(
    inputs: Sequence[Input], task: Task, context: Context, advance: Callable[[int], None]
) -> tuple[list[Output], int]:
    """Outputs in the order of `inputs`, and how many of them were already there.

    `advance` is told how many more are done. The texts go through the pipeline's own steps.
    """
    file = _file(task, context)
    known = _read(file)
    order = [_sha(i) for i in inputs]
    wanted = dict(zip(order, inputs, strict=True))
    times = Counter(order)
    new = [sha for sha in wanted if sha not in known]
    advance(sum(sha in known for sha in order))
    size = context.config.run.articles_per_batch if task == "summarize" else BATCH
    for first in range(0, len(new), size):
        batch = new[first : first + size]
        made = _run([wanted[sha] for sha in batch], task, context)
        _append(file, {sha: output for sha, output in zip(batch, made, strict=True) if output.failure is None})
        known.update(zip(batch, made, strict=True))
        advance(sum(times[sha] for sha in batch))
    return [known[sha] for sha in order], len(wanted) - len(new)


def _run(inputs: Sequence[Input], task: Task, context: Context) -> list[Output]:
    articles = [_article(n, i, task) for n, i in enumerate(inputs)]
    done = process(articles, context, steps=STEPS[task])
    return [Output(_sentences(a, task), a.failure.message if a.failure else None) for a in done]


def _article(number: int, given: Input, task: Task) -> Article:
    name = str(number)
    if task == "summarize":
        return Article(name, Origin("text", record=Record(given.title, given.text)))
    if task == "headline":
        return Article(name, Origin("text"), title=given.text)
    return Article(name, Origin("text"), summary_th=(given.text,))


def _sentences(article: Article, task: Task) -> tuple[str, ...]:
    if article.failure is not None:
        return ()
    if task == "summarize":
        return article.summary_th
    return (article.title_en,) if task == "headline" else article.summary_en


def _file(task: Task, context: Context) -> Path:
    parts: dict[str, Any] = {
        "task": task, "config": context.config.sha256(), "models": context.provenance["models"],
        "version": project_version(),
    }  # fmt: skip
    return cache.root() / "outputs" / f"{task}-{cache.content_key(parts)}.jsonl"


def _sha(given: Input) -> str:
    return hashlib.sha256(f"{given.title}\0{given.text}".encode("utf-8", "surrogatepass")).hexdigest()


def _read(file: Path) -> dict[str, Output]:
    """Whole lines only: a killed run may leave half a line at the end."""
    found: dict[str, Output] = {}
    if file.is_file():
        for line in file.read_text(encoding="utf-8").split("\n"):
            try:
                record = json.loads(line)
                found[record["sha256"]] = Output(tuple(record["sentences"]))
            except (ValueError, KeyError, TypeError):
                continue
    return found


def _append(file: Path, outputs: dict[str, Output]) -> None:
    with output_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as handle:
            # A line break first: what a killed run left half-written then spoils no other line.
            handle.write("\n")
            for sha, output in outputs.items():
                record = {"sha256": sha, "sentences": output.sentences}
                handle.write(json.dumps(record, ensure_ascii=False) + "\n")

"""What the adapter sees: examples from each source, normalised, filtered and counted.

An example is left out, and counted under its reason, when it is a duplicate, when its sides are not
Thai and the language of its task, when their lengths do not fit each other, when a machine-aligned
pair disagrees in its numbers, or when it shares text with a development set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from models.base import Task
from pipeline import thai
from pipeline.errors import ConfigError
from pipeline.facts.compare import compare
from training.config import Source
from training.sources import DEV, READERS, Example

SHINGLE = 40
"""Characters of the runs that are looked for in the development sets, spaces left out."""
LEAK_SHARE = 0.3
"""An example is a leak when more than this share of its runs stands in a development set."""
LENGTH_RATIO = (0.4, 4.0)
"""English characters for one Thai character; references of gold_train lie between 0.58 and 3."""


def read_dev(folder: Path, name: str, limit: int) -> list[Example]:
    """The first examples of a development set, in normal form.

    Raises:
        ConfigError: there is no such set.
    """
    if name not in DEV:
        raise ConfigError(f"dev set {name!r}: there are {', '.join(DEV)}")
    return [_normal(e) for e, _ in zip(DEV[name](folder), range(limit), strict=False)]


def build(folder: Path, sources: Iterable[Source]) -> tuple[list[Example], dict[str, Counter[str]]]:
    """The mixture, and for each source how many were kept and why the others were not.

    Raises:
        ConfigError: there is no such source. DataError: a file is missing or damaged.
    """
    dev = _shingles(text for name in DEV for e in DEV[name](folder) for text in (_normal(e).source, e.target))
    seen: set[tuple[Task, str]] = set()
    examples: list[Example] = []
    counts: dict[str, Counter[str]] = {}
    for source in sources:
        if source.name not in READERS:
            raise ConfigError(f"source {source.name!r}: there are {', '.join(READERS)}")
        count = counts[source.name] = Counter()
        for example in map(_normal, READERS[source.name](folder)):
            if source.limit and count["kept"] >= source.limit:
                break
            reason = _unfit(example, dev) or ("duplicate" if (example.task, example.source) in seen else "kept")
            count[reason] += 1
            if reason == "kept":
                seen.add((example.task, example.source))
                examples += [example] * source.repeat
    return examples, counts


def _normal(example: Example) -> Example:
    # Thai in the pipeline's normal form; English keeps its words, on one line where the task wants one.
    target = thai.normalize(example.target)
    if example.task != "summarize":
        target = " ".join(target.split())
    return Example(example.task, thai.normalize(example.source), target, example.origin, example.aligned)


def _unfit(example: Example, dev: frozenset[int]) -> str | None:
    source, target = example.source, example.target
    if not source or not target:
        return "empty"
    if thai.thai_share(source) < 0.3:
        return "source not Thai"
    if example.task == "summarize":
        if thai.thai_share(target) < 0.5:
            return "target not Thai"
    else:
        if thai.thai_share(target) > 0.05:
            return "target not English"
        if len(source) > 30 and not LENGTH_RATIO[0] <= len(target) / len(source) <= LENGTH_RATIO[1]:
            return "lengths"
        if example.aligned and len(compare(source, target)):
            return "numbers"
    if any(_share(text, dev) > LEAK_SHARE for text in (source, target)):
        return "leak"
    return None


def _runs(text: str) -> list[int]:
    bare = "".join(text.split()).lower()
    return [hash(bare[n : n + SHINGLE]) for n in range(len(bare) - SHINGLE + 1)]


def _shingles(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(run for text in texts for run in _runs(text))


def _share(text: str, known: frozenset[int]) -> float:
    runs = _runs(text)
    return sum(r in known for r in runs) / len(runs) if runs else 0.0

"""What the adapter sees: examples from each source, normalised, filtered and counted.

An example is left out, and counted under its reason, when it is a duplicate, when its sides are not
Thai and the language of its task, when their lengths do not fit each other, when a machine-aligned
pair disagrees in its numbers, or when it shares text with a development set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation import data
from models.base import Task
from pipeline import thai
from pipeline.errors import ConfigError
from pipeline.facts import numbers
from training.config import Source

SHINGLE = 40
"""Characters of the runs that are looked for in the development sets, spaces left out."""
LEAK_SHARE = 0.3
"""An example is a leak when more than this share of its runs stands in a development set."""
LENGTH_RATIO = (0.4, 4.0)
"""English characters for one Thai character; references of gold_train lie between 0.58 and 3."""


@dataclass(frozen=True, slots=True)
class Example:
    """A source text, what the model is to write for it, and the source that it is from."""

    task: Task
    source: str
    target: str
    origin: str
    aligned: bool = False
    """Whether a machine put the two sides together, so that they may not say the same."""


Reader = Callable[[Path], Iterator[Example]]


def _records(folder: Path, name: str) -> list[dict[str, Any]]:
    return data.load(str(folder / name)).records


def _gold_titles(folder: Path, file: str = "gold_train.jsonl") -> Iterator[Example]:
    for record in _records(folder, file):
        yield Example("headline", record["title_th"], record["title_en"], "gold_titles")


def _gold_leads(folder: Path, file: str = "gold_train.jsonl") -> Iterator[Example]:
    for record in _records(folder, file):
        yield Example("translate", record["lead_th"], record["lead_en"], "gold_leads")


def _gold_sentences(folder: Path, file: str = "gold_train.jsonl") -> Iterator[Example]:
    for record in _records(folder, file):
        for th, en in zip(record["summary_th"], record["summary_en"], strict=True):
            yield Example("translate", th, en, "gold_sentences")


def _gold_articles(folder: Path, file: str = "gold_train.jsonl") -> Iterator[Example]:
    """The body as the summarizer reads it: sentences of all paragraphs, on one line."""
    for record in _records(folder, file):
        yield Example("summarize", record["body_th"], "\n".join(record["summary_th"]), "gold_articles")


def _gold_translation(folder: Path) -> Iterator[Example]:
    for record in _records(folder, "gold_translation.jsonl"):
        task: Task = "headline" if record["kind"] == "title" else "translate"
        yield Example(task, record["th"], record["en"], "gold_translation")


def _docpair_titles(folder: Path, file: str = "docpairs_train.jsonl") -> Iterator[Example]:
    for record in sorted(_records(folder, file), key=lambda r: -float(r["score"])):
        yield Example("headline", record["title_th"], record["title_en"], "docpair_titles", aligned=True)


def _tsv(name: str, task: Task = "translate", *, aligned: bool = False) -> Reader:
    def read(folder: Path) -> Iterator[Example]:
        for row in _records(folder / "parallel", f"{name}.tsv"):
            yield Example(task, row["th"], row["en"], name, aligned)

    return read


READERS: dict[str, Reader] = {
    "gold_titles": _gold_titles,
    "gold_leads": _gold_leads,
    "gold_sentences": _gold_sentences,
    "gold_articles": _gold_articles,
    "gold_translation": _gold_translation,
    "docpair_titles": _docpair_titles,
    "thaigov_headlines": _tsv("thaigov_headlines", "headline", aligned=True),
    "thaigov_en_paras": _tsv("thaigov_en_paras", aligned=True),
    "thaigov_bilingual_paras": _tsv("thaigov_bilingual_paras", aligned=True),
    "thaigov_terms": _tsv("thaigov_terms"),
    "thai_places": _tsv("thai_places"),
    "cldr_names": _tsv("cldr_names"),
    "ud_pud": _tsv("ud_pud"),
    "xquad": _tsv("xquad"),
    "talpco": _tsv("talpco"),
    "tatoeba_manythings": _tsv("tatoeba_manythings"),
    "ms_curricula": _tsv("ms_curricula"),
    "msdocs_projops": _tsv("msdocs_projops"),
}
DEV: dict[str, Reader] = {
    "gold_titles": lambda folder: _gold_titles(folder, "gold_dev.jsonl"),
    "gold_leads": lambda folder: _gold_leads(folder, "gold_dev.jsonl"),
    "gold_sentences": lambda folder: _gold_sentences(folder, "gold_dev.jsonl"),
    "gold_articles": lambda folder: _gold_articles(folder, "gold_dev.jsonl"),
    "docpair_titles": lambda folder: _docpair_titles(folder, "docpairs_dev.jsonl"),
    "ntrex": lambda folder: (
        Example("translate", r["th"], r["en"], "ntrex") for r in _records(folder, "ntrex_dev.tsv")
    ),
    "flores": _tsv("flores_dev"),
}


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
        if example.aligned and _numbers_differ(source, target):
            return "numbers"
    if any(_share(text, dev) > LEAK_SHARE for text in (source, target)):
        return "leak"
    return None


def _numbers_differ(source: str, target: str) -> bool:
    found = numbers.compare(source, target)
    return bool(found.missing or found.added or found.buddhist)


def _runs(text: str) -> list[int]:
    bare = "".join(text.split()).lower()
    return [hash(bare[n : n + SHINGLE]) for n in range(len(bare) - SHINGLE + 1)]


def _shingles(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(run for text in texts for run in _runs(text))


def _share(text: str, known: frozenset[int]) -> float:
    runs = _runs(text)
    return sum(r in known for r in runs) / len(runs) if runs else 0.0

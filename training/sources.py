"""Where examples come from: one reader for each source of the data folder, and the texts written for this project.

`training/gold/` holds what we wrote ourselves. `articles-*.jsonl` have headlines and summaries of articles that stay in
the data folder (`thai_news.jsonl.xz`) and are found there by their id; `general.tsv` has sentences of our own in both
languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation import data
from models.base import Task

GOLD = Path(__file__).parent / "gold"
READ = 1_600
"""Characters of an article that the writers of gold/articles-*.jsonl read, up to a space."""
LEAD = (80, 400)
"""Characters of a first line that is taken for a lead, which sums up the rest."""


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


def _tsv(name: str, task: Task = "translate", *, aligned: bool = False, folder: str = "parallel") -> Reader:
    def read(data_folder: Path) -> Iterator[Example]:
        for row in _records(data_folder / folder, f"{name}.tsv"):
            yield Example(task, row["th"], row["en"], name, aligned)

    return read


def _own_headlines(folder: Path) -> Iterator[Example]:
    for record, article in _own_records(folder):
        yield Example("headline", article["title"], record["title_en"], "own_headlines")


def _own_sentences(_: Path) -> Iterator[Example]:
    for record in _gold():
        for th, en in zip(record["summary_th"], record["summary_en"], strict=True):
            yield Example("translate", th, en, "own_sentences")


def _own_articles(folder: Path) -> Iterator[Example]:
    for record, article in _own_records(folder):
        yield Example("summarize", _read_part(article["body"]), "\n".join(record["summary_th"]), "own_articles")


def _own_general(_: Path) -> Iterator[Example]:
    for row in _records(GOLD, "general.tsv"):
        yield Example("translate", row["th"], row["en"], "own_general")


def _gold() -> list[dict[str, Any]]:
    return [record for file in sorted(GOLD.glob("articles-*.jsonl")) for record in _records(GOLD, file.name)]


def _own_records(folder: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """With its article, which is empty, and so left out and counted, when the folder does not have it."""
    articles = {record["id"]: record for record in _records(folder, "thai_news.jsonl.xz")}
    for record in _gold():
        yield record, articles.get(record["id"], {"title": "", "body": ""})


def _read_part(body: str) -> str:
    text = body.strip()
    if len(text) <= READ:
        return text
    return text[: max(text.rfind(" ", 0, READ), text.rfind("\n", 0, READ))]


def _news_leads(folder: Path) -> Iterator[Example]:
    """Pretraining for summaries: an article without its first line, which is the summary of the rest."""
    for record in _records(folder, "thai_news.jsonl.xz"):
        lead, _, rest = record["body"].strip().partition("\n")
        if LEAD[0] <= len(lead) <= LEAD[1] and len(rest) > 2 * len(lead):
            yield Example("summarize", _read_part(rest), lead, "news_leads")


READERS: dict[str, Reader] = {
    "own_headlines": _own_headlines,
    "own_sentences": _own_sentences,
    "own_articles": _own_articles,
    "own_general": _own_general,
    "news_leads": _news_leads,
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
    "thaigov_acronyms": _tsv("thaigov_acronyms"),
    "thai_places": _tsv("thai_places"),
    "cldr_names": _tsv("cldr_names"),
    "translit_dict": _tsv("translit_dict"),
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
    "ntrex": _tsv("ntrex_dev", folder="."),
    "flores": _tsv("flores_dev"),
}

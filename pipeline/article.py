"""The one record that goes through the steps, and the parts that it collects on its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from pipeline.errors import Reason


class Kind(StrEnum):
    """What a finding is about. Values are part of the JSON contract: add, never rename."""

    # what happened on the way in
    DECODED = "decoded"  # the file was not UTF-8; it was decoded from another encoding
    MIXED_LANGUAGE = "mixed_language"  # much of the article is not Thai
    DUPLICATE_ID = "duplicate_id"  # the id was taken; this article got another
    HARD_SPLIT = "hard_split"  # a run of text without any space was cut to fit the model
    MAP_REDUCED = "map_reduced"  # the summary was made from summaries of parts
    # what came out of the models
    DRAFT_MODEL = "draft_model"  # the translator's English is a draft, whatever the checks say
    EMPTY_OUTPUT = "empty_output"
    LOOPING_OUTPUT = "looping_output"
    WRONG_LANGUAGE = "wrong_language"
    UNKNOWN_WORDS = "unknown_words"  # the model's vocabulary has nothing for some places
    UNFINISHED_OUTPUT = "unfinished_output"  # the model hit its length limit
    RETRIED = "retried"  # the first output was broken; it was asked for again with safer decoding
    SHORT_OUTPUT = "short_output"  # a translation much shorter than its source
    SUMMARY_LENGTH = "summary_length"  # not the number of sentences that the config asks for
    UNSUPPORTED_TEXT = "unsupported_text"  # most words of a summary sentence are not in the article
    NUMBER_MISSING = "number_missing"  # a number of the source is not in the output
    NUMBER_ADDED = "number_added"  # a number of the output is not in the source
    NUMBER_CHANGED = "number_changed"  # a number, its unit or its currency is another one in the output
    NAME_CHANGED = "name_changed"  # an official name of the Thai has another body's name in the English
    NAME_MISSING = "name_missing"  # ... is not in the English in any of its known forms
    NAME_ADDED = "name_added"  # an official name of the output that the source does not have
    PERSON_NAME = "person_name"  # how a person without a known official spelling is written
    NAME_VARIES = "name_varies"  # one person's name is written in several ways
    DATE_MISSING = "date_missing"  # a day or month of the Thai that the English lacks
    DATE_ADDED = "date_added"  # ... or the reverse
    DATE_CHANGED = "date_changed"  # a date, year or weekday is another one in the output
    BUDDHIST_YEAR = "buddhist_year"  # a Buddhist-era year was left in the English
    NEGATION_MISSING = "negation_missing"  # the source denies something, the output does not
    NEGATION_ADDED = "negation_added"  # ... or the reverse
    EXTRACTIVE_FALLBACK = "extractive_fallback"  # the model's sentence was replaced by words of the article


class Severity(StrEnum):
    """`error` sets the brief's status to `review`."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Field(StrEnum):
    """Which part of the brief a finding is about; `index` counts its sentences from 0."""

    SOURCE = "source"
    TITLE_TH = "title_th"
    TITLE_EN = "title_en"
    SUMMARY_TH = "summary_th"
    SUMMARY_EN = "summary_en"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text, from `start` to `end` in characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about one place of a brief, in plain words.

    `source` are the words of the Thai that it is about, `target` those of the output, where there are such.
    """

    kind: Kind
    severity: Severity
    field: Field
    index: int | None
    message: str
    source: Span | None = None
    target: Span | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A change that was made to a model's text because no other reading is possible: words before, words after."""

    kind: str
    field: Field
    index: int | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one line of a JSONL input."""

    title: str
    body: str
    date: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article's bytes are: a file, standard input (`data` is set) or a JSONL record.

    `problem` says why a JSONL line cannot be an article; such an article fails in `read`.
    """

    path: str
    file: Path | None = None
    data: bytes | None = None
    record: Record | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a brief says about where it comes from. `published` is an ISO date."""

    path: str
    sha256: str
    url: str | None = None
    published: str | None = None
    published_th: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of the body that one model input can hold, and the paragraph that it is from."""

    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Translation:
    """A source segment and its translation."""

    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates that a model gave for one piece of text, and which of them was taken (from 0).

    `worths` are the reranker's, `scores` the model's own, null where its backend gives none. `asked` is what the
    translator was given: the source, with official names in English where the config guides.
    """

    field: Field
    index: int | None
    source: str
    candidates: tuple[str, ...]
    scores: tuple[float | None, ...]
    worths: tuple[float, ...]
    chosen: int
    asked: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an article has no brief."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article on its way from input to brief; every step returns a fuller copy."""

    article_id: str
    origin: Origin
    source: Source | None = None
    title: str = ""
    lead: str = ""
    paragraphs: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    title_en: str = ""
    summary_th: tuple[str, ...] = ()
    summary_en: tuple[str, ...] = ()
    body: tuple[Translation, ...] = ()
    choices: tuple[Choice, ...] = ()
    repairs: tuple[Repair, ...] = ()
    findings: tuple[Finding, ...] = ()
    tokens_generated: int = 0
    failure: Failure | None = None

    @property
    def body_paragraphs(self) -> tuple[str, ...]:
        """The lead, if there is one, and the paragraphs."""
        return (self.lead, *self.paragraphs) if self.lead else self.paragraphs

    @property
    def text(self) -> str:
        """Title, lead and body."""
        return "\n".join((self.title, *self.body_paragraphs))

    @property
    def known_text(self) -> str:
        """All that a fact in the brief may come from, the publication date among it."""
        published = self.source.published_th if self.source else None
        return f"{self.text}\n{published or ''}"

    def translations(self, *, aligned: bool) -> list[tuple[str, str]]:
        """All pairs of Thai and English; the summaries are such only where they are aligned."""
        summary = zip(self.summary_th, self.summary_en, strict=True) if aligned else ()
        return [(self.title, self.title_en), *summary, *((pair.th, pair.en) for pair in self.body)]

    @property
    def needs_review(self) -> bool:
        return any(f.severity is Severity.ERROR for f in self.findings)

    def with_findings(self, *findings: Finding) -> Article:
        return replace(self, findings=(*self.findings, *findings))

"""Bytes to an article: decode, recognise the thaigov layout, take out date, source and repetitions."""

from __future__ import annotations

import codecs
import datetime
import hashlib
import re
from dataclasses import dataclass, replace

from pipeline import thai
from pipeline.article import Article, Field, Finding, Kind, Origin, Record, Severity, Source
from pipeline.config import ReadConfig
from pipeline.errors import ArticleError, Reason
from pipeline.steps import Context, one_by_one

SITE_PREFIX = re.compile(r"^รัฐบาลไทย\s*-\s*ข่าว[^-\n]{0,30}-\s*")
_BARE_PREFIX = "รัฐบาลไทย-"
_WEEKDAY_DATE = re.compile(
    r"^วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์)ที่\s*[\d๐-๙]{1,2}\s*[^\s\d]+\s*(?:พ\.\s?ศ\.)?\s*[\d๐-๙]{4}$"
)
_SLASH_DATE = re.compile(r"^\d{1,2}/\d{1,2}/\d{4}$")
_SOURCE_LINE = re.compile(r"^ที่มา\s*:\s*(?P<url>https?://\S+)$")
_PRINT = "พิมพ์"
MOSTLY_OTHER = 0.5
"""Below this share of Thai letters an article is noted as mixed."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of an article's text; `published_th` keeps the words of the date."""

    title: str
    paragraphs: tuple[str, ...]
    lead: str = ""
    url: str | None = None
    published: str | None = None
    published_th: str | None = None


def _read(article: Article, context: Context) -> Article:
    config = context.config.read
    origin = article.origin
    if origin.problem:
        raise ArticleError(Reason.BAD_RECORD, f"{origin.path}: {origin.problem}")
    if origin.record is not None:
        text = f"{origin.record.title}\n{origin.record.body}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        layout = _record_layout(origin.record)
    else:
        data = _load(origin, config)
        digest = hashlib.sha256(data).hexdigest()
        text, note = decode(data, origin.path)
        if note:
            article = article.with_findings(note)
        layout = parse_layout(text)
    _check_text(text, origin.path, config)
    share = thai.thai_share(text)
    if share < MOSTLY_OTHER:
        message = f"Only {share:.0%} of the article's letters are Thai; the rest was passed on as it is."
        article = article.with_findings(Finding(Kind.MIXED_LANGUAGE, Severity.WARNING, Field.SOURCE, None, message))
    return replace(
        article,
        source=Source(origin.path, digest, layout.url, layout.published, layout.published_th),
        title=layout.title,
        lead=layout.lead,
        paragraphs=layout.paragraphs,
    )


run = one_by_one(_read)


def decode(data: bytes, path: str) -> tuple[str, Finding | None]:
    """Text from UTF-8, UTF-16 with a byte-order mark, or TIS-620/Windows-874; notes what was not UTF-8.

    Raises:
        ArticleError: binary data, or text in none of these encodings.
    """
    for mark, name in ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16")):
        if data.startswith(mark):
            try:
                return data.decode("utf-16"), _decoded(name)
            except UnicodeDecodeError as error:
                raise ArticleError(
                    Reason.ENCODING, f"{path}: damaged UTF-16 at byte {error.start}; save it as UTF-8"
                ) from error
    if b"\0" in data[:65536]:
        raise ArticleError(Reason.BINARY, f"{path}: a binary file, not text; give a .txt file in UTF-8")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        where = error.start
    # Damaged UTF-8 would decode as Windows-874 too, into nonsense in Thai letters. The two are told
    # apart by how much of the data is valid UTF-8: nearly all of the one, nearly nothing of the other.
    lossy = data.decode("utf-8", errors="replace")
    if lossy.count("\ufffd") > 0.2 * len(lossy):
        try:
            text = data.decode("cp874")
        except UnicodeDecodeError:
            text = ""
        if thai.thai_share(text) > 0.3:
            return text, _decoded("Windows-874 (TIS-620)")
        raise ArticleError(Reason.BINARY, f"{path}: neither UTF-8, UTF-16 nor TIS-620 text; give a .txt file in UTF-8")
    raise ArticleError(
        Reason.ENCODING,
        f"{path}: damaged UTF-8 at byte {where} of {len(data)} (a half-written file?); fetch or save it again",
    )


def parse_layout(text: str) -> Layout:
    """Split a file's text into its parts; text without the thaigov layout gives title and paragraphs."""
    lines = [line for line in text.splitlines() if thai.normalize(line)]
    title = SITE_PREFIX.sub("", thai.normalize(lines[0])) if lines else ""
    if title.startswith(_BARE_PREFIX) and title.removeprefix(_BARE_PREFIX) in map(thai.normalize, lines[1:7]):
        title = title.removeprefix(_BARE_PREFIX)  # the page's title without its category, then the headline again
    has_prefix = bool(lines) and title != thai.normalize(lines[0])
    url = published = published_th = None
    body: list[str] = []
    for number, raw in enumerate(lines[1:], start=1):
        line = thai.normalize(raw)
        in_head = number <= 6
        source = _SOURCE_LINE.match(line)
        if source:
            url = url or source["url"]
        elif in_head and published_th is None and _WEEKDAY_DATE.match(line) and thai.iso_date(line):
            published, published_th = thai.iso_date(line) or (None, None)
        elif in_head and _SLASH_DATE.match(thai.arabic_digits(line)):
            if published is None:
                published, published_th = thai.iso_date(line) or (None, None)
        elif (in_head and line in (title, _PRINT)) or thai.RULE.match(line):
            continue
        else:
            _append(body, line)
    return _with_lead(Layout(title, tuple(body), "", url, published, published_th), has_prefix)


def _repeats(previous: str, line: str) -> bool:
    """Whether two neighbouring lines are the same, or the shorter is the start of the longer."""
    squeezed = sorted((re.sub(r"[\s.…]", "", previous), re.sub(r"[\s.…]", "", line)), key=len)
    return len(squeezed[0]) >= 20 and squeezed[1].startswith(squeezed[0])


def _with_lead(layout: Layout, has_prefix: bool) -> Layout:
    """Take the first paragraph as the lead where more follow it; plain text may have no title line."""
    body = layout.paragraphs
    if not body and len(layout.title) > 200 and not has_prefix:
        # One long line and nothing else: that is a body without a title.
        return replace(layout, title="", paragraphs=(layout.title,))
    if len(body) > 1:
        return replace(layout, lead=body[0], paragraphs=body[1:])
    return layout


def _load(origin: Origin, config: ReadConfig) -> bytes:
    limit = 4 * config.max_chars  # bytes: a character has up to four
    if origin.data is not None:
        if len(origin.data) > limit:
            raise _too_large(origin.path, f"{len(origin.data):,} bytes", config)
        return origin.data
    assert origin.file is not None
    try:
        size = origin.file.stat().st_size
        if size > limit:
            raise _too_large(origin.path, f"{size:,} bytes", config)
        return origin.file.read_bytes()
    except FileNotFoundError as error:
        raise ArticleError(Reason.MISSING, f"{origin.path}: no such file or folder") from error
    except OSError as error:
        raise ArticleError(Reason.UNREADABLE, f"{origin.path}: cannot be read: {error.strerror}") from error


def _check_text(text: str, path: str, config: ReadConfig) -> None:
    if len(text) > config.max_chars:
        raise _too_large(path, f"{len(text):,} characters", config)
    if not thai.normalize(text):
        raise ArticleError(Reason.EMPTY, f"{path}: empty; there is nothing to summarise")
    if thai.thai_share(text) == 0.0:
        kind = "it looks like an English article" if thai.has_letters(text) else "it has no letters at all"
        raise ArticleError(Reason.NOT_THAI, f"{path}: no Thai text, {kind}; this pipeline reads Thai")


def _too_large(path: str, size: str, config: ReadConfig) -> ArticleError:
    return ArticleError(
        Reason.TOO_LARGE,
        f"{path}: {size}, over the limit of {config.max_chars:,} characters; split it, or raise "
        "read.max_chars in the config",
    )


def _record_layout(record: Record) -> Layout:
    body: list[str] = []
    for line in filter(None, map(thai.normalize, record.body.splitlines())):
        _append(body, line)
    published = _iso(record.date) if record.date else None
    title = SITE_PREFIX.sub("", thai.normalize(record.title))
    return _with_lead(Layout(title, tuple(body), "", record.url, published, record.date), has_prefix=True)


def _iso(date: str) -> str | None:
    """An ISO date as it is, a Thai date as an ISO date; None for anything else."""
    try:
        day = datetime.date.fromisoformat(date[:10])
        return day.replace(year=thai.common_era(day.year)).isoformat()
    except ValueError:
        found = thai.iso_date(date)
        return found[0] if found else None


def _append(body: list[str], line: str) -> None:
    """Add a line unless the one before says the same; of a start and its whole, the whole stays."""
    if not body or not _repeats(body[-1], line):
        body.append(line)
    elif len(line) > len(body[-1]):
        body[-1] = line


def _decoded(encoding: str) -> Finding:
    message = f"The file was not UTF-8; it was read as {encoding}."
    return Finding(Kind.DECODED, Severity.INFO, Field.SOURCE, None, message)

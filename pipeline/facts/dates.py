"""Dates and years in Thai and English text, as Common-Era year, month and day.

`3 เมษายน 2568`, `๓ เม.ย. ๖๘`, `3 April 2025` and `April 3, 2025` are one date. Either side may leave out
the year, or the day; a range gives its first and its last day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.numbers import thai_numbers
from pipeline.thai import MONTHS, arabic_digits, common_era

_ENGLISH = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december"]  # fmt: skip
_ENGLISH_MONTHS = {name: n for n, name in enumerate(_ENGLISH, start=1)} | {
    name[:3]: n for n, name in enumerate(_ENGLISH, start=1) if name != "may"
}
_ENGLISH_MONTHS["sept"] = 9

_DASH = r"\s*(?:-|–|—|ถึง|และ|to|and|until)\s*"
_THAI_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_THAI_DATE = re.compile(
    rf"(?:(?<![\d.,/:])(?P<first>\d{{1,2}})(?:{_DASH}(?P<last>\d{{1,2}}))?\s*)?(?P<month>{_THAI_MONTH})"
    r"(?:\s*(?:พ\.\s?ศ\.|ค\.\s?ศ\.)?\s*(?P<year>\d{4}|\d{2})(?![\d.,:]?\d|\s?น\.|\s?%))?"
)
_THAI_SLASHED = re.compile(r"(?<![\d/])(?P<first>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?![\d/])")
_ENGLISH_MONTH = "|".join(sorted(_ENGLISH_MONTHS, key=len, reverse=True))
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(\d{4})(?!\d))?"
_DAY_FIRST = re.compile(rf"(?<![\d.,/:])\b{_DAY}(?:{_DASH}{_DAY})?\s+(?:of\s+)?({_ENGLISH_MONTH})\b\.?{_YEAR}", re.I)
_MONTH_FIRST = re.compile(rf"\b({_ENGLISH_MONTH})\b\.?\s+{_DAY}(?:{_DASH}{_DAY})?(?!\d){_YEAR}", re.I)
_MONTH_YEAR = re.compile(rf"\b({_ENGLISH_MONTH})\b\.?,?\s+(?:of\s+)?(\d{{4}})(?!\d)", re.I)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_BARE_YEAR = re.compile(r"(?<![\d.,/:$€£฿-])(19\d\d|20\d\d|24[5-9]\d|25\d\d|2600)(?![\d]|[.,:]\d|\s?%)")


@dataclass(frozen=True, slots=True)
class Date:
    """A date or a part of one; `year` is of the Common Era. What the text does not say is None."""

    year: int | None
    month: int | None
    day: int | None


def thai_dates(text: str) -> list[Date]:
    """The different dates of a Thai text, in order: full ones, month and year, and marked years."""
    return list(_thai_dates(text))


@lru_cache(1024)
def _thai_dates(text: str) -> tuple[Date, ...]:
    plain = arabic_digits(text)
    found: list[Date] = []
    taken: list[tuple[int, int]] = []
    for match in _THAI_DATE.finditer(plain):
        year = _thai_year(match["year"])
        if match["first"] or year:
            found += _days(year, MONTHS[match["month"]], match["first"], match["last"])
            taken.append(match.span())
    for match in _THAI_SLASHED.finditer(plain):
        if int(match["month"]) <= 12:
            found += _days(common_era(int(match["year"])), int(match["month"]), match["first"], None)
            taken.append(match.span())
    rest = _without(plain, taken)
    years = [n for n in thai_numbers(rest) if n.buddhist_year or (len(n.values) > 1 and n.text.isdigit())]
    found += [Date(int(n.values[0]), None, None) for n in years]
    found += [Date(int(m[1]), None, None) for m in re.finditer(r"ค\.\s?ศ\.\s*(\d{4})(?!\d)", rest)]
    return tuple(_distinct(found))


def english_dates(text: str) -> list[Date]:
    """The different dates of an English text, in order: full ones, month and year, and bare years.

    A Buddhist-era year is taken as it stands, so that it agrees with nothing.
    """
    found: list[Date] = []
    taken: list[tuple[int, int]] = []

    def take(match: re.Match[str], year: str | None, month: int, first: str | None, last: str | None) -> None:
        found.extend(_days(int(year) if year else None, month, first, last))
        taken.append(match.span())

    for match in _ISO.finditer(text):
        if 1 <= int(match[2]) <= 12:
            take(match, match[1], int(match[2]), match[3], None)
    for match in _DAY_FIRST.finditer(_without(text, taken)):
        take(match, match[4], _ENGLISH_MONTHS[match[3].lower()], match[1], match[2])
    for match in _MONTH_FIRST.finditer(_without(text, taken)):
        take(match, match[4], _ENGLISH_MONTHS[match[1].lower()], match[2], match[3])
    for match in _MONTH_YEAR.finditer(_without(text, taken)):
        take(match, match[2], _ENGLISH_MONTHS[match[1].lower()], None, None)
    found += [Date(int(m[1]), None, None) for m in _BARE_YEAR.finditer(_without(text, taken))]
    return _distinct(found)


def unsupported(dates: Iterable[Date], known: Iterable[Date]) -> list[Date]:
    """The dates that no known one agrees with."""
    known = list(known)
    return [d for d in dates if not any(agrees(d, k) for k in known)]


def agrees(date: Date, known: Date) -> bool:
    """Whether `known` says what `date` says: the same month and day, and no other year."""
    if date.month is None:
        return date.year == known.year
    if (date.month, date.day) != (known.month, known.day if date.day else date.day):
        return False
    return date.year is None or known.year is None or date.year == known.year


def _thai_year(text: str | None) -> int | None:
    if text is None:
        return None
    # Two digits behind a month are a Buddhist year of this century: 68 is 2568.
    return common_era(int(text) if len(text) == 4 else 2500 + int(text))


def _days(year: int | None, month: int, first: str | None, last: str | None) -> list[Date]:
    days = [int(day) for day in (first, last) if day and 1 <= int(day) <= 31]
    return [Date(year, month, day) for day in days] or [Date(year, month, None)]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "#" * (end - start) + text[end:]
    return text


def _distinct(dates: Iterable[Date]) -> list[Date]:
    return list(dict.fromkeys(dates))

"""Dates and years in Thai and English text, as Common-Era year, month and day.

`3 เมษายน 2568`, `๓ เม.ย. ๖๘`, `3 April 2025` and `April 3, 2025` are one date. Either side may leave out
the year, or the day; a list or a range of days gives each day that it names.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.numbers import BUDDHIST_OFFSET, ENGLISH_MONTHS, thai_numbers
from pipeline.thai import MONTHS, arabic_digits, common_era

_ENGLISH_MONTHS = {name.capitalize(): n for n, name in enumerate(ENGLISH_MONTHS, start=1)}
_ENGLISH_MONTHS |= {name[:3]: n for name, n in _ENGLISH_MONTHS.items() if name != "May"} | {"Sept": 9}
_ENGLISH_MONTHS |= {name.upper(): n for name, n in _ENGLISH_MONTHS.items()}

_DASH = r"\s*(?:-|–|—|ถึง|และ|to|and|until|through)\s*"
_DAYS = rf"\d{{1,2}}(?:st|nd|rd|th)?(?:(?:\s?,\s?|{_DASH})\d{{1,2}}(?:st|nd|rd|th)?(?!\d))*"
_BEFORE_A_DAY = r"(?<![\d.,/:])"


def _thai_month(name: str) -> str:
    """A month's name, or its abbreviation with either of its points left out."""
    if "." not in name:
        return name
    head, tail = name[:-1].split(".") if name.count(".") == 2 else (name[:-1], "")
    return rf"{head}\.\s?{tail}\.?|{head}{tail}\."


_THAI_MONTHS = {re.sub(r"\.", "", name): number for name, number in MONTHS.items()}
_THAI_MONTH = "|".join(_thai_month(name) for name in sorted(MONTHS, key=len, reverse=True))
_ERA = r"(?:พ\.\s?ศ\.|พุทธศักราช|ค\.\s?ศ\.)?"
# Two digits are a year on the same line, from 40 on: `1 ต.ค. 20 จังหวัด` has none.
_THAI_YEAR = rf"(?:[ \t]*(?P<era>{_ERA})[ \t]*(?P<year>\d{{4}}|[4-9]\d)(?![\d]|[.,:]\d|\s?น\.|\s?%))"
_THAI_DATE = re.compile(
    rf"(?:{_BEFORE_A_DAY}(?P<days>{_DAYS})\s*(?:เดือน)?\s*)?(?P<month>{_THAI_MONTH})"
    rf"(?:{_DASH}(?P<later>{_THAI_MONTH})(?=[ \t]*{_ERA}[ \t]*\d))?{_THAI_YEAR}?"
)
_OFFICE = re.compile(r"(?:สำนักงาน|คณะกรรมการ|เลขาธิการ|กรรมการ)\s?$")
"""Behind these, ก.พ. is the Civil Service Commission."""
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|[4-9]\d)(?![\d/])")
_MARKED_COMMON_ERA = re.compile(r"(?:ปี|ภายใน|ค\.\s?ศ\.)\s*((?:19|20)\d\d)(?!\d)(?:\s*[-–/]\s*((?:19|20)\d\d)(?!\d))?")

_ENGLISH_MONTH = "|".join(sorted(_ENGLISH_MONTHS, key=len, reverse=True))
_YEAR = r"(?:,?\s+(\d{4})(?!\d))?"
_DAY_FIRST = re.compile(rf"{_BEFORE_A_DAY}\b({_DAYS})\s+(?:of\s+)?({_ENGLISH_MONTH})\b\.?{_YEAR}")
_MONTH_FIRST = re.compile(
    # A number behind a month that counts something is no day: "in April 2,500 people", "in March 20 provinces".
    rf"\b({_ENGLISH_MONTH})\b\.?\s?({_DAYS})(?![\d]|[.,:]\d|\s+(?!and\b|to\b|at\b|in\b|with\b|this\b|last\b|next\b|by\b|until\b)[a-z]){_YEAR}"
)
_MONTH_RANGE = re.compile(rf"\b({_ENGLISH_MONTH})\b\.?{_DASH}({_ENGLISH_MONTH})\b\.?,?\s+(\d{{4}})(?!\d)")
_MONTH_YEAR = re.compile(rf"\b({_ENGLISH_MONTH})\b\.?,?\s+(?:of\s+)?(\d{{4}})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NAMED_MONTH = re.compile(
    rf"(?:\b(?P<by>[A-Za-z]+|\d+)\s)?\b(?P<month>{'|'.join(m.capitalize() for m in ENGLISH_MONTHS)})\b"
)
_MONTH_WORDS = (
    "in",
    "of",
    "by",
    "since",
    "until",
    "from",
    "to",
    "on",
    "early",
    "mid",
    "late",
    "and",
    "last",
    "next",
    "this",
)
_BUDDHIST = re.compile(r"\bB\.?\s?E\.?\s?(2[45]\d\d)(?!\d)")
_BARE_YEAR = re.compile(
    r"(?<![\d.,:$€£฿])(19\d\d|20\d\d|24[5-9]\d|25\d\d|2600)(?!\d|[.,:]\d|\s?%)"
    r"(?!\s?(?:baht|dollars?|MW|kW|kWh|hrs?|hours?|people|persons?|units?|tons?|tonnes?|rai|km|m|kg|households?|million|billion)\b)",
    re.I,
)
_TELEPHONE = re.compile(r"(?:tel|phone|hotline|call|dial|number|no)\b[.:]?[\s\d()-]*$", re.I)


@dataclass(frozen=True, slots=True)
class Date:
    """A date or a part of one; `year` is of the Common Era. What the text does not say is None."""

    year: int | None
    month: int | None
    day: int | None

    def __str__(self) -> str:
        """As English writes it: 3 April 2025, April 2025, 2025."""
        month = ENGLISH_MONTHS[self.month - 1].capitalize() if self.month else None
        return " ".join(str(part) for part in (self.day, month, self.year) if part)


def thai_dates(text: str) -> list[Date]:
    """The different dates of a Thai text, in order: full ones, month and year, and marked years."""
    return list(_thai_dates(text))


@lru_cache(1024)
def _thai_dates(text: str) -> tuple[Date, ...]:
    plain = arabic_digits(text)
    found: list[Date] = []
    taken: list[tuple[int, int]] = []
    for match in _SLASHED.finditer(plain):
        found += _valid(_year(match[3]), int(match[2]), [int(match[1])])
        taken.append(match.span())
    plain = _without(plain, taken)
    taken = []
    for match in _THAI_DATE.finditer(plain):
        year = _year(match["year"], marked=(match["era"] or "").startswith("พ"))
        if not (match["days"] or year) or (not match["days"] and _OFFICE.search(plain[: match.start()])):
            continue
        found += _valid(year, _month(match["month"]), _numbers(match["days"]))
        if match["later"]:
            found += _valid(year, _month(match["later"]), [])
        taken.append(match.span())
    rest = _without(plain, taken)
    years = [n for n in thai_numbers(rest) if n.buddhist_year or (len(n.values) > 1 and n.text.isdigit())]
    found += [Date(int(n.values[0]), None, None) for n in years]
    found += [Date(int(y), None, None) for m in _MARKED_COMMON_ERA.finditer(rest) for y in m.groups() if y]
    return tuple(dict.fromkeys(found))


def years_in_passing(text: str) -> list[Date]:
    """Common-Era years that a Thai text has without a mark (`Biennale 2023`): they support, but are not required."""
    return [Date(int(y), None, None) for y in re.findall(r"(?<![\d.,])((?:19|20)\d\d)(?![\d]|[.,]\d)", text)]


def english_dates(text: str) -> list[Date]:
    """The different dates of an English text, in order: full ones, month and year, and bare years.

    A Buddhist-era year is taken as it stands, so that it agrees with nothing, unless it says `B.E.`.
    """
    found: list[Date] = []

    def blank(match: re.Match[str], dates: Iterable[Date]) -> str:
        found.extend(dates)
        return "#" * len(match.group())

    rest = _ISO.sub(lambda m: blank(m, _valid(int(m[1]), int(m[2]), [int(m[3])])), text)
    rest = _SLASHED.sub(lambda m: blank(m, _valid(_year(m[3]), int(m[2]), [int(m[1])])), rest)
    rest = _DAY_FIRST.sub(lambda m: blank(m, _valid(_given(m[3]), _ENGLISH_MONTHS[m[2]], _numbers(m[1]))), rest)
    rest = _MONTH_FIRST.sub(lambda m: blank(m, _valid(_given(m[3]), _ENGLISH_MONTHS[m[1]], _numbers(m[2]))), rest)
    rest = _MONTH_RANGE.sub(lambda m: blank(m, [Date(int(m[3]), _ENGLISH_MONTHS[m[n]], None) for n in (1, 2)]), rest)
    rest = _MONTH_YEAR.sub(lambda m: blank(m, [Date(int(m[2]), _ENGLISH_MONTHS[m[1]], None)]), rest)
    rest = _BUDDHIST.sub(lambda m: blank(m, [Date(common_era(int(m[1])), None, None)]), rest)
    found += _bare_years(rest)
    return list(dict.fromkeys(found))


def bare_months(text: str) -> set[int]:
    """Months that an English text names, day or year or not; "May" and "March" only where they are months."""
    found = _NAMED_MONTH.finditer(text)
    return {_ENGLISH_MONTHS[m["month"]] for m in found if m["month"] not in ("May", "March") or _by_a_month(m["by"])}


def _by_a_month(word: str | None) -> bool:
    return word is not None and (word.isdigit() or word.lower() in _MONTH_WORDS)


def thai_months(text: str) -> set[int]:
    """Months that a Thai text names, with or without a day or year."""
    plain = arabic_digits(text)
    named = {_month(m[0]) for m in re.finditer(_THAI_MONTH, plain)}
    return named | {d.month for d in thai_dates(text) if d.month}


def unsupported(dates: Iterable[Date], known: Iterable[Date], *, years_may_go: bool = False) -> list[Date]:
    """The dates that no known one agrees with.

    A date with a year agrees with one of the same day that has none, if no other year is known for that day
    and its own year is known; with `years_may_go` the year need not be known (an output may leave it out).
    """
    known = list(known)
    return [d for d in dates if not _supported(d, known, years_may_go)]


def _supported(date: Date, known: list[Date], years_may_go: bool) -> bool:
    if date.month is None:
        return any(date.year == k.year for k in known)
    same_day = [k for k in known if k.month == date.month and (date.day is None or k.day == date.day)]
    years = {k.year for k in same_day if k.year is not None}
    if date.year is None or date.year in years:
        return bool(same_day)
    all_years = {k.year for k in known if k.year is not None}
    return bool(same_day) and not years and (years_may_go or not all_years or date.year in all_years)


def _bare_years(text: str) -> Iterator[Date]:
    for match in _BARE_YEAR.finditer(text):
        before = text[: match.start()]
        joined = re.search(r"(\d+|Q\d)\s?[-–/]$", before)
        # 2023-2027, 3/2025 and Q1/2025 hold years, 02-282-2000 does not.
        if joined and not (joined[0].endswith("/") or re.fullmatch(r"(?:19|20|25)\d\d", joined[1])):
            continue
        if not _TELEPHONE.search(before[-24:]):
            yield Date(int(match[1]), None, None)


def _month(name: str) -> int:
    bare = re.sub(r"[.\s]", "", name)
    return _THAI_MONTHS[bare]


def _numbers(days: str | None) -> list[int]:
    return [int(d) for d in re.findall(r"\d+", days or "")]


def _given(year: str | None) -> int | None:
    return int(year) if year else None


def _year(text: str | None, *, marked: bool = False) -> int | None:
    """Two digits behind a month are a Buddhist year of this century: 68 is 2568. `marked` says พ.ศ., however early."""
    if text is None:
        return None
    if marked and len(text) == 4:
        return int(text) - BUDDHIST_OFFSET
    return common_era(int(text) if len(text) == 4 else 2500 + int(text))


def _valid(year: int | None, month: int, days: list[int]) -> list[Date]:
    """One date for each day that the month has; the month alone where no day is given."""
    found = []
    for day in days:
        try:
            datetime.date(year or 2024, month, day)
        except ValueError:
            continue
        found.append(Date(year, month, day))
    return found or ([Date(year, month, None)] if 1 <= month <= 12 and year else [])


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "#" * (end - start) + text[end:]
    return text

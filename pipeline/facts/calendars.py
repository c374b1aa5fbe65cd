"""Names of months and weekdays, and the Buddhist calendar of Thailand."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable

from pipeline.facts.values import Date
from pipeline.thai import MONTHS

BUDDHIST_OFFSET = 543
LAST_APRIL_YEAR = 2483
"""Up to this Buddhist year the year began on 1 April, so that its January to March are a year later than the rest
(the Calendar Year Act B.E. 2483 moved New Year to 1 January 1941)."""


def _thai_month(name: str) -> str:
    """A month's name, or its abbreviation with either of its points left out."""
    if "." not in name:
        return name
    head, tail = name[:-1].split(".") if name.count(".") == 2 else (name[:-1], "")
    return rf"{head}\.\s?{tail}\.?|{head}{tail}\."


def _pointless(name: str) -> str:
    return name.replace(".", "")


THAI_MONTH = "|".join(_thai_month(name) for name in sorted(MONTHS, key=len, reverse=True))
POINTLESS_MONTH = "|".join(_pointless(name) for name in MONTHS if "." in name)
"""Without any point (15 มค 2568); only between a day and a year are they months."""
_SHORT = {
    re.sub("(?:าคม|คม|ายน|ยน|าพันธ์|พันธ์)$", "", n) + "า" * n.endswith(("าคม", "ายน", "าพันธ์")): n
    for n in MONTHS
    if "." not in n
}
SHORT_MONTH = "|".join(rf"{short}(?=\s|$|นี้|[^\u0e01-\u0e4e])" for short in _SHORT)
"""As people say them: 28 กรกฎา."""
_THAI_MONTHS = {_pointless(name): number for name, number in MONTHS.items()} | {s: MONTHS[n] for s, n in _SHORT.items()}

FULL_ENGLISH_MONTHS = tuple(calendar.month_name)[1:]
_ENGLISH = {name: n for n, name in enumerate(calendar.month_name) if n}
_ENGLISH |= {name[:3]: n for name, n in _ENGLISH.items() if name != "May"} | {"Sept": 9}
_ENGLISH |= {name.upper(): n for name, n in _ENGLISH.items()}
ENGLISH_MONTH = "|".join(sorted(_ENGLISH, key=len, reverse=True))

THAI_WEEKDAYS = {"จันทร์": 0, "อังคาร": 1, "พุธ": 2, "พฤหัสบดี": 3, "พฤหัส": 3, "ศุกร์": 4, "เสาร์": 5, "อาทิตย์": 6}
ENGLISH_WEEKDAYS = {name: n for n, name in enumerate(calendar.day_name)}


def thai_month(name: str) -> int:
    return _THAI_MONTHS[re.sub(r"[.\s]", "", name)]


def english_month(name: str) -> int:
    return _ENGLISH[name]


def common_era(buddhist: int, month: int | None = None) -> int:
    """The Gregorian year of a Buddhist one; before 1941 its months from January to March are a year later."""
    early = month is not None and month < 4 and buddhist <= LAST_APRIL_YEAR
    return buddhist - BUDDHIST_OFFSET + early


def buddhist_era(year: int, month: int | None = None) -> int:
    """The Buddhist year of a Gregorian one: the inverse of `common_era`."""
    early = month is not None and month < 4 and year - 1 + BUDDHIST_OFFSET <= LAST_APRIL_YEAR
    return year + BUDDHIST_OFFSET - early


def valid(year: int | None, month: int, days: Iterable[int], buddhist: int | None = None) -> list[Date]:
    """One date for each day that the month has; the month alone where none is given."""
    found = []
    days = list(days)
    for day in days:
        try:
            datetime.date(year or 2024, month, day)
        except ValueError:
            continue
        found.append(Date(year, month, day, buddhist))
    if found or days or not 1 <= month <= 12:
        return found
    return [Date(year, month, None, buddhist)]

"""What a text can say that must not change: quantities, dates, times, numbers of telephones and documents.

Each value has one canonical form, the same for both languages, which `str` gives:

    number 350 · ordinal 3 · percent 3.5 · money 3000000000 THB · measure 20 rai
    date 2025-04-03 · date --04-03 · date 2025-04 · date --04 · date 2025      (ISO 8601, Common Era, Gregorian)
    weekday Wednesday · quarter 2025-Q1 · quarter Q1 · fiscal 2023 · time 13:30 · phone 021234567 · document 0505/123
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: "" for none, "%", an ISO 4217 currency, or a unit of `units.MEASURES`.

    `others` are further values that the words may stand for (`4-5 แสน`: 4 is 400,000, or 4).
    `spelled` ones are written in words, which a right translation may well drop ("two countries").
    """

    value: Decimal
    unit: str = ""
    ordinal: bool = False
    spelled: bool = False
    others: tuple[Decimal, ...] = ()

    @property
    def values(self) -> tuple[Decimal, ...]:
        return (self.value, *self.others)

    def __str__(self) -> str:
        amount = plain(self.value)
        if self.ordinal:
            return f"ordinal {amount}"
        if self.unit == "%":
            return f"percent {amount}"
        if not self.unit:
            return f"number {amount}"
        return f"{'money' if is_currency(self.unit) else 'measure'} {amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class Date:
    """A date or a part of one; `year` is of the Common Era. What the text does not say is None.

    `buddhist` is the Buddhist year that was written, if one was.
    """

    year: int | None
    month: int | None
    day: int | None
    buddhist: int | None = None

    def __str__(self) -> str:
        year = f"{self.year:04d}" if self.year is not None else "-" if self.month else ""
        parts = [year, *(f"{part:02d}" for part in (self.month, self.day) if part)]
        return f"date {'-'.join(parts)}"

    @property
    def english(self) -> str:
        """As English writes it: 3 April 2025, April 2025, 2025."""
        month = calendar.month_name[self.month] if self.month else None
        return " ".join(str(part) for part in (self.day, month, self.year) if part)


@dataclass(frozen=True, slots=True)
class Weekday:
    """0 is Monday."""

    number: int

    def __str__(self) -> str:
        return f"weekday {calendar.day_name[self.number]}"


@dataclass(frozen=True, slots=True)
class Quarter:
    number: int
    year: int | None = None

    def __str__(self) -> str:
        return f"quarter {self.year}-Q{self.number}" if self.year else f"quarter Q{self.number}"


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """By the year in which it ends, as both languages name it."""

    year: int
    buddhist: int | None = None

    def __str__(self) -> str:
        return f"fiscal {self.year}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; `half_known` is false where only a clock of twelve hours is given (9:30 without a.m. or p.m.)."""

    hour: int
    minute: int
    half_known: bool = True

    def __str__(self) -> str:
        return f"time {self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True, slots=True)
class Code:
    """Digits that stay as they are: of a telephone, or of a document with its slashes."""

    kind: str
    digits: str

    def __str__(self) -> str:
        return f"{self.kind} {self.digits}"


Value = Quantity | Date | Weekday | Quarter | FiscalYear | Time | Code


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and where a text has it: `text` stands from `start` to `end`."""

    value: Value
    text: str
    start: int
    end: int

    @property
    def kind(self) -> str:
        return str(self.value).partition(" ")[0]

    def __str__(self) -> str:
        return str(self.value)


def in_english(value: Value) -> str:
    """As an English sentence may say it, for messages: 35,000,000,000 baht, 3 April 2025, quarter 1 of 2025."""
    match value:
        case Quantity(amount, unit, ordinal):
            number = plain(amount, grouped=True)
            words = {"%": "per cent", "THB": "baht", "sqm": "square metres", "sqwah": "square wah", "": ""}
            return f"number {number}" if ordinal else " ".join(filter(None, (number, words.get(unit, unit))))
        case Date():
            return value.english
        case Weekday(number):
            return calendar.day_name[number]
        case Quarter(number, year):
            return f"quarter {number}" + (f" of {year}" if year else "")
        case FiscalYear(year, _):
            return f"fiscal year {year}"
        case Time(hour, minute, _):
            return f"{hour:02d}:{minute:02d}"
        case Code(_, digits):
            return digits


def plain(value: Decimal, *, grouped: bool = False) -> str:
    """Without exponent and trailing zeros: 1200000, 3.5; `grouped` is 1,200,000."""
    text = f"{value:,f}" if grouped else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_currency(unit: str) -> bool:
    return len(unit) == 3 and unit.isalpha() and unit.isupper()

"""A text, read for comparison: its facts, and every bare value by which it may support a fact of another text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.facts import calendars
from pipeline.facts.calendars import THAI_MONTH
from pipeline.facts.english_facts import english_facts
from pipeline.facts.numerals import THAI_ONES, thai_units
from pipeline.facts.thai_facts import thai_facts
from pipeline.facts.values import Code, Date, Fact, FiscalYear, Quantity, Quarter, Time
from pipeline.thai import arabic_digits

_ENGLISH_WORDS = {
    "a": 1, "an": 1, "one": 1, "once": 1, "single": 1, "top": 1, "leading": 1, "largest": 1, "biggest": 1, "first": 1,
    "twice": 2, "both": 2, "half": 2, "bilateral": 2, "double": 2, "doubled": 2, "doubling": 2, "twofold": 2,
    "trilateral": 3, "triple": 3, "tripled": 3, "tripling": 3, "threefold": 3, "tripartite": 3, "quarter": 4,
    "quadruple": 4, "quadrupled": 4, "fourfold": 4, "dozen": 12,
    "century": 100, "thirds": 3, "quarters": 4, "fifths": 5, "decade": 10, "week": 7, "fortnight": 14, "year": 12,
    "centenary": 100, "anniversary": 1,
}  # fmt: skip
_THAI_WORDS = THAI_ONES | {"แรก": 1, "ทั้งคู่": 2, "ครึ่ง": 2, "สิบ": 10, "โหล": 12, "เที่ยงวัน": 12, "ศตวรรษ": 100}
_NOT_A_NUMBER = {"สาม": "(?!ารถ|ัคคี)", "ห้า": "(?![มง](?!า))", "แรก": "(?!เริ่ม)", "หก": "(?!ร[รณ])"}
_ALL_DAY = re.compile(r"\b(?:a?round[ -]the[ -]clock|24/7|day and night|all day)\b", re.I)
_ROUNDS = re.compile(r"(\d+)\s?รอบ")
"""A royal birthday's cycles have twelve years."""
_BARE_UNITS = re.compile(r"(?<![\d.,])((?:ร้อย(?!ละ)|พัน(?!ธ)|หมื่น|แสน|ล้าน)+)")
_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Side:
    """One text, read: its facts, all bare values that it can support, and its dates with the years of other facts."""

    facts: tuple[Fact, ...]
    atoms: frozenset[Decimal]
    dates: tuple[Date, ...]
    months: frozenset[int]
    """All months that the text names, a date or not."""
    counts: frozenset[Decimal]
    """Buddhist years of `bare_year`."""


@lru_cache(256)
def thai_side(text: str) -> Side:
    facts = thai_facts(text)
    plain = arabic_digits(text)
    atoms = _atoms(facts, plain)
    for word, worth in _THAI_WORDS.items():
        if re.search(word + _NOT_A_NUMBER.get(word, ""), plain):
            atoms.add(Decimal(worth))
    months = {calendars.thai_month(name) for name in re.findall(THAI_MONTH, plain)}
    atoms |= {Decimal(month) for month in months}
    atoms |= {Decimal(m[1]) * 12 for m in _ROUNDS.finditer(plain)}
    atoms |= {thai_units(m[1]) for m in _BARE_UNITS.finditer(plain)}
    counts = frozenset(Decimal(year) for year in map(bare_year, facts) if year)
    return Side(facts, frozenset(atoms), _dates(facts), frozenset(months), counts)


@lru_cache(256)
def english_side(text: str) -> Side:
    facts = english_facts(text)
    atoms = _atoms(facts, text) | {
        Decimal(_ENGLISH_WORDS[w]) for w in re.findall(r"[a-z]+", text.lower()) if w in _ENGLISH_WORDS
    }
    if _ALL_DAY.search(text):
        atoms.add(Decimal(24))
    return Side(facts, frozenset(atoms), _dates(facts), frozenset(), frozenset())


def _atoms(facts: Iterable[Fact], text: str) -> set[Decimal]:
    """Every bare value in the facts, of a date its day, month and year; and digits that are no fact (in names)."""
    found = {Decimal(digits.replace(",", "")) for digits in _DIGITS.findall(_without(text, facts))}
    for fact in facts:
        match fact.value:
            case Quantity() as quantity:
                found.update(quantity.values)
            case Date(year, month, day, _):
                found.update(Decimal(part) for part in (year, month, day) if part)
            case Quarter(number, year):
                found.update(Decimal(part) for part in (number, year) if part)
            case FiscalYear(year, _):
                found.add(Decimal(year))
            case Time(hour, minute, _):
                found.update({Decimal(hour), Decimal(minute), Decimal(f"{hour}.{minute:02d}")})
            case Code(_, digits):
                found.update(Decimal(part) for part in re.findall(r"\d+", digits))
    return found


def bare_year(fact: Fact) -> int | None:
    """The Buddhist year that stands without any word that says so: 2500 may also be a number of trees."""
    return fact.value.buddhist if isinstance(fact.value, Date) and fact.text.isdigit() else None


def _without(text: str, facts: Iterable[Fact]) -> str:
    parts, at = [], 0
    for fact in sorted(facts, key=lambda f: f.start):
        parts.append(text[at : max(at, fact.start)])
        at = max(at, fact.end)
    return " ".join([*parts, text[at:]])


def _dates(facts: Iterable[Fact]) -> tuple[Date, ...]:
    """The dates, and of other facts the years."""
    found: dict[Date, None] = {}
    for fact in facts:
        match fact.value:
            case Date(year, month, day, _):
                found[Date(year, month, day)] = None
            case FiscalYear(year, _) | Quarter(_, int(year)):
                found[Date(year, None, None)] = None
            case Quantity(value) if 1800 <= value <= 2100 and value == int(value):
                found[Date(int(value), None, None)] = None
            case _:
                pass
    return tuple(found)

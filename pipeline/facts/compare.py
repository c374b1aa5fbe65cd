"""What an output does with the facts of its source: which it lacks, which it adds, which it changes.

Both readings are lenient where a right translation is free, and strict where it is not:

- a value counts as kept wherever the other text has it (a day of the month supports a bare `3`), unless every place
  that has it gives another currency or unit;
- numbers in words up to twenty ("both countries", `สองฝ่าย`) support figures but are not required;
- a year or a weekday may go where the rest of a date stays;
- measures may be said in another unit (24 months, two years);
- a Buddhist year left in English is told apart from a wrong year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.facts import units
from pipeline.facts.calendars import BUDDHIST_OFFSET
from pipeline.facts.english_facts import english_facts
from pipeline.facts.side import Side, bare_year, english_side, thai_side
from pipeline.facts.thai_facts import thai_facts
from pipeline.facts.values import Code, Date, Fact, FiscalYear, Quantity, Quarter, Time, Value, Weekday

SPELLED_TO = 20
"""Numbers in words up to this one may be dropped or added."""

_FAMILIES = {"number": "number", "ordinal": "number", "percent": "number", "money": "number", "measure": "number",
             "time": "number", "phone": "number", "document": "number",
             "date": "date", "weekday": "date", "quarter": "date", "fiscal": "date"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """Facts of the source that the output lacks; facts that it adds; pairs of what was and what became of it;
    and Buddhist years of the source with the English fact that still shows them."""

    missing: tuple[Fact, ...] = ()
    added: tuple[Fact, ...] = ()
    changed: tuple[tuple[Fact, Fact], ...] = ()
    buddhist: tuple[tuple[Fact, Fact], ...] = ()

    def __len__(self) -> int:
        return len(self.missing) + len(self.added) + len(self.changed) + len(self.buddhist)


def family(fact: Fact) -> str:
    """`number` (quantities, times, telephones, documents) or `date`."""
    return _FAMILIES[fact.kind]


def required(fact: Fact) -> bool:
    """Whether a translation must have it."""
    value = fact.value
    if isinstance(value, Quantity):
        return not value.spelled or value.value > SPELLED_TO
    return not isinstance(value, Weekday)


def _is_count(fact: Fact, target: Side) -> bool:
    """A bare 2500 that looked like a year, and is a number in the English too."""
    year = bare_year(fact)
    return year is not None and any(isinstance(f.value, Quantity) and f.value.value == year for f in target.facts)


def _is_one(fact: Fact) -> bool:
    """A 1 may go ("per month" for `ต่อ 1 เดือน`), but not become another number."""
    return isinstance(fact.value, Quantity) and fact.value.value == 1


@lru_cache(4096)
def compare(thai: str, english: str) -> Difference:
    """What an English translation does with the facts of its Thai source."""
    source, target = thai_side(thai), english_side(english)
    missing, buddhist = [], []
    changed: list[tuple[Fact, Fact]] = []
    for fact in _different(source.facts):
        if isinstance(fact.value, Weekday):
            if (other := _other_weekday(fact, source, target)) is not None:
                changed.append((fact, other))
        elif required(fact) and not _kept(fact.value, target, years_may_go=True) and not _is_count(fact, target):
            if (raw := _buddhist(fact.value, target.facts)) is not None:
                buddhist.append((fact, raw))
            else:
                missing.append(fact)
        elif (other := _other_unit(fact.value, target)) is not None:
            changed.append((fact, other))
    taken = [other for _, other in (*buddhist, *changed)]
    added = [f for f in _different(target.facts) if f not in taken and required(f) and not _kept(f.value, source)]
    pairs, missing, added = _paired(missing, added)
    missing = [fact for fact in missing if not _is_one(fact)]
    return Difference(tuple(missing), tuple(added), (*changed, *pairs), tuple(buddhist))


def unsupported(output: str, source: str) -> list[Fact]:
    """Facts of a Thai text that another Thai text does not hold: of a summary, those that its article lacks."""
    known = thai_side(source)
    return [f for f in _different(thai_facts(output)) if required(f) and not _kept(f.value, known)]


def unsupported_english(output: str, source: str) -> tuple[list[Fact], list[Fact]]:
    """Of an English summary, the facts that the Thai article lacks, and those that are its Buddhist years."""
    known = thai_side(source)
    new = [f for f in _different(english_facts(output)) if required(f) and not _kept(f.value, known)]
    years = {f.value.buddhist for f in known.facts if isinstance(f.value, Date | FiscalYear) and f.value.buddhist}
    raw = [f for f in new if _year_of(f.value) in years]
    return [f for f in new if f not in raw], raw


def _different(facts: Iterable[Fact]) -> list[Fact]:
    """Each value once, where it stands first."""
    return list({str(fact.value): fact for fact in reversed(list(facts))}.values())[::-1]


def _kept(value: Value, side: Side, *, years_may_go: bool = False) -> bool:
    match value:
        case Quantity() as quantity:
            return bool((side.atoms | side.counts).intersection(quantity.values)) or _converted(quantity, side)
        case Date() as date:
            return _date_kept(date, side, years_may_go)
        case Weekday():
            return True
        case Quarter(number, year):
            return Decimal(number) in side.atoms and (year is None or years_may_go or _has_year(year, side))
        case FiscalYear(year, _):
            return _has_year(year, side)
        case Time() as time:
            return any(isinstance(f.value, Time) and _same_time(time, f.value) for f in side.facts) or (
                Decimal(f"{time.hour}.{time.minute:02d}") in side.atoms
            )
        case Code() as code:
            return _code_kept(code, side)


def _converted(quantity: Quantity, side: Side) -> bool:
    """Whether the other text says the same measure in another unit."""
    return quantity.unit in units.MEASURES and any(
        isinstance(f.value, Quantity)
        and units.base(f.value.value, f.value.unit) == units.base(quantity.value, quantity.unit)
        for f in side.facts
    )


def _date_kept(date: Date, side: Side, years_may_go: bool) -> bool:
    """A date with a year agrees with one of the same day that has none, if no other year is known for that day and its
    own year is known; with `years_may_go` the year need not be known."""
    if date.month is None:
        return _has_year(date.year, side)
    if date.year is None and date.day is None and date.month in side.months:
        return True
    same_day = [k for k in side.dates if k.month == date.month and (date.day is None or k.day == date.day)]
    years = {k.year for k in same_day if k.year is not None}
    if date.year is None or date.year in years:
        return bool(same_day)
    all_years = {k.year for k in side.dates if k.year is not None}
    return bool(same_day) and not years and (years_may_go or not all_years or date.year in all_years)


def _has_year(year: int | None, side: Side) -> bool:
    return year is not None and Decimal(year) in side.atoms


def _same_time(one: Time, other: Time) -> bool:
    if one.minute != other.minute:
        return False
    return one.hour == other.hour if one.half_known and other.half_known else one.hour % 12 == other.hour % 12


def _code_kept(code: Code, side: Side) -> bool:
    digits = _national(code.digits)
    codes = [_national(f.value.digits) for f in side.facts if isinstance(f.value, Code)]
    if digits in codes or any(len(digits) > 5 and (digits in c or c in digits) for c in codes if len(c) > 5):
        return True
    parts = [Decimal(part) for part in re.findall(r"\d+", digits)]
    return all(
        p in side.atoms
        or (2400 <= p <= 2600 and p - BUDDHIST_OFFSET in side.atoms)
        or (1900 <= p <= 2100 and p + BUDDHIST_OFFSET in side.atoms)
        for p in parts
    )


def _national(digits: str) -> str:
    """+66 2 123 4567 is 0 2123 4567."""
    return f"0{digits[2:]}" if digits.startswith("66") and len(digits) > 9 else digits


def _other_weekday(fact: Fact, source: Side, target: Side) -> Fact | None:
    """The weekday of an English text that has weekdays, but not this one."""
    theirs = [f for f in target.facts if isinstance(f.value, Weekday)]
    ours = {f.value for f in source.facts if isinstance(f.value, Weekday)}
    if any(f.value == fact.value for f in theirs):
        return None
    return next((f for f in theirs if f.value not in ours), None)


def _other_unit(value: Value, target: Side) -> Fact | None:
    """The English quantity of this value in another currency or unit, where no other place may be meant."""
    if not isinstance(value, Quantity) or not value.unit:
        return None
    same = [f for f in target.facts if isinstance(f.value, Quantity) and set(f.value.values) & set(value.values)]
    others = [f for f in same if isinstance(f.value, Quantity) and units.conflict(value.unit, f.value.unit)]
    if len(same) != 1 or not others or _converted(value, target):
        return None
    return others[0]


def _buddhist(value: Value, facts: Sequence[Fact]) -> Fact | None:
    """The English fact that shows the Buddhist year of this one."""
    if not isinstance(value, Date | FiscalYear) or value.buddhist is None:
        return None
    return next((f for f in facts if _year_of(f.value) == value.buddhist and _same_day(value, f.value)), None)


def _same_day(value: Date | FiscalYear, other: Value) -> bool:
    if isinstance(value, Date) and isinstance(other, Date):
        return (value.month, value.day) == (other.month, other.day)
    return True


def _year_of(value: Value) -> int | None:
    match value:
        case Date(year, _, _, None) | FiscalYear(year, None) | Quarter(_, year):
            return year
        case Quantity(amount, "") if 1800 <= amount <= 3000 and amount == int(amount):
            return int(amount)
        case _:
            return None


def _paired(missing: list[Fact], added: list[Fact]) -> tuple[list[tuple[Fact, Fact]], list[Fact], list[Fact]]:
    """Each missing fact with the added one that stands in its place: of its kind and unit if there is one, else of its
    family."""
    pairs: list[tuple[Fact, Fact]] = []
    lost, new = list(missing), list(added)
    for alike in (_same_unit, _same_kind, _same_family):
        for fact in list(lost):
            if _is_one(fact) and alike is not _same_unit:
                continue
            other = next((f for f in new if alike(fact, f)), None)
            if other is not None:
                pairs.append((fact, other))
                lost.remove(fact)
                new.remove(other)
    return sorted(pairs, key=lambda pair: pair[0].start), lost, new


def _same_unit(one: Fact, other: Fact) -> bool:
    return one.kind == other.kind and getattr(one.value, "unit", "") == getattr(other.value, "unit", "")


def _same_kind(one: Fact, other: Fact) -> bool:
    return one.kind == other.kind


def _same_family(one: Fact, other: Fact) -> bool:
    return family(one) == family(other)

"""Numbers with their multipliers and units, and what neighbouring ones share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.facts.scan import Scan
from pipeline.facts.values import Date, Fact, Quantity

FIGURE = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?(?!\d)|\d{1,15}(?:\.\d{1,6})?(?!\d)"
"""Longer runs of digits (account numbers, a model that loops) are no numbers, but digits that must be there."""
MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Raw:
    """A number as it is written: `figure` times `factor`, in `unit`. `multiplier` are the words of the factor."""

    figure: Decimal
    factor: Decimal
    multiplier: str
    unit: str
    ordinal: bool
    spelled: bool
    start: int
    end: int

    @property
    def value(self) -> Decimal:
        return self.figure * self.factor


def read(
    scan: Scan, pattern: re.Pattern[str], raw: Callable[[re.Match[str]], Raw | None], link: re.Pattern[str]
) -> None:
    """Add the quantities that `pattern` finds; those that `link` joins share multiplier and unit (`4-5 million`)."""
    found: list[Raw] = []
    at = 0
    while match := pattern.search(scan.rest, at):
        number = raw(match)
        at = max(number.end if number else match.end(), match.start() + 1)
        if number is None:
            continue
        if found and (whole := _one(found[-1], number, scan.text)):
            found[-1] = whole
        else:
            found.append(number)
    for n, number in enumerate(found):
        others: tuple[Decimal, ...] = ()
        if n + 1 < len(found) and link.fullmatch(scan.text[number.end : found[n + 1].start]):
            number, others = _shared(number, found[n + 1], _signed(scan, number))
        if n and not number.unit and link.fullmatch(scan.text[found[n - 1].end : number.start]):
            unit = found[n - 1].unit
            number = replace(number, ordinal=number.ordinal or found[n - 1].ordinal)
            number = replace(
                number, unit=unit if unit == "%" or (not number.ordinal and _signed(scan, found[n - 1])) else ""
            )
        found[n] = number
        scan.add(
            Quantity(number.value, number.unit, number.ordinal and not number.unit, number.spelled, others),
            number.start,
            number.end,
        )


def _signed(scan: Scan, number: Raw) -> bool:
    """Whether the unit stands in front: $3-5 million."""
    return not scan.text[number.start].isdigit()


def _one(first: Raw, second: Raw, text: str) -> Raw | None:
    """`3 ล้าน 5 แสน` and `1 หมื่น 2 พันล้าน` are one number each; None for two."""
    whole = first.figure == first.figure.to_integral_value()
    if (
        first.unit or first.ordinal or first.spelled or second.spelled or second.ordinal or not whole
        or not first.multiplier or not second.multiplier or text[first.end : second.start].strip()
    ):  # fmt: skip
        return None
    low = second.multiplier.removesuffix("ล้าน")
    if "ล้าน" not in first.multiplier and low != second.multiplier:
        if not low or second.value / MILLION >= first.factor:
            return None
        value = first.value * MILLION + second.value
    elif second.value < first.factor:
        value = first.value + second.value
    else:
        return None
    return replace(second, figure=value / second.factor, start=first.start)


def _shared(first: Raw, second: Raw, signed: bool) -> tuple[Raw, tuple[Decimal, ...]]:
    """The first of a range with what the second lends it, and the value that it has without."""
    others: tuple[Decimal, ...] = ()
    if (not first.unit or signed) and not first.multiplier and second.multiplier and first.spelled == second.spelled:
        others = (first.value,)
        first = replace(first, factor=second.factor)
    if not first.unit:
        first = replace(first, unit=second.unit)
    return first, others


def with_shared_years(facts: tuple[Fact, ...], text: str, link: re.Pattern[str]) -> tuple[Fact, ...]:
    """`30 เมษายน - 2 พฤษภาคม 2568`: the first date has the year of the second."""
    done = list(facts)
    for n in range(len(facts) - 2, -1, -1):
        one, two = done[n].value, done[n + 1].value
        if (
            isinstance(one, Date) and isinstance(two, Date) and one.year is None and two.year is not None and two.month
            and done[n].end <= done[n + 1].start and link.fullmatch(text[done[n].end : done[n + 1].start])
        ):  # fmt: skip
            before = one.month is not None and one.month > two.month  # 29 December - 2 January 2025
            buddhist = two.buddhist - before if two.buddhist else None
            done[n] = replace(done[n], value=replace(one, year=two.year - before, buddhist=buddhist))
    return tuple(done)

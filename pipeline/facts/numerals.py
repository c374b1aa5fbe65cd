"""Number words of both languages, and what they are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

THAI_UNITS = {"ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
THAI_ONES = {
    "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9,
}  # fmt: skip
_THAI_DIGITS = THAI_ONES | {"เอ็ด": 1, "ยี่": 2}
_THAI_VALUES = _THAI_DIGITS | {"สิบ": 10} | THAI_UNITS
_THAI_WORD = "|".join(sorted(_THAI_VALUES, key=len, reverse=True))
# What must not follow a whole run: สามารถ and สามัคคี are no three, ห้าม no five, พันธุ์ no thousand, สิบเอก (a rank) no ten.
_NOT_BEHIND = (
    r"(?![\u0e30-\u0e32\u0e34-\u0e3a\u0e47-\u0e4e]|อี้|เหลี่ยม|แยก|ล้ม|ธ|แคว|เอก|ตรี|โท(?!ร)|ตำรวจ|พราน|โคก|ย่าน|เสน|ชุก|ยอด|พี่น้อง|ปันนา|ริ้ว"
    r"|เปื้อน|(?<=หก)ร[รณ]|(?<=ห้า)(?:ม(?!า|หา|ื|ี|ิ)|ง(?!า|ว)|ว(?!ั|ิ|า))|(?<=ล้าน)(?:นา|ช้าง)|(?<=แสน)(?:สิริ|แสบ))"
)
THAI_WORDS = re.compile(rf"(?<![\u0e40-\u0e44])(?>(?:{_THAI_WORD})+){_NOT_BEHIND}")
"""A run of Thai number words; `thai_value` tells whether it is a number."""

ENGLISH_UNITS = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "mn": 1_000_000, "billion": 1_000_000_000,
    "bn": 1_000_000_000, "trillion": 1_000_000_000_000,
    "quadrillion": 1_000_000_000_000_000,
}  # fmt: skip
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()  # noqa: SIM905 (a list of words reads better so)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_CARDINALS = {w: n for n, w in enumerate(_ONES)} | {w: 10 * n for n, w in enumerate(_TENS, start=2)}
_ORDINALS = (
    {w: n for n, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)}  # noqa: SIM905
    | {f"{w}th": n for w, n in _CARDINALS.items() if 12 < n < 20}
    | {"eleventh": 11, "twelfth": 12, "hundredth": 100}
    | {f"{w[:-1]}ieth": 10 * n for n, w in enumerate(_TENS, start=2)}
)
_ANY = "|".join(
    sorted(
        [*_CARDINALS, *_ORDINALS, "hundred", "thousand", "million", "billion", "trillion", "dozen", "half", "quarter"],
        key=len,
        reverse=True,
    )
)
ENGLISH_WORDS = re.compile(
    rf"\b(?:(?:an?|half\san?)\s)?(?:{_ANY})(?:(?:\s|-|\sand\s(?:an?\s)?)(?:{_ANY})){{0,24}}\b", re.I
)
"""A run of English number words; `english_values` tells which numbers it holds."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in words: its value, and where in the run it stands."""

    value: Decimal
    ordinal: bool
    start: int
    end: int


def thai_units(text: str) -> Decimal:
    """The product of Thai multipliers: แสนล้าน is 100,000,000,000."""
    value = Decimal(1)
    for unit in re.findall("|".join(THAI_UNITS), text):
        value *= THAI_UNITS[unit]
    return value


def thai_value(words: str) -> Decimal | None:
    """What a run of Thai number words is worth; None for หนึ่ง alone and for what is no number (ร้อยเอ็ด, พัน)."""
    parts = re.findall(_THAI_WORD, words)
    if parts[0] in (*THAI_UNITS, "เอ็ด") or parts[-1] == "ยี่" or parts == ["หนึ่ง"]:
        return None
    total = group = Decimal(0)
    digit: int | None = None
    for n, part in enumerate(parts):
        worth = _THAI_VALUES[part]
        if part in _THAI_DIGITS:
            if digit is not None or (part == "เอ็ด" and not n):
                return None  # สองสาม is "two or three"
            digit = worth
        elif part == "ล้าน":
            total = (total + group + (digit or 0)) * worth
            group, digit = Decimal(0), None
        else:
            group += (1 if digit is None else digit) * worth
            digit = None
    return total + group + (digit or 0)


def english_values(words: str) -> Iterator[Numeral]:
    """The numbers of a run of English number words, in order; `a hundred and five` is one, `two, three` are two.

    `one`, `a`, `half` and `quarter` alone are none.
    """
    tokens = [(m[0].lower(), m.start(), m.end()) for m in re.finditer(r"[A-Za-z]+", words)]
    at = 0
    while at < len(tokens):
        value, ordinal, used, alone = _english_number([t for t, *_ in tokens[at:]])
        if value is not None and not alone:
            yield Numeral(value, ordinal, tokens[at][1], tokens[at + used - 1][2])
        at += max(used, 1)


def _english_number(tokens: list[str]) -> tuple[Decimal | None, bool, int, bool]:
    """(value, whether an ordinal, tokens used, whether a lone one/half) of the longest number at the start."""
    total, group, used, last = Decimal(0), Decimal(0), 0, Decimal("Infinity")
    seen = False
    if tokens[:2] == ["half", "a"] or tokens[:2] == ["half", "an"]:
        group, used, seen = Decimal("0.5"), 2, True
        if len(tokens) < 3 or tokens[2] not in (*ENGLISH_UNITS, "dozen"):
            return None, False, 2, True
    elif tokens[0] in ("a", "an"):
        if len(tokens) > 1 and tokens[1] in (*ENGLISH_UNITS, "dozen"):
            group, used, seen = Decimal(1), 1, True
        else:
            return None, False, 1, True
    while used < len(tokens):
        token = tokens[used]
        step = 1
        if token == "and":
            nxt = tokens[used + 1 : used + 3]
            if nxt[:2] == ["a", "half"] or nxt[:2] == ["a", "quarter"]:
                group += Decimal("0.5") if nxt[1] == "half" else Decimal("0.25")
                used, last = used + 3, Decimal(0)
                continue
            # "two hundred and five" goes on, "two and three" does not.
            if last < 100 or not nxt or nxt[0] not in _CARDINALS | _ORDINALS:
                break
            used += 1
            continue
        if token in _CARDINALS or token in _ORDINALS:
            worth = Decimal((_CARDINALS | _ORDINALS)[token])
            fits = (
                last == Decimal("Infinity") or last >= 100 or (20 <= last < 100 and last % 10 == 0 and 0 < worth < 10)
            )
            if not fits or (token in _ORDINALS and last not in (Decimal("Infinity"),) and last < 20):
                break
            group, last, seen, used = group + worth, worth, True, used + step
            if token in _ORDINALS:
                return total + group, True, used, False
        elif token in ENGLISH_UNITS or token == "dozen":
            if not seen:
                break
            worth = Decimal(12 if token == "dozen" else ENGLISH_UNITS[token])
            if worth <= 100:
                group *= worth
            else:
                total, group = total + group * worth, Decimal(0)
            last, used = Decimal(100) if worth < 100 else worth, used + 1
        else:
            break
    if not seen:
        return None, False, 1, True
    while used and tokens[used - 1] == "and":
        used -= 1
    value = total + group
    return value, False, used, value == 1 and used == 1

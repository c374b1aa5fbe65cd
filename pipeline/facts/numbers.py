"""Numbers in Thai and English text, brought to values that can be compared across the languages.

A Thai number gives every value that a right translation may show: a figure with its multiplier
(`3.5 หมื่นล้าน` = 35,000,000,000), and for a Buddhist-era year the Common-Era year (2565 -> 2022;
`ปี 68` -> 2025 or 68). An English number has one value (`35 billion`, `35,000 million`, `twelve`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.thai import MONTHS, arabic_digits

BUDDHIST_OFFSET = 543

_THAI_UNITS = {
    "ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000,
}  # fmt: skip
_ENGLISH_UNITS = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "mn": 1_000_000,
    "billion": 1_000_000_000, "bn": 1_000_000_000, "trillion": 1_000_000_000_000,
}  # fmt: skip
_UNITS_TO_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty""".split()  # noqa: SIM905 (a list of words reads better so)
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth""".split()  # noqa: SIM905
_ENGLISH_WORDS = (
    {word: n for n, word in enumerate(_UNITS_TO_TWENTY)}
    | {word: n for n, word in enumerate(_ORDINALS, start=1)}
    | _TENS
    | {"once": 1, "twice": 2, "both": 2, "half": 2, "dozen": 12, "quarter": 4, "bilateral": 2, "trilateral": 3}
    | {
        "double": 2,
        "doubled": 2,
        "doubling": 2,
        "twofold": 2,
        "triple": 3,
        "tripled": 3,
        "threefold": 3,
        "tripartite": 3,
    }
    | dict.fromkeys(["a", "an", "single", "top", "leading", "largest", "biggest"], 1)
)
_NOT_A_NUMBER = {"สาม": "(?!ารถ|ัคคี)", "ห้า": "(?![มงว])", "สอง": "(?!แคว)", "แรก": "(?!เริ่ม)"}
"""What a Thai number word must not be followed by: สามารถ is no three, ห้าม no five."""
_THAI_WORDS = {
    "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9, "สิบ": 10,
    "ทั้งคู่": 2, "แรก": 1, "ครึ่ง": 2,
}  # fmt: skip
ENGLISH_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]

_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_THAI_NUMBER = re.compile(rf"(?<!\d)(?<!\d\.)({_FIGURE})(?:\s?((?:ร้อย(?!ละ)|พัน(?!ธ)|หมื่น|แสน|ล้าน)+))?")
# With a colon always a time; with a point only where something says so.
_TIME = re.compile(
    r"(?<![\d.:])([01]?\d|2[0-4])(?::([0-5]\d)(?!\d)|\.([0-5]\d)(?=\s*(?:น\b|นาฬิกา|hrs?\b|hours?\b|[ap]\.?m\b)))", re.I
)
_ENGLISH_NUMBER = re.compile(
    rf"(?<!\d)(?<!\d\.)({_FIGURE})(?:[\s-]?({'|'.join(_ENGLISH_UNITS)})\b)?(?:\s(trillion|billion|million)\b)?", re.I
)
_ERA_MARK = re.compile(r"พ\.\s?ศ\.\s*$")
_BUDDHIST_MARK = re.compile(r"\bB\.?\s?E\.?\s?$")
_YEAR_MARK = re.compile(r"(?:ปี|ปีงบประมาณ|ปีงบฯ|ปีงบ|งบเพิ่มเติม)\s*$")
_NAMED = re.compile(r"(?:มท\.|(?<![\u0e01-\u0e4e])ร\.)\s?\d{1,2}(?![\d.,]*\d)")
"""มท.1 is the Minister of Interior, ร.9 King Rama IX: no numbers."""
_ROUNDS = re.compile(r"(\d+)\s?รอบ")
"""A royal birthday's cycles have twelve years."""
_BARE_UNITS = re.compile(r"(?<![\d.,\s])\s?((?:ร้อย(?!ละ)|พัน(?!ธ)|หมื่น|แสน|ล้าน){2,})")
_ALL_DAY = re.compile(r"\b(?:a?round[ -]the[ -]clock|24/7|day and night|all day)\b", re.I)
_COUNTED = re.compile(
    r"\s?(?:บาท|ดอลลาร์|ยูโร|เยน|หยวน|คน|ราย|แห่ง|ไร่|ตัน|กิโล|กม\.|เมตร|หน่วย|ครัวเรือน|คัน|หลัง|เครื่อง|ทุน|ต้น|ชุด|ครั้ง|ตัว|เล่ม|เที่ยว|ลำ|รูป|หมู่บ้าน|ตำบล|โรงเรียน|โครงการ|ตำแหน่ง|ลูก|ลิตร|ถุง|กล่อง|เมกะวัตต์|MW)"
)
_MONTH_BEFORE = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, MONTHS), key=len, reverse=True))})\s*(?:พ\.\s?ศ\.)?\s*$"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, and the values that it may stand for, the likeliest first."""

    text: str
    values: tuple[Decimal, ...]
    buddhist_year: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Numbers of the source that the output lacks, has too many of, or shows as Buddhist years."""

    missing: tuple[Number, ...]
    added: tuple[Number, ...]
    buddhist: tuple[Number, ...]


def _units(text: str) -> Decimal:
    """The product of Thai multipliers: แสนล้าน is 100,000,000,000."""
    value = Decimal(1)
    for unit in re.findall("|".join(_THAI_UNITS), text):
        value *= _THAI_UNITS[unit]
    return value


def thai_numbers(text: str) -> list[Number]:
    """The numbers written in figures (Thai or Arabic) in a Thai text, in order."""
    return list(_thai_numbers(text))


@lru_cache(1024)  # an article is compared with each sentence of its summary, and with each baseline
def _thai_numbers(text: str) -> tuple[Number, ...]:
    plain = _NAMED.sub(" ", arabic_digits(text)).replace("ลบ.", "ล้าน")  # ลบ. is ล้านบาท
    numbers, plain = _times(plain)
    for match in _THAI_NUMBER.finditer(plain):
        value = _decimal(match[1]) * _units(match[2] or "")
        numbers.append(_with_years(match, value, plain))
    return tuple(numbers)


def english_numbers(text: str) -> list[Number]:
    """The numbers written in figures in an English text, in order."""
    numbers, plain = _times(text)
    for match in _ENGLISH_NUMBER.finditer(plain):
        value = _decimal(match[1])
        for unit in filter(None, (match[2], match[3])):
            value *= _ENGLISH_UNITS[unit.lower()]
        if 2400 <= value <= 2600 and _BUDDHIST_MARK.search(plain[: match.start()]):
            value -= BUDDHIST_OFFSET  # "Act B.E. 2542 (1999)" is how laws are named
        numbers.append(Number(match.group(), (value,)))
    return numbers


def compare(thai: str, english: str) -> Difference:
    """What the numbers of an English translation lack or add against its Thai source.

    Number words count as support on either side (`สองประเทศ` for "2 countries", "three" for `3`) but
    are never required, and month names support a month given in figures.
    """
    sources, targets = thai_numbers(thai), english_numbers(english)
    words = _word_values(english, _ENGLISH_WORDS) | _month_values(english)
    words |= {Decimal(24)} if _ALL_DAY.search(english) else set()
    left = list(targets)
    missing, buddhist = [], []
    for source in sources:
        match = next((t for t in left if t.values[0] in source.values), None)
        if match is not None:
            left.remove(match)
            continue
        raw = next((t for t in left if source.buddhist_year and t.values[0] == _decimal(source.text)), None)
        if raw is not None:
            left.remove(raw)
            buddhist.append(source)
        elif not words.intersection(source.values) and not _stated_again(source, targets):
            missing.append(source)
    supported = _word_values(thai, _THAI_WORDS) | {v for s in sources for v in s.values}
    supported |= {Decimal(MONTHS[m]) for m in MONTHS if m in thai}
    supported |= {Decimal(m[1]) * 12 for m in _ROUNDS.finditer(arabic_digits(thai))}
    supported |= {_units(m[1]) for m in _BARE_UNITS.finditer(thai)}
    supported |= {Decimal(19)} if "โควิด" in thai else set()
    added = [t for t in left if t.values[0] not in supported]
    return Difference(tuple(missing), tuple(added), tuple(buddhist))


def unsupported(summary: str, article: str) -> list[Number]:
    """Numbers of a Thai summary that its article does not hold."""
    known = {v for number in thai_numbers(article) for v in number.values} | _word_values(article, _THAI_WORDS)
    return [n for n in thai_numbers(summary) if not known.intersection(n.values)]


def _with_years(match: re.Match[str], value: Decimal, text: str) -> Number:
    """The number with the Common-Era years that it may be.

    Four digits from 2400 to 2600 are a Buddhist year unless something is counted with them; behind
    `พ.ศ.` or a month any year from 2000 on is, behind `ปี` any from 2400 on.
    """
    before = text[max(0, match.start() - 40) : match.start()]
    written = match.group().strip()
    era = bool(_ERA_MARK.search(before) or _MONTH_BEFORE.search(before))
    if (
        match[2] is None
        and match[1].isdigit()
        and ((era and len(match[1]) == 4) or not _COUNTED.match(text, match.end()))
    ):
        year = era or bool(_YEAR_MARK.search(before))
        if len(match[1]) == 4 and (2400 <= value <= 2600 or (era and value >= 2000) or (year and value >= 2400)):
            return Number(written, (value - BUDDHIST_OFFSET,), buddhist_year=True)
        if len(match[1]) == 2 and year:
            return Number(written, (2500 + value - BUDDHIST_OFFSET, value))
    return Number(written, (value,))


def _times(text: str) -> tuple[list[Number], str]:
    """Clock times as minutes after midnight, and the text without them."""
    found = []
    for match in _TIME.finditer(text):
        minute = match[2] or match[3]
        minutes = Decimal(int(match[1]) * 60 + int(minute))
        # 1.30 p.m. and 13:30 are one time: compare on the twelve-hour clock, apart from plain numbers.
        written = Decimal(f"{match[1]}.{minute}")  # "13.30" with nothing behind it is the same time
        found.append(Number(match.group(), (-(minutes % 720) - 1, written)))
    return found, _TIME.sub(" ", text)


def _stated_again(source: Number, targets: Iterable[Number]) -> bool:
    """Whether the value is in the output, used for an earlier mention of the same number."""
    return any(t.values[0] in source.values for t in targets)


def _word_values(text: str, words: dict[str, int]) -> set[Decimal]:
    if words is _THAI_WORDS:
        return {Decimal(n) for word, n in words.items() if re.search(word + _NOT_A_NUMBER.get(word, ""), text)}
    found = re.findall(r"[a-z]+", text.lower())
    return {Decimal(words[w]) for w in found if w in words}


def _month_values(text: str) -> set[Decimal]:
    lower = text.lower()
    return {Decimal(n) for n, month in enumerate(ENGLISH_MONTHS, start=1) if month in lower}


def _decimal(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))

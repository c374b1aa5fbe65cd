"""Persons' names: found in Thai behind a title, and in English by their sound.

No engine of PyThaiNLP that runs offline spells names as their bearers do (`make bench-names`), so none is used to write
one. RTGS (engine royin) gives the consonants right, and by these a name's English spelling, whatever it is, is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from pipeline.facts.places import skeleton

ALIKE = 0.5
"""Likeness of the consonants of given and family name, each, from which on two spellings are of one name."""
TOGETHER = 1.2
"""... and of both together."""
GIVEN_ALIKE = 0.75
"""Likeness of a given name that stands alone."""
SHORTEST = 2
"""Consonants that a name must have to be told from others."""
_TITLE = (
    r"(?>นายแพทย์(?!ใหญ่|สาธารณสุข)|แพทย์หญิง|ทันตแพทย์|สัตวแพทย์|(?<!ท)(?<!\d)(?<!\d )นาย"
    r"(?!ก(?:รัฐ|ฯ|สมาคม|เทศ|อบ[จต.]|องค์|เหล่า|สภา|เมือง|สโมสร|อง|\s|$)"
    r"|แพทย์|สัตว|อำเภอ|จ้าง|ทุน|ทะเบียน|หน้า|ประกัน|ด่าน|ท้าย|ช่าง|ตรวจ|ทหาร|สิบ|ร้อย|แบบ|ท่า|\s)|นางสาว|นาง(?!สาว|ร[มอำ]|ฟ้า|งาม|แบบ|เธอ|เอก)"
    r"|น\.ส\.|ดร\.|(?<![ก-๎])(?:รศ|ผศ|นพ|พญ|(?<!พ\.)(?<!ค\.)(?<!ร\.)ศ)\.|ม\.ร\.ว\.|ม\.ล\.|คุณหญิง"
    r"|พล\.(?:[รอต]\.)?[อทตจ]\.|พ\.(?:ต\.)?[อทต]\.|ร\.(?:ต\.)?[อทต]\.|น\.[อทต]\.|จ\.(?:ส\.)?[อทต]\."
    r"|พล(?:ตำรวจ|อากาศ|เรือ)?(?:เอก|โท|ตรี)|(?:พัน|ร้อย)(?:ตำรวจ)?(?:เอก|โท|ตรี)|นาวา(?:อากาศ)?(?:เอก|โท|ตรี))"
)
_LETTERS = r"[ก-ฮะ-ฺเ-๎]"
_NO_NAME = r"(?!รมว|รมช|ผู้|กล่าว|เปิด|เผย|ว่า|และ|อายุ|ย้ำ|ประธาน|อธิบดี|ปลัด|รอง|ได้|ที่|จำนวน)"
_NAME = re.compile(
    rf"{_TITLE}(?:\s?{_TITLE}){{0,4}}+(?:หญิง)?\s?{_NO_NAME}(?P<given>{_LETTERS}{{2,20}})\s+{_NO_NAME}(?P<family>{_LETTERS}{{2,28}})"
)
_WORD = re.compile(r"[A-Z][A-Za-z'’-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A name as the Thai has it, without its title, from `start` to `end`."""

    given: str
    family: str
    start: int
    end: int

    @property
    def thai(self) -> str:
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an English text writes a name, from `start` to `end`."""

    text: str
    start: int
    end: int


def in_thai(text: str) -> Iterator[Person]:
    """The names of persons behind a title or a rank, in order."""
    for match in _NAME.finditer(text):
        yield Person(match["given"], match["family"], match.start("given"), match.end("family"))


def spelling(person: Person, english: str) -> Spelling | None:
    """The two words of an English text that sound most like a name; None where none do."""
    sounds = (_sound(person.given), _sound(person.family))
    if min(map(len, sounds)) == 0 or len("".join(sounds)) <= SHORTEST:
        return None
    words = list(_WORD.finditer(english))
    pairs = [(a, b) for a, b in pairwise(words) if english[a.end() : b.start()] in (" ", "  ")]
    best, found = TOGETHER, None
    for first, last in pairs:
        alike = [_likeness(s, skeleton(w[0])) for s, w in zip(sounds, (first, last), strict=True)]
        if min(alike) >= ALIKE and sum(alike) >= best:
            best, found = sum(alike), Spelling(english[first.start() : last.end()], first.start(), last.end())
    return found


def is_named(person: Person, english: str) -> bool:
    """Whether an English text has the name, or the given name alone, as Thais are called."""
    sound = _sound(person.given)
    if spelling(person, english) is not None or len(sound) < SHORTEST:
        return True
    return any(_likeness(sound, skeleton(word[0])) >= GIVEN_ALIKE for word in _WORD.finditer(english))


def distinct(names: Iterable[str]) -> set[str]:
    """Of Thai names (given and family with a space between) those that sound like no other of them."""
    sounds = {name: "".join(map(_sound, name.split(" "))) for name in names}
    return {
        name for name, sound in sounds.items()
        if all(other == name or _likeness(sound, theirs) < GIVEN_ALIKE for other, theirs in sounds.items())
    }  # fmt: skip


def spellings(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """For each person of a document, by Thai name: the English spellings, one for each (Thai, English) that has it."""
    found: dict[str, list[str]] = {}
    for th, en in pairs:
        for person in in_thai(th):
            if written := spelling(person, en):
                found.setdefault(person.thai, []).append(written.text)
    return found


@lru_cache(4096)
def _sound(thai: str) -> str:
    from pythainlp.transliterate import romanize

    return skeleton(romanize(thai, engine="royin"))


def _likeness(one: str, other: str) -> float:
    if not one or not other:
        return 1.0 if one == other else 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()

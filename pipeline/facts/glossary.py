"""Official English names: which ones a Thai text calls for, and which ones an English text has.

Matching is by Aho-Corasick (pyahocorasick), so its time grows with the text, not with the number of names; where names
overlap, the longest wins.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ahocorasick

from pipeline.facts import places
from pipeline.facts.terms import Term

CHECKED = frozenset(
    ["ministry", "department", "office", "agency", "enterprise", "committee", "court", "parliament", "bank", "party",
     "un", "asean", "international", "university", "hospital", "royal", "person", ""]
)  # fmt: skip
"""Kinds that are names of bodies; other terms (treaty, flood) have too many right renderings. A user's file without
kinds is checked whole."""
GUIDING = (CHECKED - {"royal"}) | {"district", "subdistrict"}
"""Kinds that are written into the Thai for the translator."""
RANKED = frozenset(["rank", "post", "country", "language"])
"""Kinds that a translation may leave out, but not change: a Deputy Prime Minister is no Prime Minister."""
PLACES = frozenset(["province", "district", "subdistrict"])
"""Kinds whose English spelling varies: the consonants decide."""
NAMED_PLACES = frozenset(["province", "country"])
"""Places that an English text names only where the Thai does; districts are parts of too many other names."""
LEVELS = frozenset(["deputy", "vice", "assistant", "former"])
"""Words of posts that make another post of them."""
GENERIC = frozenset(
    "of and for in on to a an ministry department office committee commission council authority bureau minister deputy "  # noqa: SIM905
    "permanent secretary director general thailand thai national royal public organization company limited".split()
)
"""Words of names that many bodies share."""
OWN_WORDS = 2
"""So many of the words that are its own must be there for a name to count as shortened."""
LONG_CAPITALS = 6
REMEMBERED = 256
"""Texts whose names are kept: batches of articles, and their sentences."""
NAMED_OUT = 2
"""Words from which on an English name is a body that the Thai must have; shorter ones may be parts of other names."""
ROYAL_THAI = (
    "พระบาทสมเด็จ", "สมเด็จพระ", "สมเด็จเจ้า", "พระเจ้า", "เจ้าฟ้า", "รัชกาล", "ราชินี", "พระราช", "พระบรม", "หม่อมเจ้า",
    "กษัตริย์", "ราชวงศ์", "เจ้าชาย", "เจ้าหญิง", "มกุฎราชกุมาร", "ในหลวง", "พระองค์", "องคมนตรี", "ทูลเกล้า", "เจ้าอยู่หัว", "เฉลิมพระ",
    "สุลต่าน", "จักรพรรดิ", "พระราม",
)  # fmt: skip
"""Words of a Thai text that may stand behind any royal name of the English."""


_PLAIN = str.maketrans("-–—’‘", "   ''")


@dataclass(frozen=True, slots=True)
class Mention:
    """A term in a text, as it is written there, from `start` to `end`."""

    term: Term
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WrongWords:
    """Words of an English text, from `start` to `end`, that stand for another name than the Thai has.

    `known_wrong` ones are a rendering of the glossary's `en_wrong`, others the name of another body.
    """

    text: str
    start: int
    end: int
    known_wrong: bool


@dataclass(frozen=True, slots=True)
class NameDifference:
    """Names of the Thai that the English lacks; those that it has wrongly, with its words; names that it adds."""

    missing: tuple[Mention, ...]
    changed: tuple[tuple[Mention, WrongWords], ...]
    added: tuple[Mention, ...]


class Glossary:
    """Finds terms in Thai and in English. Its terms never change."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        self._thai = _automaton((name, term) for term in terms for name in term.names)
        self._english = _automaton((_english_form(name), term) for term in terms for name in term.right)
        self._called: dict[str, frozenset[Term]] = {}
        self._owners: dict[str, set[Term]] = {}
        """All terms that an English form stands for: DOA is Agriculture, and Airports."""
        for term in terms:
            for name in term.right:
                self._owners.setdefault(_english_form(name), set()).add(term)

    def sha256(self) -> str:
        """Of all names: two runs with one hash had the same ones."""
        told = "\n".join(repr((t.names, t.right, t.wrong, t.kind)) for t in self.terms)
        return hashlib.sha256(told.encode()).hexdigest()

    def in_thai(self, text: str) -> list[Mention]:
        """The terms of a Thai text (in its normal form), in order, none inside another."""
        return [m for m in _found(self._thai, text, text) if _whole_abbreviation(m, text)]

    def in_english(self, text: str) -> list[Mention]:
        """The terms of an English text, in order, none inside another; capitals and hyphens do not matter."""
        return [m for m in _found(self._english, _english_form(text), text) if _whole_word(m, text)]

    def compare(self, source: str, english: str, context: str = "") -> NameDifference:
        """What an English text does with the names of its Thai source.

        `context` is Thai text that an English name may come from too, such as the whole article.

        A name is there in any of its right forms, or by its own words alone ("Interior" of the Ministry of Interior,
        "Natural Resources" of the Ministry of Natural Resources and Environment): news shortens.
        """
        mentions = self.in_thai(source)
        called = {m.term for m in mentions}
        words = _stems(english)
        written = self.in_english(english)
        strange = [m for m in written if not self._owned(m) & called]
        other_posts = [m for m in strange if m.term.kind in RANKED]  # what the article has elsewhere is no excuse
        if strange:
            known = self._called_in(source) | self._called_in(context)
            strange = [
                m for m in strange if not self._owned(m) & known and not _hinted(m, source) and not _hinted(m, context)
            ]
        missing, changed = [], []
        wanted = {m.term: m for m in reversed(mentions) if m.term.kind in CHECKED | RANKED | PLACES}
        taken_by_right = [(m.start, m.end) for m in written if self._owned(m) & called]
        for term, mention in sorted(wanted.items(), key=lambda item: item[1].start):
            ranked = term.kind in RANKED
            if ranked and source[: mention.start].endswith(("รอง", "ผู้ช่วย", "อดีต", "รักษาการ", "รักษาราชการ", "ว่าที่")):
                continue
            if ranked and any(m.term.kind == term.kind and term in self._owned(m) for m in written):
                continue  # the longest name counts: "Deputy Prime Minister" has no "Prime Minister" in it
            if not ranked and (any(_has(words, _stems(n)) for n in term.right) or _has_own_words(words, term)):
                continue
            if term.kind in PLACES and places.skeleton(term.right[-1]) in places.skeleton(english):
                continue
            wrong = _wrong_words(english, term, taken_by_right) or _another(other_posts if ranked else strange, term)
            if wrong is not None:
                changed.append((mention, wrong))
            elif term.kind not in RANKED:
                missing.append(mention)
        taken = {(wrong.start, wrong.end) for _, wrong in changed}
        royal = "royal" in {t.kind for t in called} or _is_royal(source) or _is_royal(context)
        added = [
            m for m in strange
            if m.term.kind in CHECKED | NAMED_PLACES and (m.start, m.end) not in taken and _first(m, strange)
            and (not royal if m.term.kind == "royal" else _stands_out(m))
        ]  # fmt: skip
        return NameDifference(tuple(missing), tuple(changed), tuple(added))

    def unsupported(self, output: str, source: str) -> list[Mention]:
        """Names in a Thai text whose body another Thai text does not have under any of its names."""
        known = {m.term for m in self.in_thai(source)}
        return [
            m for m in self.in_thai(output) if m.term.kind in CHECKED and m.term not in known and m.text not in source
        ]

    def english(self, name: str) -> str | None:
        """The official English of a Thai form, as it stands; None where the glossary has no such name."""
        return self._thai.get(name)[1].en if name in self._thai else None

    def written_in(self, text: str) -> str:
        """A Thai text with its official names in English, for a translator that copies Latin script.

        Titles of royalty stay: their English depends on the sentence. So do provinces and countries, which a
        translator knows.
        """
        parts, at = [], 0
        written: set[Term] = set()
        for mention in self.in_thai(text):
            term = mention.term
            if term.kind in GUIDING:
                english = term.again if term in written else term.rendering(mention.text)
                parts += [text[at : mention.start], f" {english} "]
                at = mention.end
                written.add(term)
        return re.sub(" +", " ", "".join([*parts, text[at:]])).strip() if parts else text

    def _owned(self, mention: Mention) -> set[Term]:
        """All terms that the English words may stand for."""
        return self._owners.get(_english_form(mention.text), {mention.term})

    def _called_in(self, text: str) -> frozenset[Term]:
        """The terms that a Thai text has anywhere, also inside longer names, or in Latin script.

        The last texts are remembered: an article stands behind each of its sentences.
        """
        if text not in self._called:
            if len(self._called) >= REMEMBERED:
                self._called.clear()
            self._called[text] = frozenset(self._find_called(text))
        return self._called[text]

    def _find_called(self, text: str) -> set[Term]:
        found = {term for _, (_, term) in self._thai.iter(text)} if len(self._thai) else set()
        return found | {term for m in self.in_english(text) for term in self._owned(m)}


def _automaton(pairs: Iterable[tuple[str, Term]]) -> Any:
    automaton = ahocorasick.Automaton()
    for name, term in pairs:
        if name and name not in automaton:
            automaton.add_word(name, (len(name), term))
    automaton.make_automaton()
    return automaton


def _found(automaton: Any, form: str, text: str) -> list[Mention]:
    if not len(automaton):
        return []
    ends = [(end + 1, length, term) for end, (length, term) in automaton.iter_long(form)]
    return [Mention(term, text[end - length : end], end - length, end) for end, length, term in ends]


def _hinted(mention: Mention, thai_text: str) -> bool:
    """Whether a place stands in the Thai without the จังหวัด or ประเทศ that its name alone would need."""
    if mention.term.kind not in NAMED_PLACES:
        return False
    return any(re.sub("^(?:จังหวัด|ประเทศ)", "", name) in thai_text for name in mention.term.names)


def _stands_out(mention: Mention) -> bool:
    """A place, a name of several words, or a long one in capitals (KASIKORNBANK)."""
    capitals = mention.text.isupper() and len(mention.text) >= LONG_CAPITALS
    return mention.term.kind in NAMED_PLACES or capitals or len(_stems(mention.text)) >= NAMED_OUT


@lru_cache(256)
def _is_royal(thai_text: str) -> bool:
    return any(word in thai_text for word in ROYAL_THAI)


def _first(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether it is the first of its term."""
    return next(m for m in mentions if m.term == mention.term) is mention


def _wrong_words(english: str, term: Term, right: Sequence[tuple[int, int]]) -> WrongWords | None:
    """A rendering that the glossary calls wrong, but not inside the right name (`right`) of a body that the Thai has.

    It counts as known to be wrong only where it stands once.
    """
    form = _english_form(english)
    for name in term.wrong:
        found = [
            m for m in re.finditer(rf"(?<![^\W_]){re.escape(_english_form(name))}(?![^\W_])", form)
            if not any(start <= m.start() and m.end() <= end for start, end in right)
        ]  # fmt: skip
        if found:
            start, end = found[0].span()
            return WrongWords(english[start:end], start, end, known_wrong=len(found) == 1 and term.kind in CHECKED)
    return None


def _another(strange: Sequence[Mention], term: Term) -> WrongWords | None:
    found = next((m for m in strange if _is_another(m, term)), None)
    return WrongWords(found.text, found.start, found.end, known_wrong=False) if found else None


def _whole_abbreviation(mention: Mention, text: str) -> bool:
    """กต. inside สกต. is none; full names need no space around them in Thai."""
    if not re.fullmatch(r"[\u0e01-\u0e2e.\s]+", mention.text) or len(mention.text) > 8:
        return True
    before = text[mention.start - 1 : mention.start]
    return not re.match(r"[\u0e01-\u0e2e.]", before)


def _whole_word(mention: Mention, text: str) -> bool:
    """A word of its own; an acronym (WHO, LED, OR) in its own capitals."""
    if mention.text.isalpha() and mention.text.upper() in mention.term.right and not mention.text.isupper():
        return False
    if mention.term.kind in PLACES | NAMED_PLACES and not mention.text[0].isupper():
        return False
    before, after = (
        text[mention.start - 1 : mention.start] if mention.start else "",
        text[mention.end : mention.end + 1],
    )
    return not (before.isalnum() or after.isalnum())


def _english_form(text: str) -> str:
    """Same length as `text`, so that places can be told: lower case, hyphens and curly quotes made plain."""
    lower = text.lower()
    if len(lower) != len(text):  # İ and a few others
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.translate(_PLAIN)


def _is_another(mention: Mention, term: Term) -> bool:
    """Whether an English name is a body of the same kind, and not just a part of this one's name."""
    own = {stem for name in term.right for stem in _stems(name)}
    if mention.term.kind != term.kind:
        return False
    if term.kind == "post":
        return _another_level(mention.text, term)
    return term.kind in RANKED or not set(_stems(mention.text)) <= own


def _another_level(text: str, term: Term) -> bool:
    """Of posts only the level counts, for the rest has many right renderings: a deputy is no minister."""
    words, own = set(_stems(text)), set(_stems(term.en))
    return words - LEVELS == own - LEVELS and words & LEVELS != own & LEVELS


def _has_own_words(words: list[str], term: Term) -> bool:
    own = [stem for stem in _stems(term.en) if stem not in GENERIC][:OWN_WORDS]
    return bool(own) and set(own) <= set(words)


def _has(words: list[str], name: list[str]) -> bool:
    return bool(name) and f" {' '.join(name)} " in f" {' '.join(words)} "


def _stems(text: str) -> list[str]:
    """Words alone, for comparing names however they are written: `&` is and; possessives and plurals lose their s."""
    plain = re.sub(r"'s\b|\bthe\b", " ", _english_form(text)).replace("&", " and ")
    words = re.findall(r"[^\W_]+", plain.replace(".", ""))
    return [_singular(word) for word in words]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word

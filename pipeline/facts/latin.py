"""Names and acronyms that a Thai text writes in Latin letters: they belong in the output as they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_NAME = re.compile(r"(?<![A-Za-z0-9])(?:\d{1,2}[A-Z]{1,2}\b|[A-Za-z][A-Za-z0-9]*(?:[&.'’+-][A-Za-z0-9]+)*)")
_PHRASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9&.'’+-]*(?: [A-Za-z0-9&][A-Za-z0-9&.'’+-]*)*")
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[&.'’+-][A-Za-z0-9]+)*")
_COMMON = frozenset(
    """a an the of and or in on at to for by with from as is are be it its this that new no not km kg cm mm ml
    am pm hrs hr co ltd inc plc st nd rd th www http https com""".split()  # noqa: SIM905 (words read better so)
)
_ADJACENT = 3
"""Words of an output that may stand for one name together: `Wi Fi`, `PM 2.5`."""


def latin_names(text: str) -> list[str]:
    """The different Latin-script words of a text, as written but without accents, in order.

    Function words, units, company endings, single letters, and web or mail addresses are left out.
    """
    return list(_names(text))


@lru_cache(1024)
def _names(text: str) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for word in _NAME.findall(_ADDRESS.sub(" ", _plain(text))):
        if len(word) > 1 and word.lower() not in _COMMON:
            names.setdefault(key(word), word)
    return tuple(names.values())


def key(word: str) -> str:
    """What two spellings of one name share: letters and digits, without case, plural or possessive."""
    bare = re.sub(r"['’]s$", "", word)
    bare = re.sub(r"[^0-9a-z]", "", bare.lower())
    return bare[:-1] if len(bare) > 3 and bare.endswith("s") else bare


def unsupported(names: Iterable[str], text: str) -> list[str]:
    """The names that do not stand in `text`, as one word, as a part of one, or as adjacent ones."""
    known = _known(text)
    return [n for n in names if key(n) not in known]


@lru_cache(1024)
def _known(text: str) -> frozenset[str]:
    words = _TOKEN.findall(_plain(text))
    found = {key(part) for w in words for part in re.split(r"[^A-Za-z0-9]+", w)}
    for count in range(1, _ADJACENT + 1):
        found.update(key("".join(words[n : n + count])) for n in range(len(words) - count + 1))
    return frozenset(found)


def phrases(text: str) -> list[str]:
    """The different runs of Latin-script words, as written, in order: `EXIM BANK`, `Money Expo 2024`."""
    return list(dict.fromkeys(match.group() for match in _PHRASE.finditer(_ADDRESS.sub(" ", text))))


def is_acronym(name: str) -> bool:
    """Two capitals, or a digit: EEC, PM2.5, 5G. Such a name has no other form in English but its own words."""
    return bool(re.search(r"[A-Z].*[A-Z]|\d", name))


def spelled_out(name: str, text: str) -> bool:
    """Whether words of an English text begin with the acronym's letters: non-performing loans for NPL."""
    letters = [c for c in key(name) if c.isalpha()]
    words = [w.lower() for w in re.findall(r"[A-Za-z]+", _plain(text)) if w.lower() not in ("of", "and", "the", "for")]
    initials = "".join(word[0] for word in words)
    return len(letters) > 1 and "".join(letters) in initials


def _plain(text: str) -> str:
    """Latin letters without their accents; Thai marks stay."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")

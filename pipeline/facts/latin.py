"""Names and acronyms that a Thai text writes in Latin letters: they belong in the output as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[&.'’/+-][A-Za-z0-9]+)*")
_COMMON = frozenset(
    """a an the of and or in on at to for by with from as is are be it its this that new no not km kg cm mm ml
    am pm hrs hr co ltd inc plc st nd rd th www http https com""".split()  # noqa: SIM905 (words read better so)
)


def latin_names(text: str) -> list[str]:
    """The different Latin-script words of a text, as written, in order.

    Function words, units, company endings, single letters, and web or mail addresses are left out.
    """
    names: dict[str, str] = {}
    for word in _WORD.findall(_ADDRESS.sub(" ", text)):
        if len(word) > 1 and word.lower() not in _COMMON:
            names.setdefault(key(word), word)
    return list(names.values())


def key(word: str) -> str:
    """What two spellings of one name share: letters and digits, without case, plural or possessive."""
    bare = re.sub(r"['’]s$", "", word)
    bare = re.sub(r"[^0-9a-z]", "", bare.lower())
    return bare[:-1] if len(bare) > 3 and bare.endswith("s") else bare


def unsupported(names: Iterable[str], text: str) -> list[str]:
    """The names that do not stand in `text`, whole or as its parts (`Wi-Fi` for `WiFi`)."""
    words = _WORD.findall(text)
    known = {key(w) for w in words} | {key(part) for w in words for part in re.split(r"[^A-Za-z0-9]+", w)}
    joined = re.sub(r"[^0-9a-z]", "", text.lower())
    return [n for n in names if key(n) not in known and not (len(key(n)) > 5 and key(n) in joined)]

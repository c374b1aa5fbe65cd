"""How Thai text is cut into the tokens that ROUGE counts. The scheme decides the score: it is named in every signature.

| scheme | tokens | use it |
|---|---|---|
| `newmm` | normal form, Arabic digits, lower case, no punctuation; PyThaiNLP newmm words without spaces | to compare systems |
| `xlsum` | as XL-Sum's multilingual ROUGE: lower case, no control characters or punctuation, newmm words and the spaces between them | to compare with XL-Sum's published table |
| `char` | as `newmm`, but single characters | to see what segmentation hides |
| `en` | rouge-score's own tokens with Porter stemming | English |
"""  # noqa: E501

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version

from pipeline import thai

MEMORY = 65_536
"""Texts whose tokens are kept: references are asked for again by every system."""


@dataclass(frozen=True)
class Segmenter:
    """A named way from text to tokens; `signature` says what reproduces it.

    It has the `tokenize` method that rouge-score asks of a tokenizer.
    """

    name: str
    signature: str
    function: Callable[[str], tuple[str, ...]]

    def tokenize(self, text: str) -> list[str]:
        return list(self.function(text))


@lru_cache(MEMORY)
def _newmm(text: str) -> tuple[str, ...]:
    return tuple(w for w in _words(" ".join(_bare(text).split())) if not w.isspace())


@lru_cache(MEMORY)
def _xlsum(text: str) -> tuple[str, ...]:
    # The order matters: lower case, then control characters out, then spaces, then punctuation, which
    # ends a word; what stands between two pieces is one space, and newmm keeps it as a token.
    kept = "".join(c for c in text.lower().strip() if not _is_control(c) and c != "\ufffd")
    pieces = "".join(" " if c.isspace() or is_punctuation(c) else c for c in kept).split()
    return tuple(w for w in _words(" ".join(pieces)) if w)


@lru_cache(MEMORY)
def _char(text: str) -> tuple[str, ...]:
    return tuple(c for c in _bare(text) if not c.isspace())


@lru_cache(MEMORY)
def _english(text: str) -> tuple[str, ...]:
    return tuple(_porter().tokenize(text))


def is_punctuation(character: str) -> bool:
    """Unicode punctuation, and every ASCII character that is no letter, digit or space (`$`, `^`, `+`)."""
    return re.match(r"[!-/:-@\[-`{-~]", character) is not None or unicodedata.category(character).startswith("P")


def get(name: str) -> Segmenter:
    """The segmenter of that name.

    Raises:
        KeyError: there is none.
    """
    return _segmenters()[name]


@cache
def _segmenters() -> dict[str, Segmenter]:
    engine = f"pythainlp-{version('pythainlp')}"
    ours = f"norm:thai-brief-{thai.NORMAL_FORM}|case:lower|punct:no|digits:arabic"
    return {
        s.name: s
        for s in (
            Segmenter("newmm", f"tok:newmm|{engine}|spaces:no|{ours}", _newmm),
            Segmenter("xlsum", f"tok:newmm|{engine}|spaces:kept|norm:xlsum|case:lower|punct:no", _xlsum),
            Segmenter("char", f"tok:char|spaces:no|{ours}", _char),
            Segmenter("en", "tok:rouge-score|stem:porter|case:lower", _english),
        )
    }


def _bare(text: str) -> str:
    plain = thai.arabic_digits(thai.normalize(text)).lower()
    return "".join(" " if is_punctuation(c) else c for c in plain)


def _words(text: str) -> list[str]:
    from pythainlp.tokenize import word_tokenize

    words: list[str] = word_tokenize(text, engine="newmm", keep_whitespace=True) if text else []
    return words


def _is_control(character: str) -> bool:
    return character not in "\t\n\r" and unicodedata.category(character).startswith("C")


@cache
def _porter():  # type: ignore[no-untyped-def]
    from rouge_score.tokenizers import DefaultTokenizer

    return DefaultTokenizer(use_stemmer=True)

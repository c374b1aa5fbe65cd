"""Repairs of a model's text that change no letter and no digit: spaces, leaked tokens, one composed vowel."""

from __future__ import annotations

import re
from collections.abc import Collection

_SENTINEL = re.compile(r"<extra_id_\d+>|<pad>|</?s>|<unk>|madeupword\d+")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]*)\u0e32")


def repair(text: str, leaks: Collection[str] = ()) -> str:
    """A model's text without what its tokenizer left in it; applying it twice changes nothing more.

    Leaked special and sentinel tokens go; sara am is composed again (SentencePiece's NFKC takes it apart); spaces
    before closing and after opening marks close up, unless that would join two figures (`in 2019 , 300 people`).
    """
    for token in sorted(leaks, key=len, reverse=True):
        text = text.replace(token, " ")
    text = _SENTINEL.sub(" ", text)
    text = _SARA_AM.sub("\\1\u0e33", text)
    text = re.sub(r"[ \t]+([,.;:!?)\]\u201d%])(?=[\s)\]\u201d,.;:!?]|$)", r"\1", text)
    text = re.sub(r"([(\[\u201c]) +", r"\1", text)
    return re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", text)).strip()

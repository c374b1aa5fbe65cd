"""Cut text into pieces of bounded length, at the best place there is; nothing is lost."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from pipeline.thai import safe_cut

Counter = Callable[[str], int]


def split_to_fit(text: str, count: Counter, limit: int) -> tuple[list[str], bool]:
    """Pieces of at most `limit` tokens, cut at spaces where there are any.

    Returns the pieces and whether one had to be cut inside a run without spaces. Joined with spaces
    (or with nothing, at a hard cut) they are the text again.
    """
    if count(text) <= limit:
        return [text], False
    pieces: list[str] = []
    hard = False
    current = ""
    for word in text.split(" "):
        joined = f"{current} {word}" if current else word
        if count(joined) <= limit:
            current = joined
            continue
        if current:
            pieces.append(current)
        current = word
        while count(current) > limit:
            hard = True
            cut = _hard_cut(current, count, limit)
            pieces.append(current[:cut])
            current = current[cut:]
    if current:
        pieces.append(current)
    return pieces, hard


def balanced_chunks(pieces: Sequence[str], count: Counter, limit: int, at_least: int = 1) -> list[str]:
    """Pack pieces in order into chunks of at most `limit` tokens and of nearly equal length.

    Makes as few chunks as fit, but `at_least` that many where there are pieces enough. A single
    piece must not exceed `limit`.
    """
    sizes = [count(p) + 1 for p in pieces]
    wanted = max(math.ceil(sum(sizes) / limit), at_least, 1)
    target = sum(sizes) / wanted
    chunks: list[list[str]] = []
    filled = behind = 0.0
    for piece, size in zip(pieces, sizes, strict=True):
        enough = behind + size / 2 > target * len(chunks)
        if not chunks or filled + size > limit or enough:
            chunks.append([])
            filled = 0
        chunks[-1].append(piece)
        filled += size
        behind += size
    return [" ".join(chunk) for chunk in chunks]


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"\u201c(]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Gen|Lt|Col|Maj|Capt|Cpt|Adm|Cmdr|Pol|ACM|AVM|Sgt|Dr|Mr|Mrs|Ms|Prof|Assoc|Asst|Rev|Ven|Hon|St|Mt|No|Nos|Art"
    r"|Sec|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Co|Ltd|Inc|Corp|Dept|Govt|vs|approx|ca|cf|eg|ie|pp|vol)"
    r"|(?<![A-Za-z])[A-Z])\.$"
)


def english_sentences(text: str) -> list[str]:
    """Cut English text at full stops, but not after titles, initials and abbreviations (`Gen.`, `No.`, `U.S.`).

    Joined with spaces they are the text again, but for its runs of spaces.
    """
    sentences: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return sentences


def _hard_cut(text: str, count: Counter, limit: int) -> int:
    """The largest safe cut whose head fits, by bisection; at least one character."""
    low, high = 1, min(len(text), limit * 16)
    while low < high:
        middle = (low + high + 1) // 2
        if count(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return safe_cut(text, low)

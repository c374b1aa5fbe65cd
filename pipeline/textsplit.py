"""Cut text into pieces of bounded length, at the best place there is; nothing is lost."""

from __future__ import annotations

import math
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

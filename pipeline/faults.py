"""Signs that a model's output is broken, whoever looks for them: the step that can ask again, and the checks."""

from __future__ import annotations

import re

SHORT_RATIO = 0.5
"""English characters per Thai character under which a translation is called short. Among the 3,965
reference pairs of gold_train.jsonl (titles and summary sentences) the lowest is 0.58, the median 1.24."""
SHORT_FROM = 40
"""Thai characters under which no translation is called short."""
_LOOP = re.compile(r"(.{4,60}?)\1{3,}", re.S)


def find_loop(text: str) -> str | None:
    """A stretch of 4 to 60 characters that stands four times or more in a row, if there is one."""
    match = _LOOP.search(text[:5_000])
    if match is None or not re.search(r"[^\W\d_]", match[1]):
        return None
    return match[1].strip()


def is_short(th: str, en: str) -> bool:
    """Whether an English translation is too short to hold all of the Thai."""
    return len(th) > SHORT_FROM and len(en) < SHORT_RATIO * len(th)

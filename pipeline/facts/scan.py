"""Reading facts off a text one pattern after the other: what one has read, the next no longer sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipeline.facts.values import Fact, Value

BLANK = "\x00"


class Scan:
    """`rest` is the text with a blank for every character that was read; places are the same as in `text`."""

    def __init__(self, text: str, rest: str) -> None:
        self.text, self.rest = text, rest
        self._found: list[Fact] = []

    def take(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterable[Value] | None]) -> None:
        """Read all matches; `read` gives a match's values, or None where it is not what it looks like."""

        def blank(match: re.Match[str]) -> str:
            values = read(match)
            if values is None:
                return match[0]
            lead = len(match[0]) - len(match[0].lstrip())
            start, end = match.start() + lead, match.start() + len(match[0].rstrip())
            self._found += [Fact(value, self.text[start:end], start, end) for value in values]
            return BLANK * len(match[0])

        self.rest = pattern.sub(blank, self.rest)

    def add(self, value: Value, start: int, end: int) -> None:
        self._found.append(Fact(value, self.text[start:end], start, end))

    def facts(self) -> tuple[Fact, ...]:
        return tuple(sorted(self._found, key=lambda fact: fact.start))

"""What is scored: outputs beside their references, grouped by the field of the brief they are for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["th", "en"]
Sentences = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One output to score; every text is a sequence of sentences.

    `source` is the Thai that the output was made from (for a Thai summary: the article), `article` the
    whole article where it is known. `references` holds one or more references.
    """

    id: str
    hypothesis: Sentences
    references: tuple[Sentences, ...] = ()
    source: Sentences = ()
    article: str = ""

    @property
    def text(self) -> str:
        return " ".join(s for s in self.hypothesis if s.strip())

    @property
    def source_text(self) -> str:
        return "\n".join(self.source)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Source and output sentence by sentence where they are as many, else as one pair."""
        if len(self.source) == len(self.hypothesis):
            return list(zip(self.source, self.hypothesis, strict=True))
        return [(self.source_text, self.text)]


@dataclass(frozen=True, slots=True)
class Track:
    """One field of the brief: `systems` maps each system's name to its items, in the same order.

    `main` is the system that is judged; the others are baselines.
    """

    name: str
    lang: Lang
    main: str
    systems: dict[str, list[Item]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.systems[self.main])

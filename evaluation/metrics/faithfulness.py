"""Reference-free faithfulness: are the numbers, dates and Latin-script names of the source in the output, and no others?

Precision is the share of the output's facts that the source supports, recall the share of the source's
facts that the output keeps; both are counted over all items together. Buddhist and Common-Era years of one
year are equal, and a Buddhist year left in English is wrong both ways. A summary need not keep all facts of
its article: there, recall describes, precision judges.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Iterable

from evaluation.items import Item, Lang
from evaluation.metrics.base import Column, ItemFamily
from pipeline.facts import RULES, compare, latin
from pipeline.facts.english_facts import english_facts
from pipeline.facts.thai_facts import thai_facts
from pipeline.facts.values import Fact

Agreement = tuple[int, int, int, int]
"""Facts of the output that the source supports, of the output, of the source that the output keeps, of the source."""
KINDS = ("number", "date", "name")


class Faithfulness(ItemFamily):
    """Precision and recall of numbers, dates and names, and of all three together (`fact`).

    `against` is `source` or `article`; `recall_judges` is false where the output condenses.
    """

    needs_references = False

    def __init__(self, lang: Lang, against: str, *, recall_judges: bool) -> None:
        self.lang, self.against = lang, against
        suffix = "" if against == "source" else f" ({against})"
        # Every word of English is Latin, so that only the recall of names can be told.
        self._parts = [(k, p) for k in ("fact", *KINDS) for p in "PR" if (lang, k, p) != ("en", "name", "P")]
        self.columns = tuple(
            Column(f"{kind} {part}{suffix}", better=1 if part == "P" or recall_judges else 0)
            for kind, part in self._parts
        )

    def values(self, item: Item) -> list[tuple[float, float]]:
        source = item.source_text if self.against == "source" else item.article
        found = agreements(source, item.text, self.lang) if source else {kind: (0, 0, 0, 0) for kind in KINDS}
        a, b, c, d = (sum(column) for column in zip(*found.values(), strict=True))
        found["fact"] = (a, b, c, d)
        at = {"P": 0, "R": 2}
        return [(float(found[k][at[p]]), float(found[k][at[p] + 1])) for k, p in self._parts]

    def signature(self, column: Column, references: str) -> str:
        return f"{column.name}|against:{self.against}|lang:{self.lang}|avg:corpus|rules:{RULES}"


def agreements(source: str, output: str, lang: Lang) -> dict[str, Agreement]:
    """How the facts of a Thai source and of an output in `lang` agree, by kind.

    Words for small numbers ("both", `สองฝ่าย`) and weekdays are not counted: a right output may drop or add them.
    """
    theirs = thai_facts(source)
    if lang == "th":
        ours, added = thai_facts(output), compare.unsupported(output, source)
        missing = compare.unsupported(source, output)
    else:
        ours, difference = english_facts(output), compare.compare(source, output)
        wrong = (*difference.changed, *difference.buddhist)
        added = [*difference.added, *(new for _, new in wrong)]
        missing = [*difference.missing, *(old for old, _ in wrong)]
    counts = {
        kind: (_count(ours, kind) - _count(added, kind), _count(ours, kind),
               _count(theirs, kind) - _count(missing, kind), _count(theirs, kind))
        for kind in ("number", "date")
    }  # fmt: skip
    return {**counts, "name": _names(source, output, lang)}


def _count(facts: Iterable[Fact], kind: str) -> int:
    """Different facts of a kind, each once."""
    return len({str(f) for f in facts if compare.required(f) and compare.family(f) == kind})


def _names(source: str, output: str, lang: Lang) -> Agreement:
    theirs = latin.latin_names(source)
    kept = len(theirs) - len(latin.unsupported(theirs, output))
    if lang == "en":
        return 0, 0, kept, len(theirs)
    ours = latin.latin_names(output)
    return len(ours) - len(latin.unsupported(ours, source)), len(ours), kept, len(theirs)

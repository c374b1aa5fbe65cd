"""Reference-free faithfulness: are the numbers, dates and Latin-script names of the source in the output, and no others?

Precision is the share of the output's facts that the source supports, recall the share of the source's
facts that the output keeps; both are counted over all items together. Buddhist and Common-Era years of one
year are equal, and a Buddhist year left in English is wrong both ways. A summary need not keep all facts of
its article: there, recall describes, precision judges.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Callable

from evaluation.items import Item, Lang
from evaluation.metrics.base import Column, ItemFamily
from pipeline.facts import RULES, dates, latin, numbers

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
    """How the facts of a Thai source and of an output in `lang` agree, by kind."""
    compare: dict[str, Callable[[str, str, Lang], Agreement]] = {"number": _numbers, "date": _dates, "name": _names}
    return {kind: compare[kind](source, output, lang) for kind in KINDS}


def _numbers(source: str, output: str, lang: Lang) -> Agreement:
    theirs = numbers.thai_numbers(source)
    if lang == "th":
        ours = numbers.thai_numbers(output)
        added, missing = len(numbers.unsupported(output, source)), len(numbers.unsupported(source, output))
    else:
        ours = numbers.english_numbers(output)
        difference = numbers.compare(source, output)
        added = len(difference.added) + len(difference.buddhist)
        missing = len(difference.missing) + len(difference.buddhist)
    return len(ours) - added, len(ours), len(theirs) - missing, len(theirs)


def _dates(source: str, output: str, lang: Lang) -> Agreement:
    theirs = dates.thai_dates(source)
    ours = dates.thai_dates(output) if lang == "th" else dates.english_dates(output)
    added = len(dates.unsupported(ours, [*theirs, *dates.years_in_passing(source)]))
    missing = len(dates.unsupported(theirs, ours, years_may_go=True))
    return len(ours) - added, len(ours), len(theirs) - missing, len(theirs)


def _names(source: str, output: str, lang: Lang) -> Agreement:
    theirs = latin.latin_names(source)
    kept = len(theirs) - len(latin.unsupported(theirs, output))
    if lang == "en":
        return 0, 0, kept, len(theirs)
    ours = latin.latin_names(output)
    return len(ours) - len(latin.unsupported(ours, source)), len(ours), kept, len(theirs)

"""Repairs of an English text that have one reading only, against its Thai. Pure; whoever applies them records them.

Four kinds, and only where the alignment is certain: Thai digits become Arabic; a Buddhist year becomes the Common-Era
year of the date of the Thai that it stands for; a rendering that the glossary knows to be wrong for the only name in
question becomes the official one; a person is spelled in one way throughout a brief. A wrong figure is never put right
here: nobody knows how much else is wrong with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import thai
from pipeline.facts import compare, people
from pipeline.facts.glossary import Glossary
from pipeline.facts.values import Date, FiscalYear
from pipeline.verify import NOT_TRANSLATED

_BEFORE_A_YEAR = re.compile(
    r"(?:^|\b(?:in|of|by|since|until|from|to|during|for|year|before|after|through|late|early|mid)[\s-])$", re.I
)
_THAI_NUMBER = re.compile("[๐-๙]+(?:[.,:/][๐-๙]+)*")


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the English before and after; `kind` says which rule changed them."""

    kind: str
    before: str
    after: str


def repair(th: str, en: str, names: Glossary) -> tuple[str, list[Change]]:
    """The repaired English and what was changed in it, in order; repairing it again changes nothing more."""
    done: list[Change] = []
    if en.startswith(NOT_TRANSLATED):
        return en, done
    for rule in (_digits, _years, lambda th, en: _names(th, en, names)):
        en, changes = rule(th, en)
        done += changes
    return en, done


def one_spelling(pairs: Sequence[tuple[str, str]], names: Glossary) -> list[tuple[str, list[Change]]]:
    """Each person of a brief in one spelling: the official one where the glossary knows it, else the one that the brief
    uses most, the first of equals. Returns the texts in their order.

    Persons whose names sound alike are left as they are: it could be the other one.
    """
    chosen = {
        thai_name: names.english(thai_name) or Counter(ways).most_common(1)[0][0]
        for thai_name, ways in people.spellings(pairs).items()
    }
    distinct = people.distinct(chosen)
    return [_respelled(th, en, {name: way for name, way in chosen.items() if name in distinct}) for th, en in pairs]


def _respelled(th: str, en: str, chosen: Mapping[str, str]) -> tuple[str, list[Change]]:
    changes: list[Change] = []
    if en.startswith(NOT_TRANSLATED):
        return en, changes
    for person in people.in_thai(th):
        found, wanted = people.spelling(person, en), chosen.get(person.thai)
        if found is not None and wanted is not None and found.text != wanted:
            en = en[: found.start] + wanted + en[found.end :]
            changes.append(Change("person_name", found.text, wanted))
    return en, changes


def _digits(th: str, en: str) -> tuple[str, list[Change]]:
    """Not in Thai words that the English quotes: only where no Thai letter is near."""
    if thai.thai_share(en) > 0.1:
        return en, []
    changes = [Change("thai_digits", m[0], thai.arabic_digits(m[0])) for m in _THAI_NUMBER.finditer(en)]
    return thai.arabic_digits(en) if changes else en, changes


def _years(th: str, en: str) -> tuple[str, list[Change]]:
    """Only a year that both texts mark as one, and that the English has once: 2568 may also be a number of bags."""
    changes: list[Change] = []
    for fact, raw in reversed(compare.compare(th, en).buddhist):
        assert isinstance(fact.value, Date | FiscalYear)
        written, right = str(fact.value.buddhist), str(fact.value.year)
        dated = isinstance(raw.value, FiscalYear) or (isinstance(raw.value, Date) and raw.value.month is not None)
        sure = (dated or _BEFORE_A_YEAR.search(en[: raw.start])) and fact.text.strip("๐๑๒๓๔๕๖๗๘๙0123456789-–/ ") != ""
        one = re.findall(r"\d{3,}", raw.text) == [written] and not re.search(r"\d{4}\s?[-–/]\s?\d", raw.text)
        alone = one and not re.match(r"\s?(?:[-–/]|s\b)", en[raw.end :])
        if sure and alone and en.count(written) == 1:
            after = raw.text.replace(written, right)
            en = en[: raw.start] + after + en[raw.end :]
            changes.append(Change("buddhist_year", raw.text, after))
    return en, changes[::-1]


def _names(th: str, en: str, names: Glossary) -> tuple[str, list[Change]]:
    """One name in doubt, and it has a rendering of the glossary's `en_wrong`."""
    difference = names.compare(th, en)
    if len(difference.changed) != 1 or difference.missing or difference.added:
        return en, []
    ((mention, words),) = difference.changed
    if not words.known_wrong:
        return en, []
    after = f"{en[: words.start]}{mention.term.en}{en[words.end :]}"
    again = names.compare(th, after)
    if again.changed or again.missing or again.added:
        return en, []
    return after, [Change("official_name", words.text, mention.term.en)]

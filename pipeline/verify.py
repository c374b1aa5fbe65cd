"""What is doubtful about one text of a brief against its source, in plain words. Pure; nothing is changed here.

Three questions, each with its function: a translation against its Thai (`translation`), a sentence of the Thai summary
against the article (`summary`), and a sentence of an English summary against the Thai article (`english_summary`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from pipeline import thai
from pipeline.article import Field, Finding, Kind, Severity, Span
from pipeline.facts import compare, latin, negation, people
from pipeline.facts.glossary import Glossary, Mention
from pipeline.facts.values import Date, Fact, Quantity, Value, in_english, plain
from pipeline.faults import find_loop, is_short

UNSUPPORTED_SHARE = 0.5
"""Of the words of a summary sentence that the article does not have, from which on it may be made up."""

NOT_TRANSLATED = "[not translated]"
"""Stands before the Thai that takes the place of a translation that nobody can use."""
QUOTED = 24
"""Characters of the Thai that a finding about a lost ไม่ shows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which text of a brief it is."""

    field: Field
    index: int | None

    def finding(
        self, kind: Kind, message: str, severity: Severity = Severity.ERROR,
        source: Span | None = None, target: Span | None = None,
    ) -> Finding:  # fmt: skip
        return Finding(kind, severity, self.field, self.index, message, source, target)


def translation(th: str, en: str, names: Glossary | None, place: Place, context: str = "") -> list[Finding]:
    """An English text against the Thai that it translates; `context` is Thai that a name may come from too.

    Without `names` only signs of broken output are looked for, not facts.
    """
    if en.startswith(NOT_TRANSLATED):
        return []  # whoever put it there has said why
    if not en.strip():
        return [place.finding(Kind.EMPTY_OUTPUT, "There is no translation.")]
    found = list(_broken_translation(th, en, place))
    if names is not None:
        found += [*facts(th, en, place), *official_names(th, en, names, place, context)]
        found += [*acronyms(th, en, place), *persons(th, en, names, place), *denials(th, en, place)]
    return found


def facts(th: str, en: str, place: Place) -> Iterator[Finding]:
    """Numbers, amounts, dates and times."""
    difference = compare.compare(th, en)
    for fact, other in difference.changed:
        kind = Kind.DATE_CHANGED if compare.family(fact) == "date" else Kind.NUMBER_CHANGED
        message = f"{_said(fact)} of the Thai is {_said(other)} in the English."
        yield place.finding(kind, message, source=_span(fact), target=_span(other))
    for fact in difference.missing:
        kind = Kind.DATE_MISSING if compare.family(fact) == "date" else Kind.NUMBER_MISSING
        yield place.finding(kind, f"{_said(fact)} of the Thai is not in the English.", source=_span(fact))
    for fact in difference.added:
        kind = Kind.DATE_ADDED if compare.family(fact) == "date" else Kind.NUMBER_ADDED
        yield place.finding(kind, f"The English says {_said(fact)}, which the Thai does not.", target=_span(fact))
    for fact, raw in difference.buddhist:
        message = f"{raw.text} has a Buddhist-era year; in English it is {in_english(fact.value)}."
        yield place.finding(Kind.BUDDHIST_YEAR, message, source=_span(fact), target=_span(raw))


def official_names(th: str, en: str, names: Glossary, place: Place, context: str = "") -> Iterator[Finding]:
    """Names of bodies, posts and persons that the glossary knows."""
    difference = names.compare(th, en, context)
    for mention, wrong in difference.changed:
        yield place.finding(
            Kind.NAME_CHANGED, f"{mention.text} is {mention.term.en}; the English says {wrong.text}.",
            source=_at(mention), target=Span(wrong.text, wrong.start, wrong.end),
        )  # fmt: skip
    for mention in difference.added:
        # Royalty out of nothing offends; another body may have a Thai name that the glossary does not know.
        severity = Severity.ERROR if mention.term.kind == "royal" else Severity.WARNING
        message = f"The English says {mention.text}, which the Thai does not."
        yield place.finding(Kind.NAME_ADDED, message, severity, target=_at(mention))
    for mention in difference.missing:
        message = f"{mention.text} is {mention.term.en}; the English has no such name."
        yield place.finding(Kind.NAME_MISSING, message, Severity.WARNING, source=_at(mention))


def acronyms(th: str, en: str, place: Place) -> Iterator[Finding]:
    """Acronyms that the Thai writes in Latin letters; spelled out they are there too."""
    for phrase in latin.phrases(th):
        written = [name for name in latin.latin_names(phrase) if latin.is_acronym(name)]
        lost = latin.unsupported(written, en)
        # Of "EXIM BANK" one word is enough.
        if lost and len(lost) == len(written) and not any(latin.spelled_out(name, en) for name in lost):
            source = Span(phrase, start, start + len(phrase)) if (start := th.find(phrase)) >= 0 else None
            message = f"{phrase} of the Thai is not in the English."
            yield place.finding(Kind.NAME_MISSING, message, Severity.WARNING, source=source)


def persons(th: str, en: str, names: Glossary, place: Place) -> Iterator[Finding]:
    """Persons whose official spelling the glossary does not know: something in the English must sound like them."""
    for person in people.in_thai(th):
        if names.english(person.thai) is None and not people.is_named(person, en):
            message = f"{person.thai} is a person; no name in the English sounds like it."
            source = Span(th[person.start : person.end], person.start, person.end)
            yield place.finding(Kind.NAME_MISSING, message, Severity.WARNING, source=source)


def spellings(pairs: Sequence[tuple[str, str]], names: Glossary) -> Iterator[Finding]:
    """How a whole brief writes persons: one in several ways, and those whose spelling nobody has checked."""
    for thai_name, written in people.spellings(pairs).items():
        ways = list(dict.fromkeys(written))
        place = Place(Field.SUMMARY_EN, None)
        if len(ways) > 1:
            message = f"{thai_name} is written in several ways: {', '.join(ways)}."
            yield place.finding(Kind.NAME_VARIES, message, Severity.WARNING)
        elif names.english(thai_name) is None:
            message = f"{thai_name} is written {ways[0]}; the glossary knows no official spelling."
            yield place.finding(Kind.PERSON_NAME, message, Severity.INFO)


def denials(th: str, en: str, place: Place) -> Iterator[Finding]:
    """A ไม่ that nothing answers, or a "not" out of nothing."""
    if match := negation.lost(th, en):
        end = match.start() + thai.safe_cut(th[match.start() :], QUOTED)
        words = Span(th[match.start() : end], match.start(), end)
        message = f"The Thai says “{words.text}”; the English denies nothing there, or less."
        yield place.finding(Kind.NEGATION_MISSING, message, Severity.WARNING, source=words)
    if match := negation.added(th, en):
        message = f"The English says “{match[0]}”; the Thai denies nothing."
        yield place.finding(
            Kind.NEGATION_ADDED, message, Severity.WARNING, target=Span(match[0], match.start(), match.end())
        )


def summary(
    sentence: str, source: str, known_words: Set[str], names: Glossary | None, place: Place
) -> Iterator[Finding]:
    """A sentence of the Thai summary against the article; `known_words` are those of the article."""
    if thai.thai_share(sentence) < 0.5:
        yield place.finding(Kind.WRONG_LANGUAGE, "This sentence of the Thai summary is not in Thai.")
    if loop := find_loop(sentence):
        yield place.finding(Kind.LOOPING_OUTPUT, f"The sentence repeats itself: “{loop}”.")
    words = content_words(sentence)
    new = [w for w in words if w not in known_words]
    if words and len(new) / len(words) > UNSUPPORTED_SHARE:
        yield place.finding(
            Kind.UNSUPPORTED_TEXT,
            f"{len(new)} of the sentence's {len(words)} words are not in the article; it may be made up.",
        )
    if names is None:
        return
    for fact in compare.unsupported(sentence, source):
        kind = Kind.DATE_ADDED if compare.family(fact) == "date" else Kind.NUMBER_ADDED
        yield place.finding(kind, f"The summary says {fact.text}, which the article does not.", target=_span(fact))
    for mention in names.unsupported(sentence, source):
        message = f"The summary says {mention.text}, which the article does not."
        yield place.finding(Kind.NAME_ADDED, message, Severity.WARNING, target=_at(mention))


def english_summary(sentence: str, source: str, names: Glossary | None, place: Place) -> Iterator[Finding]:
    """A sentence of an English summary that no Thai sentence stands beside, against the whole Thai article."""
    if _not_english(sentence):
        yield place.finding(Kind.WRONG_LANGUAGE, "This sentence of the English summary is not in English.")
    if loop := find_loop(sentence):
        yield place.finding(Kind.LOOPING_OUTPUT, f"The sentence repeats itself: “{loop}”.")
    if names is None:
        return
    new, buddhist = compare.unsupported_english(sentence, source)
    for fact in new:
        kind = Kind.DATE_ADDED if compare.family(fact) == "date" else Kind.NUMBER_ADDED
        yield place.finding(kind, f"The English says {_said(fact)}, which the article does not.", target=_span(fact))
    for fact in buddhist:
        yield place.finding(Kind.BUDDHIST_YEAR, f"{fact.text} is a Buddhist-era year.", target=_span(fact))
    for mention in names.compare("", sentence, source).added:
        message = f"The English says {mention.text}, which the article does not."
        severity = Severity.ERROR if mention.term.kind == "royal" else Severity.WARNING
        yield place.finding(Kind.NAME_ADDED, message, severity, target=_at(mention))


@lru_cache(256)
def known_words(text: str) -> frozenset[str]:
    """The different `content_words` of an article; several steps ask for them."""
    return frozenset(content_words(text))


def content_words(text: str) -> list[str]:
    """Thai and Latin words of two letters or more."""
    from pythainlp.tokenize import word_tokenize

    words = [w for line in text.split("\n") for w in word_tokenize(line, engine="newmm-safe", keep_whitespace=False)]
    return [w for w in words if len(w) > 1 and re.search(r"[^\W\d_]", w)]


def _broken_translation(th: str, en: str, place: Place) -> Iterator[Finding]:
    if _not_english(en) and (thai.thai_share(en) > 0.1 or re.search("[\u0e01-\u0e2e]", th)):
        yield place.finding(Kind.WRONG_LANGUAGE, "The translation is not in English.")
    if loop := find_loop(en):
        yield place.finding(Kind.LOOPING_OUTPUT, f"The translation repeats itself: “{loop}”.")
    if is_short(th, en):
        message = "The translation is much shorter than the Thai; something may be left out."
        yield place.finding(Kind.SHORT_OUTPUT, message, Severity.WARNING)


def _not_english(text: str) -> bool:
    return thai.thai_share(text) > 0.1 or not re.search("[A-Za-z0-9]", text)


def _said(fact: Fact) -> str:
    """The words of the text, and what they are worth where that is not plain to see."""
    worth = in_english(fact.value)
    return fact.text if _plain(fact.value, fact.text) or worth == fact.text else f"{fact.text} ({worth})"


def _plain(value: Value, text: str) -> bool:
    if isinstance(value, Quantity):
        return plain(value.value, grouped=True) in text or f"{value.value:f}" in text
    return isinstance(value, Date) and value.english in text


def _span(fact: Fact) -> Span:
    return Span(fact.text, fact.start, fact.end)


def _at(mention: Mention) -> Span:
    return Span(mention.text, mention.start, mention.end)

"""`make bench-check DATA=DIR`: does the check find planted errors, and leave right translations alone?

Right translations are those of a reference file (`gold_dev.jsonl`): headline and summary sentences. An error is planted
into one of them at a time, wherever its kind fits; it is caught when `check` says something about that sentence that it
did not say before.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from evaluation import data as files
from pipeline import thai
from pipeline.article import Field, Severity
from pipeline.cli import reported_errors
from pipeline.facts import glossary
from pipeline.facts.glossary import CHECKED, Glossary
from pipeline.facts.numbers import ENGLISH_MONTHS
from pipeline.steps.check import check_names, check_translation

Plant = Callable[[str, str, random.Random, Glossary], str | None]
"""(Thai, right English) -> English with one error, or None where there is nothing to spoil."""
_FIGURE = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\d])|(?<![\w.,/:])\d+(?![\d/:]|[.,]\d)")
_YEAR = re.compile(r"(?<![\d.,/-])20[0-3]\d(?![\d.,/-]*\d)")
_MONTH = re.compile("|".join(name.capitalize() for name in ENGLISH_MONTHS if name != "may") + r"|(?<=\d )May\b")
_UNIT = re.compile(r"\b(million|billion)\b")


def main(
    data: Annotated[Path, typer.Option(help="The folder with gold_dev.jsonl.")],
    refs: Annotated[str, typer.Option(help="Which of its files.")] = "gold_dev.jsonl",
    show: Annotated[int, typer.Option(help="So many false alarms and misses of each kind, to read.")] = 0,
) -> None:
    """Print two tables: findings in right translations, and planted errors caught."""
    with reported_errors():
        pairs = list(_pairs(data / refs))
        names = glossary.load()
        alarms: Counter[str] = Counter()
        typer.echo(f"{len(pairs)} right translations of {refs}\n\n| finding | sentences | share |\n|---|---|---|")
        wrong = 0
        for th, en, context in pairs:
            said = findings(th, en, names, context)
            alarms.update({kind for kind, _ in said})
            wrong += bool(said)
            if said and show:
                typer.echo(f"<!-- {said} {en} -->")
        for kind, count in [*alarms.most_common(), ("any", wrong)]:
            typer.echo(f"| {kind} | {count} | {100 * count / len(pairs):.1f}% |")
        typer.echo("\n| planted error | sentences | caught | share |\n|---|---|---|---|")
        for name, plant in PLANTS.items():
            rng = random.Random(0)
            tried = caught = missed = 0
            for th, en, context in pairs:
                spoilt = plant(th, en, rng, names)
                if spoilt is None:
                    continue
                tried += 1
                new = findings(th, spoilt, names, context) - findings(th, en, names, context)
                caught += bool(new)
                if not new and missed < show:
                    missed += 1
                    typer.echo(f"<!-- {name}: {spoilt} -->")
            typer.echo(f"| {name} | {tried} | {caught} | {100 * caught / max(tried, 1):.1f}% |")


def findings(th: str, en: str, names: Glossary, context: str) -> set[tuple[str, str]]:
    """Kinds and messages of the warnings and errors that `check` has about a translation."""
    found = [*check_translation(th, en, Field.SUMMARY_EN, 0), *check_names(th, en, names, Field.SUMMARY_EN, 0, context)]
    return {(f.kind.value, f.message) for f in found if f.severity is not Severity.INFO}


def _pairs(file: Path) -> Iterator[tuple[str, str, str]]:
    for record in files.load(str(file)).records:
        context = thai.normalize(f"{record['title_th']}\n{record['body_th']}")
        yield thai.normalize(record["title_th"]), record["title_en"], context
        for th, en in zip(record["summary_th"], record["summary_en"], strict=True):
            yield thai.normalize(th), en, context


def _digit(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    """One digit of one figure, not its first, so that no figure grows a zero in front."""
    found = list(_FIGURE.finditer(en))
    if not found:
        return None
    match = rng.choice(found)
    places = [n for n, c in enumerate(match[0]) if c.isdigit() and (n or len(match[0]) == 1)]
    place = rng.choice(places)
    other = rng.choice([d for d in "123456789" if d != match[0][place]])
    return _put(en, match, match[0][:place] + other + match[0][place + 1 :])


def _tenfold(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    found = [m for m in _FIGURE.finditer(en) if not _YEAR.match(m[0])]
    if not found:
        return None
    match = rng.choice(found)
    return _put(en, match, f"{int(match[0].replace(',', '')) * 10:,}")


def _thousandfold(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    match = _UNIT.search(en)
    return _put(en, match, {"million": "billion", "billion": "million"}[match[0]]) if match else None


def _buddhist(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    match = _YEAR.search(en)
    return (
        _put(en, match, str(int(match[0]) + 543))
        if match and str(int(match[0]) + 543) in thai.arabic_digits(th)
        else None
    )


def _year(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    match = _YEAR.search(en)
    return _put(en, match, str(int(match[0]) + rng.choice([-1, 1]))) if match else None


def _month(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    match = _MONTH.search(en)
    if not match:
        return None
    return _put(en, match, rng.choice([m for m in ENGLISH_MONTHS if m != match[0].lower()]).capitalize())


def _name(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    """Another body of the same kind in the place of one that the Thai names."""
    called = {m.term for m in names.in_thai(th) if m.term.kind in CHECKED}
    found = [m for m in names.in_english(en) if m.term in called]
    if not found:
        return None
    mention = rng.choice(found)
    own = mention.text.lower()  # ASEAN is still there in ASEAN Charter
    others = [t for t in names.terms if t.kind == mention.term.kind and t not in called and own not in t.en.lower()]
    return en[: mention.start] + rng.choice(others).en + en[mention.end :] if others else None


def _clause(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    """The second half left out."""
    words = en.split()
    return " ".join(words[: len(words) // 2]).rstrip(",;") + "." if len(words) >= 16 else None


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


PLANTS: dict[str, Plant] = {
    "one digit": _digit,
    "figure × 10": _tenfold,
    "million ↔ billion": _thousandfold,
    "Buddhist year left": _buddhist,
    "year off by one": _year,
    "another month": _month,
    "another body's name": _name,
    "second half left out": _clause,
}

if __name__ == "__main__":
    typer.run(main)

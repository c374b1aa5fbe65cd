"""`make bench-check DATA=DIR`: does the check find planted errors, and leave right translations alone?

Right translations are the headlines and summary sentences of gold_dev.jsonl, and 200 paragraphs of the official
bilingual press releases that were read and found right (`data/read_paragraphs.txt` has the hashes of their rows). An
error is planted into one of them at a time, wherever its kind fits; it is caught when `verify` says something of the
right kind that it did not say before.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from evaluation import data as files
from pipeline import thai, verify
from pipeline.article import Field, Kind, Severity
from pipeline.cli import reported_errors
from pipeline.facts import compare, names_tsv
from pipeline.facts.calendars import FULL_ENGLISH_MONTHS
from pipeline.facts.english_facts import english_facts
from pipeline.facts.glossary import CHECKED, PLACES, Glossary
from pipeline.facts.thai_facts import thai_facts
from pipeline.textsplit import english_sentences
from pipeline.verify import Place

PARAGRAPHS = Path("parallel") / "thaigov_bilingual_paras.tsv"
READ = Path(__file__).parent / "data" / "read_paragraphs.txt"
"""SHA-256, first 16 digits, of `Thai<TAB>English` of each paragraph that was read."""

MILLION = 1_000_000
SPEED_ARTICLES = 1_500
"""News articles that have a million characters together."""

Plant = Callable[[str, str, random.Random, Glossary], str | None]
"""(Thai, right English) -> English with one error, or None where there is nothing to spoil."""
_FIGURE = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?![\d])|(?<![\w.,/:-])\d+(?![\w/:-]|[.,]\d)")
_YEAR = re.compile(r"(?<![\d.,/-])20[0-3]\d(?![\d.,/-]*\d)")
_MONTH = re.compile("|".join(name for name in FULL_ENGLISH_MONTHS if name != "May") + r"|(?<=\d )May\b")
_UNIT = re.compile(r"\b(million|billion)\b")
_NOT = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|must|may) (not)\b|\bcan(not)\b"
)
NUMBERS = frozenset([Kind.NUMBER_MISSING, Kind.NUMBER_ADDED, Kind.NUMBER_CHANGED])
DATES = frozenset([Kind.DATE_MISSING, Kind.DATE_ADDED, Kind.DATE_CHANGED, Kind.BUDDHIST_YEAR])
FIGURES = NUMBERS | DATES
NAMES = frozenset([Kind.NAME_MISSING, Kind.NAME_ADDED, Kind.NAME_CHANGED])
DENIALS = frozenset([Kind.NEGATION_MISSING, Kind.NEGATION_ADDED])
LEFT_OUT = frozenset([Kind.SHORT_OUTPUT, Kind.NUMBER_MISSING, Kind.DATE_MISSING, Kind.NAME_MISSING, *DENIALS])
FAMILIES = {"numbers, dates and years": FIGURES, "names": NAMES, "denials": DENIALS}
Said = set[tuple[Kind, str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A right translation, and the article that it is from, if it is known."""

    th: str
    en: str
    context: str
    origin: str


def main(
    data: Annotated[Path, typer.Option(help="The folder with gold_dev.jsonl and, if you have it, parallel/.")],
    refs: Annotated[str, typer.Option(help="Which of its files.")] = "gold_dev.jsonl",
    speed: Annotated[bool, typer.Option(help="Also time a million characters of thai_news.jsonl.xz.")] = False,
    show: Annotated[int, typer.Option(help="So many false alarms and misses of each kind, to read.")] = 0,
) -> None:
    """Print tables: findings in right translations, planted errors caught, precision and recall by kind."""
    with reported_errors():
        names = names_tsv.load()
        pairs = [*_sentences(data / refs), *_paragraphs(data / PARAGRAPHS)]
        clean = [findings(pair.th, pair.en, names, pair.context) for pair in pairs]
        for origin in dict.fromkeys(pair.origin for pair in pairs):
            own = [(pair, said) for pair, said in zip(pairs, clean, strict=True) if pair.origin == origin]
            _print_alarms(origin, own, show)
        caught = _print_planted(pairs, clean, names, show)
        typer.echo("\n| kind of finding | precision | recall |\n|---|---|---|")
        for family, kinds in FAMILIES.items():
            tried, found = (sum(caught[name][n] for name in PLANTS if PLANTS[name][1] <= kinds) for n in range(2))
            false = sum(bool({kind for kind, _ in said} & kinds) for said in clean)
            typer.echo(f"| {family} | {_share(found, found + false)} | {_share(found, tried)} |")
        if speed:
            _print_speed(data / "thai_news.jsonl.xz", names)


def findings(th: str, en: str, names: Glossary, context: str) -> Said:
    """Kinds and messages of the warnings and errors that `verify` has about a translation."""
    found = verify.translation(th, en, names, Place(Field.SUMMARY_EN, 0), context)
    return {(f.kind, f.message) for f in found if f.severity is not Severity.INFO}


def _print_alarms(origin: str, own: list[tuple[Pair, Said]], show: int) -> None:
    sentences = sum(len(english_sentences(pair.en)) for pair, _ in own)
    typer.echo(f"\n{len(own)} right translations of {origin}, {sentences} English sentences\n")
    typer.echo("| finding | number | of the sentences |\n|---|---|---|")
    alarms = Counter(kind.value for _, said in own for kind, _ in said)
    for kind, count in [*alarms.most_common(), ("any", alarms.total())]:
        typer.echo(f"| {kind} | {count} | {100 * count / max(sentences, 1):.1f}% |")
    for pair, said in [(pair, said) for pair, said in own if said][:show]:
        typer.echo(f"<!-- {sorted(message for _, message in said)}: {pair.en} -->")


def _print_planted(pairs: list[Pair], clean: list[Said], names: Glossary, show: int) -> dict[str, tuple[int, int]]:
    """The table, and for each error how often it was tried and caught."""
    typer.echo("\n| planted error | tried | caught | share |\n|---|---|---|---|")
    counts = {}
    for name, (plant, kinds) in PLANTS.items():
        rng = random.Random(0)
        tried = caught = missed = 0
        for pair, before in zip(pairs, clean, strict=True):
            spoilt = plant(pair.th, pair.en, rng, names)
            if spoilt is None:
                continue
            tried += 1
            new = {kind for kind, _ in findings(pair.th, spoilt, names, pair.context) - before}
            caught += bool(new & kinds)
            if not new & kinds and missed < show:
                missed += 1
                typer.echo(f"<!-- {name}: {spoilt} -->")
        typer.echo(f"| {name} | {tried} | {caught} | {100 * caught / max(tried, 1):.1f}% |")
        counts[name] = tried, caught
    return counts


def _print_speed(file: Path, names: Glossary) -> None:
    """The parser keeps what it has read: each text is read once."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        bodies = (json.loads(line)["body"] for line in lines)
        text = thai.normalize("\n".join(islice(bodies, SPEED_ARTICLES)))[:MILLION]
    for what, read in ((f"{len(names.terms):,} names", names.in_thai), ("facts", thai_facts)):
        start = time.perf_counter()
        count = len(read(text))
        typer.echo(f"\n{len(text):,} characters, {what}: {count:,} found in {time.perf_counter() - start:.2f} s")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}% ({part}/{whole})" if whole else "–"


def _sentences(file: Path) -> Iterator[Pair]:
    for record in files.load(str(file)).records:
        context = thai.normalize(f"{record['title_th']}\n{record['body_th']}")
        yield Pair(thai.normalize(record["title_th"]), record["title_en"], context, file.name)
        for th, en in zip(record["summary_th"], record["summary_en"], strict=True):
            yield Pair(thai.normalize(th), en, context, file.name)


def _paragraphs(file: Path) -> Iterator[Pair]:
    """The paragraphs that were read; none where the file is not there."""
    if not file.is_file():
        return
    read = set(READ.read_text(encoding="utf-8").split())
    for line in file.read_text(encoding="utf-8").split("\n")[1:]:
        if hashlib.sha256(line.encode()).hexdigest()[:16] in read:
            th, en = line.split("\t")
            yield Pair(thai.normalize(th), en, "", file.name)


def _digit(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    """One digit of one figure, not its first, so that no figure grows a zero in front."""
    found = _figures(en)
    if not found:
        return None
    match = rng.choice(found)
    places = [n for n, c in enumerate(match[0]) if c.isdigit() and (n or len(match[0]) == 1)]
    place = rng.choice(places)
    other = rng.choice([d for d in "123456789" if d != match[0][place]])
    return _put(en, match, match[0][:place] + other + match[0][place + 1 :])


def _tenfold(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    found = [m for m in _figures(en) if not _YEAR.match(m[0])]
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
    return _put(en, match, rng.choice([m for m in FULL_ENGLISH_MONTHS if m != match[0]]))


def _name(kinds: frozenset[str], th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    """Another body, place, … of the same kind in the place of one that the Thai names."""
    called = {m.term for m in names.in_thai(th) if m.term.kind in kinds}
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


def _sentence(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    """One sentence of a paragraph left out."""
    sentences = english_sentences(en)
    if len(sentences) < 2:
        return None
    gone = rng.randrange(len(sentences))
    return " ".join(sentence for n, sentence in enumerate(sentences) if n != gone)


def _denial(th: str, en: str, rng: random.Random, names: Glossary) -> str | None:
    found = list(_NOT.finditer(en))
    if not found:
        return None
    match = rng.choice(found)
    return _put(en, match, match[0].replace("not", "").strip())


def _figures(en: str) -> list[re.Match[str]]:
    """Figures that say something: no parts of names (COVID-19), of codes or of addresses."""
    facts = [f for f in english_facts(en) if compare.required(f) and f.kind not in ("phone", "document")]
    return [m for m in _FIGURE.finditer(en) if any(f.start <= m.start() and m.end() <= f.end for f in facts)]


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


PLANTS: dict[str, tuple[Plant, frozenset[Kind]]] = {
    "one digit": (_digit, FIGURES),
    "figure × 10": (_tenfold, FIGURES),
    "million ↔ billion": (_thousandfold, NUMBERS),
    "Buddhist year left": (_buddhist, DATES),
    "year off by one": (_year, FIGURES),
    "another month": (_month, DATES),
    "another body's name": (partial(_name, CHECKED), NAMES),
    "another province or district": (partial(_name, PLACES), NAMES),
    "another country": (partial(_name, frozenset(["country"])), NAMES),
    "another rank": (partial(_name, frozenset(["rank"])), NAMES),
    "not left out": (_denial, DENIALS),
    "one sentence left out": (_sentence, LEFT_OUT),
    "second half left out": (_clause, LEFT_OUT),
}
"""Each error, and the kinds of finding that are right about it."""

if __name__ == "__main__":
    typer.run(main)

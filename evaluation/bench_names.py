"""`make bench-names`: how near PyThaiNLP's romanisation comes to the spelling that officials use themselves.

The table is that of the glossary's persons, whose spelling is known. Engines that need a library or a download that is
not here are left out and named.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import typer
from rapidfuzz.distance import Levenshtein

from pipeline.cli import reported_errors
from pipeline.facts import names_tsv, people
from pipeline.facts.places import skeleton

ENGINES = ("royin", "lookup", "tltk", "thai2rom", "thai2rom_onnx")


def main() -> None:
    """Print a table with a row for each engine."""
    os.environ["PYTHAINLP_OFFLINE"] = "1"  # no download that nobody asked for
    with reported_errors():
        officials = [(t.names[0], t.en) for t in names_tsv.load().terms if t.kind == "person"]
        typer.echo(f"{len(officials)} officials\n\n| engine | as spelled | letters alike | consonants alike |")
        typer.echo("|---|---|---|---|")
        left_out = [engine for engine in ENGINES if not _row(engine, officials)]
        if left_out:
            typer.echo(f"\nnot here: {', '.join(left_out)}")
        found = sum(_found(thai, english) for thai, english in officials)
        typer.echo(f"\nfound by their consonants in a sentence: {found} of {len(officials)}")


def _row(engine: str, officials: list[tuple[str, str]]) -> bool:
    from pythainlp.transliterate import romanize

    try:
        written = [" ".join(romanize(word, engine=engine) for word in thai.split()) for thai, _ in officials]
    except Exception as error:  # what an engine raises without its library or its weights is its own affair
        typer.echo(f"{engine}: {str(error).strip().splitlines()[0]}", err=True)
        return False
    pairs = [(ours.lower(), english.lower()) for ours, (_, english) in zip(written, officials, strict=True)]
    exact = sum(ours == english for ours, english in pairs)
    letters = _mean(pairs, lambda text: text)
    consonants = _mean(pairs, skeleton)
    typer.echo(f"| {engine} | {exact} | {letters:.2f} | {consonants:.2f} |")
    return True


def _mean(pairs: list[tuple[str, str]], form: Callable[[str], str]) -> float:
    return sum(Levenshtein.normalized_similarity(form(a), form(b)) for a, b in pairs) / len(pairs)


def _found(thai: str, english: str) -> bool:
    return any(people.spelling(person, f"On Monday {english} said") for person in people.in_thai(f"นาย{thai} กล่าว"))


if __name__ == "__main__":
    typer.run(main)

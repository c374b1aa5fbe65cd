"""Files of official names. The shipped ones are `data/glossary/*.tsv` in this package, of our own writing; a user's
come first. Columns:

    th        the Thai name
    en        the official English name, without "the"
    th_other  other Thai names, short forms and abbreviations, with | between them; may be empty
    en_other  other right English renderings and acronyms; may be empty
    en_wrong  renderings that are wrong here, such as another body's name; may be empty
    kind      ministry, department, royal, rank, ...
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline import thai
from pipeline.errors import ConfigError
from pipeline.facts import places
from pipeline.facts.glossary import Glossary
from pipeline.facts.terms import Term

SHIPPED = Path(__file__).parent.parent / "data" / "glossary"
COLUMNS = ("th", "en", "th_other", "en_other", "en_wrong", "kind")
REQUIRED = ("th", "en")


def load(files: Sequence[Path] = ()) -> Glossary:
    """The shipped names, and before them those of a user's files, which win.

    Raises:
        ConfigError: a file cannot be read, lacks a column, or gives one Thai name two English ones.
    """
    return _load(tuple((file, file.stat().st_mtime_ns if file.is_file() else 0) for file in files))


@lru_cache(4)
def _load(files: tuple[tuple[Path, int], ...]) -> Glossary:
    own = [term for file, _ in files for term in read(file)]
    shipped = [term for file in sorted(SHIPPED.glob("*.tsv")) for term in read(file)]
    _agree(own)
    taken = {name for term in own for name in term.names}
    kept = [_without(term, taken) for term in (*shipped, *places.terms()) if not set(term.names) <= taken]
    return Glossary([*own, *kept])


def read(file: Path) -> list[Term]:
    """The terms of one TSV file, in order.

    Raises:
        ConfigError: with file and line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
            lacking = [c for c in REQUIRED if c not in (rows.fieldnames or ())]
            if lacking:
                raise ConfigError(
                    f"{file}: a glossary needs the columns {' and '.join(REQUIRED)} with tabs between; "
                    f"{lacking[0]!r} is missing"
                )
            return [
                _term(row, f"{file.name}:{rows.line_num}", file) for row in rows if any((row.get("th") or "").strip())
            ]
    except OSError as error:
        raise ConfigError(f"glossary {file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"glossary {file}: is not UTF-8; save it as UTF-8") from error


def _term(row: dict[str, Any], where: str, file: Path) -> Term:
    def several(column: str) -> list[str]:
        return [name.strip() for name in str(row.get(column) or "").split("|") if name.strip()]

    names, right = several("th") + several("th_other"), several("en") + several("en_other")
    if not right:
        raise ConfigError(f"{file}:{where.rpartition(':')[2]}: {names[0]} has no English name")
    return Term(
        tuple(map(thai.normalize, names)), tuple(right), tuple(several("en_wrong")), row.get("kind") or "", where
    )


def _agree(terms: Iterable[Term]) -> None:
    known: dict[str, Term] = {}
    for term in terms:
        for name in term.names:
            other = known.setdefault(name, term)
            if other.en != term.en:
                raise ConfigError(f"glossary: {name} is {other.en!r} in {other.where} and {term.en!r} in {term.where}")


def _without(term: Term, taken: set[str]) -> Term:
    left = tuple(name for name in term.names if name not in taken)
    return Term(left, term.right, term.wrong, term.kind, term.where)

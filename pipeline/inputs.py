"""From the command line's INPUT arguments to articles that still have to be read.

The id of an article is its file's stem, or its record's `id`, made safe and unique:

1. Unicode NFC; every run of characters other than letters, digits, Thai marks, `_`, `.` and `-`
   becomes one `-`; dots, dashes and spaces at either end go; at most 60 characters; `article` if
   nothing is left; a name that Windows reserves (`con`, `nul`, ...) gets a `_` in front.
2. The first article of an id keeps it; later ones, in input order and without regard to case, get
   the next free of `-2`, `-3`, ... (`a/1.txt`, `b/1.txt` -> `1`, `1-2`) and a finding says so.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from pipeline.article import Article, Field, Finding, Kind, Origin, Record, Severity
from pipeline.errors import UsageError

COLUMNS = ("id", "title", "body", "date", "url")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def parse_columns(text: str | None) -> dict[str, str]:
    """`title=title_th,body=body_th` as a mapping from all our names to the file's.

    Raises:
        UsageError: a pair is malformed or names an unknown field.
    """
    return {name: name for name in COLUMNS} | column_pairs(text, COLUMNS)


def column_pairs(text: str | None, names: Sequence[str]) -> dict[str, str]:
    """The pairs of `FIELD=COLUMN,FIELD=COLUMN` that are given, with every FIELD one of `names`.

    Raises:
        UsageError: a pair is malformed or names an unknown field.
    """
    columns: dict[str, str] = {}
    for pair in filter(None, (text or "").split(",")):
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not equals or ours not in names or not theirs:
            raise UsageError(f"--columns {pair!r}: write FIELD=COLUMN with FIELD one of {', '.join(names)}")
        columns[ours] = theirs
    return columns


def discover(inputs: Sequence[str], columns: Mapping[str, str], stdin: BinaryIO) -> Iterator[Article]:
    """Articles in input order; files in a folder are sorted by path. Nothing but JSONL is read here."""
    taken: set[str] = set()
    for origin, name in _origins(inputs, columns, stdin):
        wanted = safe_id(name)
        article_id, number = wanted, 1
        while article_id.casefold() in taken:
            number += 1
            article_id = f"{wanted}-{number}"
        taken.add(article_id.casefold())
        article = Article(article_id, origin)
        if number > 1:
            message = f"The id {wanted} was already taken by an earlier input, so this article is {article_id}."
            article = article.with_findings(Finding(Kind.DUPLICATE_ID, Severity.INFO, Field.SOURCE, None, message))
        yield article


def count(inputs: Sequence[str]) -> int:
    """How many articles `discover` will give; a JSONL file is counted by its lines."""
    total = 0
    for name in inputs:
        path = Path(name)
        if os.path.isdir(name):
            total += sum(1 for _ in _files(path))
        elif path.suffix == ".jsonl" and os.access(path, os.R_OK):
            with path.open("rb") as handle:
                total += sum(1 for line in handle if line.strip())
        else:
            total += 1
    return total


def safe_id(name: str) -> str:
    """`name` as a file name that every system takes; see the rule at the top of this module."""
    text = unicodedata.normalize("NFC", name)
    text = re.sub(r"[^\w.\-\u0e01-\u0e4e]+", "-", text).strip(".- ")[:60].strip(".- ")
    text = text or "article"
    return f"_{text}" if _RESERVED.match(text) else text


def _origins(inputs: Sequence[str], columns: Mapping[str, str], stdin: BinaryIO) -> Iterator[tuple[Origin, str]]:
    for name in inputs:
        path = Path(name)
        if name == "-":
            yield Origin("-", data=stdin.read()), "stdin"
        elif os.path.isdir(name):
            for file in _files(path):
                yield Origin(_shown(file), file=file), _shown(file.stem)
        elif path.suffix == ".jsonl" and os.path.isfile(name):
            yield from _records(path, columns)
        else:
            yield Origin(_shown(path), file=path), _shown(path.stem)


def _shown(path: str | Path) -> str:
    """A path as text that can be written out, also where its bytes are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(p for p in folder.rglob("*.txt") if p.is_file()))


def _records(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[Origin, str]]:
    try:
        with path.open("rb") as handle:
            for number, line in enumerate(handle, start=1):
                if line.strip():
                    yield _record(line, f"{path}:{number}", f"{path.stem}-{number}", columns)
    except OSError as error:
        yield Origin(str(path), problem=f"cannot be read: {error.strerror}"), path.stem


def _record(line: bytes, where: str, fallback: str, columns: Mapping[str, str]) -> tuple[Origin, str]:
    """One JSONL line as an origin and the id that it asks for; a bad line becomes a `problem`."""
    try:
        data = json.loads(line)
        if not isinstance(data, dict):
            raise ValueError("a line must be a JSON object")
        missing = [columns[f] for f in ("id", "title", "body") if columns[f] not in data]
        if missing:
            raise ValueError(f"no column {', '.join(missing)}; map others with --columns title=NAME,body=NAME")
        fields = {f: data.get(columns[f]) for f in COLUMNS}
        if not isinstance(fields["id"], str | int):
            raise ValueError(f"{columns['id']} must be text or a whole number")
        odd = [columns[f] for f in COLUMNS[1:] if not isinstance(fields[f], str | None)]
        if odd:
            raise ValueError(f"{', '.join(odd)} must be text")
        texts = {f: v for f, v in fields.items() if isinstance(v, str)}
        record = Record(texts.get("title", ""), texts.get("body", ""), texts.get("date"), texts.get("url"))
        json.dumps(
            fields, ensure_ascii=False
        ).encode()  # half a surrogate pair in an escape could never be written out again
    except (ValueError, RecursionError) as error:  # JSONDecodeError and the Unicode errors are ValueErrors
        return Origin(where, problem=f"not a usable record: {error}"), fallback
    return Origin(where, record=record), str(fields["id"])

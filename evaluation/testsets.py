"""Test sets for one model: pairs to translate, documents to summarise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.data import Data, require
from evaluation.errors import DataError
from evaluation.items import Sentences
from evaluation.references import check_language, parse
from pipeline import thai

USUAL = {"title": ("title", "title_th"), "body": ("body", "text", "body_th"),
         "reference": ("reference", "summary", "summary_th")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """A Thai segment and its English reference."""

    id: str
    th: str
    en: Sentences


@dataclass(frozen=True, slots=True)
class Document:
    """An article and its reference summaries."""

    id: str
    title: str
    body: str
    references: tuple[Sentences, ...]


def read_pairs(data: Data, columns: Mapping[str, str]) -> list[Pair]:
    """Pairs from columns `th` and `en`; two lists of equal length are as many pairs.

    Raises:
        DataError: a column is missing, empty or in the wrong language; with file and line.
    """
    th, en = columns.get("th", "th"), columns.get("en", "en")
    _mapped(data, columns)
    pairs: list[Pair] = []
    for index, record in enumerate(data.records):
        where = data.where(index)
        require(data, index, (th, en), record)
        name = _name(record.get(columns.get("id", "id")), data, index)
        sources, targets = _listed(record[th], where, th), _listed(record[en], where, en)
        if len(sources) != len(targets):
            raise DataError(f"{where}: {len(sources)} texts in {th}, {len(targets)} in {en}; they must be as many")
        for n, (source, target) in enumerate(zip(sources, targets, strict=True), start=1):
            if not source.strip() or not target.strip():
                raise DataError(f"{where}: {th if not source.strip() else en} is empty")
            check_language(source, "th", where, th)
            check_language(target, "en", where, en)
            pairs.append(Pair(f"{name}.{n}" if len(sources) > 1 else name, thai.normalize(source), (target.strip(),)))
    _unique([p.id for p in pairs], data)
    return pairs


def read_documents(data: Data, columns: Mapping[str, str]) -> list[Document]:
    """Documents from `id`, `title`, `body` and `reference`, or the names that public sets use.

    Raises:
        DataError: a column is missing, or a reference is not Thai; with file and line.
    """
    documents: list[Document] = []
    _mapped(data, columns)
    for index, record in enumerate(data.records):
        where = data.where(index)
        body, reference = (_column(record, name, columns, where) for name in ("body", "reference"))
        title = record.get(columns.get("title", "")) or next((record[c] for c in USUAL["title"] if record.get(c)), "")
        name = _name(record.get(columns.get("id", "id")), data, index)
        references = parse(record[reference], where, reference)
        if not references:
            raise DataError(f"{where}: {reference} is empty")
        for one in references:
            check_language(" ".join(one), "th", where, reference)
        documents.append(Document(name, _text(title, where, "title"), _text(record[body], where, body), references))
    _unique([d.id for d in documents], data)
    return documents


def _column(record: Mapping[str, Any], name: str, columns: Mapping[str, str], where: str) -> str:
    usual = (columns[name],) if name in columns else USUAL[name]
    found = next((c for c in usual if record.get(c) is not None), None)
    if found is None:
        has = ", ".join(k for k, v in record.items() if v is not None)
        raise DataError(f"{where}: no column {' or '.join(usual)}; it has {has}; name it with --columns {name}=COLUMN")
    return found


def _name(value: Any, data: Data, index: int) -> str:
    """The id that the record has, or else the line it stands on."""
    return str(value if value is not None else data.lines[index] if data.lines else index + 1)


def _listed(value: Any, where: str, name: str) -> list[str]:
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(v, str) for v in found):
        raise DataError(f"{where}: {name} must be text or a list of texts")
    return found


def _text(value: Any, where: str, name: str) -> str:
    """Text, or paragraphs of one."""
    return "\n".join(_listed(value, where, name))


def _mapped(data: Data, columns: Mapping[str, str]) -> None:
    """Every column that `--columns` names is in some record.

    Raises:
        DataError: one is in none.
    """
    known = {name for record in data.records for name in record}
    for ours, theirs in columns.items():
        if theirs not in known:
            raise DataError(f"{data.name}: no column {theirs} (for {ours}); it has {', '.join(sorted(known))}")


def _unique(ids: list[str], data: Data) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise DataError(f"{data.name}: id {name} stands more than once; keep one")
        seen.add(name)

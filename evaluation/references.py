"""References by id and field, checked: languages, shapes, duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluation.data import Data
from evaluation.errors import DataError
from evaluation.items import Lang, Sentences
from pipeline.inputs import safe_id

FIELDS: dict[str, Lang] = {"summary_th": "th", "summary_en": "en", "title_en": "en", "body_en": "en"}
RIGHT_SCRIPT: dict[Lang, float] = {"th": 0.1, "en": 0.5}
"""Share of letters of its own script below which a reference is in the wrong language. Thai sentences about
foreign names go down to 0.16 (NTREX-128)."""
A_NAME = 30
"""Letters of any script that a reference may have unasked: a foreign name or saying can stand alone (NTREX-128 has
one in French)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The references of one article by field, and the article itself where the file holds it."""

    id: str
    texts: dict[str, tuple[Sentences, ...]]
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class References:
    """All references of a file; `find` also knows the file-safe form of an id."""

    by_id: dict[str, Reference]
    _safe: dict[str, Reference] = field(default_factory=dict)

    def find(self, article_id: str) -> Reference | None:
        """The reference of that id, or the one from whose id the pipeline made that file name."""
        return self.by_id.get(article_id) or self._safe.get(article_id)


def read_references(data: Data) -> References:
    """References from records with `id` and any of `summary_th`, `summary_en`, `title_en`, `body_en`.

    Raises:
        DataError: a record has no id or none of the fields, an id stands twice, or a text has the wrong
            shape or language; with file and line.
    """
    found: dict[str, Reference] = {}
    first: dict[str, str] = {}
    for index, record in enumerate(data.records):
        where = data.where(index)
        if record.get("id") is None or not str(record["id"]).strip():
            raise DataError(f"{where}: no id; it has {', '.join(record) or 'nothing'}")
        name = str(record["id"])
        if name in found:
            raise DataError(f"{where}: id {name} was already at {first[name]}; keep one")
        texts = {f: parse(record[f], where, f) for f in FIELDS if record.get(f) is not None}
        texts = {f: t for f, t in texts.items() if any(any(r) for r in t)}
        if not texts:
            raise DataError(f"{where}: none of {', '.join(FIELDS)}; it has {', '.join(record)}")
        for name_of_field, several in texts.items():
            for one in several:
                check_language(" ".join(one), FIELDS[name_of_field], where, name_of_field)
        found[name] = Reference(name, texts, _text(record, "title_th"), _body(record))
        first[name] = where
    return References(found, _by_file_name(found.values()))


def _by_file_name(references: Iterable[Reference]) -> dict[str, Reference]:
    """References by the name that `pipeline.inputs` gives an article of their id.

    Raises:
        DataError: two ids would have the same; which brief is whose could not be told.
    """
    found: dict[str, Reference] = {}
    for reference in references:
        name = safe_id(reference.id)
        if name in found:
            raise DataError(
                f"ids {found[name].id} and {reference.id} both become the file name {name}; rename one in the input "
                "of the run and in the references"
            )
        found[name] = reference
    return found


def parse(value: Any, where: str, name: str) -> tuple[Sentences, ...]:
    """One or more references: a string or a list of strings is one, a list of lists several.

    Raises:
        DataError: it is neither.
    """
    if isinstance(value, str):
        return ((value.strip(),),) if value.strip() else ()
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return (tuple(value),) if any(v.strip() for v in value) else ()
    if isinstance(value, list) and all(isinstance(v, list) and all(isinstance(s, str) for s in v) for v in value):
        return tuple(tuple(v) for v in value if any(s.strip() for s in v))
    raise DataError(f"{where}: {name} must be text, a list of sentences, or a list of such lists")


def check_language(text: str, lang: Lang, where: str, name: str) -> None:
    """Refuse a reference that is plainly in the other language.

    Raises:
        DataError: with file, line and column.
    """
    letters = [c for c in text if c.isalpha()]
    mine = sum("\u0e01" <= c <= "\u0e4e" if lang == "th" else c.isascii() for c in letters)
    if len(letters) > A_NAME and mine < RIGHT_SCRIPT[lang] * len(letters):
        wanted = {"th": "Thai", "en": "English"}[lang]
        share = f"{mine / len(letters):.0%}"
        raise DataError(f"{where}: {name} is not {wanted} ({share} of its letters are): {text[:60]}")


def match(ids: Sequence[str], references: References, *, allow_missing: bool, failed: Mapping[str, str]) -> list[str]:
    """The ids that have both an output and references, in the order of the references.

    Raises:
        DataError: the ids do not match (unless `allow_missing`), or none does.
    """
    by_reference: dict[str, str] = {}
    for name in ids:
        reference = references.find(name)
        if reference is not None and reference.id in by_reference:
            raise DataError(f"{by_reference[reference.id]} and {name} are both outputs for reference {reference.id}")
        if reference is not None:
            by_reference[reference.id] = name
    without_reference = [i for i in ids if references.find(i) is None]
    without_output = [r for r in references.by_id if r not in by_reference]
    if not by_reference:
        raise DataError(
            f"no id of the run is among the references: the run has {_some(ids)}; "
            f"the references have {_some([*references.by_id])}"
        )
    if (without_reference or without_output) and not allow_missing:
        parts = []
        if without_output:
            note = f" ({sum(r in failed for r in without_output)} of them failed in the run)" if failed else ""
            parts.append(f"{len(without_output)} reference(s) without an output{note}: {_some(without_output)}")
        if without_reference:
            parts.append(f"{len(without_reference)} output(s) without a reference: {_some(without_reference)}")
        raise DataError(f"{'; '.join(parts)}. To score the {len(by_reference)} that match: --allow-missing")
    return [by_reference[r] for r in references.by_id if r in by_reference]


def _some(names: Sequence[str], shown: int = 10) -> str:
    rest = f" and {len(names) - shown} more" if len(names) > shown else ""
    return f"{', '.join(names[:shown]) or 'none'}{rest}"


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _body(record: Mapping[str, Any]) -> str:
    """The article's text: the lead is often the body's own beginning."""
    lead, body = _text(record, "lead_th"), _text(record, "body_th")
    return body if lead[:60] in body else f"{lead}\n{body}"

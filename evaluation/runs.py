"""The briefs of a pipeline run, read back and checked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from pipeline.engines.local import FAILURES


@dataclass(frozen=True, slots=True)
class Run:
    """The briefs of a folder by id, and the ids that failed with their reasons."""

    folder: Path
    briefs: dict[str, dict[str, Any]]
    failed: dict[str, str]

    def described(self) -> dict[str, Any]:
        """What a report says of the run: counts, findings by kind, models."""
        briefs = list(self.briefs.values())
        findings = Counter(f["kind"] for b in briefs for f in b.get("findings", []))
        return {
            "folder": str(self.folder),
            "briefs": len(briefs),
            "failed": len(self.failed),
            "review": sum(b.get("status") == "review" for b in briefs),
            "findings": dict(findings.most_common()),
            "models": briefs[0].get("models", {}),
            "pipeline": briefs[0].get("pipeline", {}),
        }


def read_run(folder: Path) -> Run:
    """The briefs of an output folder.

    Raises:
        DataError: there are none, or one of them is damaged; with the file.
    """
    briefs: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            brief = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"{file}: not a whole brief ({error}); run that article again") from error
        if not isinstance(brief, dict) or "article_id" not in brief:
            raise DataError(f"{file}: not a brief: it has no article_id")
        _check_shape(brief, file)
        name = str(brief["article_id"])
        if name in briefs:
            raise DataError(f"{file}: article_id {name} stands in another brief of {folder} too")
        briefs[name] = brief
    if not briefs:
        raise DataError(f"{folder}: no brief in it; make some with python -m pipeline run --out {folder}")
    return Run(folder, briefs, _failures(folder / FAILURES))


def _check_shape(brief: Mapping[str, Any], file: Path) -> None:
    def texts(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(s, str) for s in value)

    def records(value: Any, *keys: str) -> bool:
        return isinstance(value, list) and all(isinstance(v, dict) and texts([v.get(k) for k in keys]) for v in value)

    right = {
        "title_th": isinstance(brief.get("title_th"), str),
        "title_en": isinstance(brief.get("title_en"), str),
        "summary_th": texts(brief.get("summary_th")),
        "summary_en": texts(brief.get("summary_en")),
        "body": records(brief.get("body", []), "th", "en"),
        "findings": records(brief.get("findings", []), "kind"),
        "source": isinstance(brief.get("source", {}), dict),
    }
    odd = [name for name, ok in right.items() if not ok]
    try:
        json.dumps(brief, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair could never be written out again
        odd.append("a character that is none")
    if odd:
        raise DataError(f"{file}: not a brief: {', '.join(odd)} is missing or odd")


def _failures(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {str(r["article_id"]): str(r["reason"]) for r in records}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file}: not the record of failures that a run writes ({error})") from error

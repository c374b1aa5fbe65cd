"""The same development sets under two configs: what an adapter, or any other change, has brought."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.tables import cell

SHOWN = ("BLEU", "chrF++", "ROUGE-1 newmm F", "ROUGE-2 newmm F", "ROUGE-L newmm F", "ROUGE-1 xlsum F",
         "ROUGE-2 xlsum F", "ROUGE-L xlsum F", "fact P", "fact R", "flagged")  # fmt: skip


def rows(after: Path, before: Path) -> list[dict[str, str]]:
    """One row for each shown metric of each field of each set, from two --out folders of `evaluation.results`.

    Raises:
        DataError: a report of `before` is missing or damaged.
    """
    return [row for name in sorted(p.name for p in after.iterdir() if p.is_dir()) for row in _rows(name, after, before)]


def _rows(name: str, after: Path, before: Path) -> list[dict[str, str]]:
    files = (after / name / "report.json", after / name / "evaluation" / "report.json")
    file = next((f for f in files if f.is_file()), None)
    if file is None:
        return []
    tracks, earlier = _tracks(file), _tracks(before / file.relative_to(after))
    then = {t["name"]: t for t in earlier}
    found = []
    for track in tracks:
        same = {m["signature"] for m in then[track["name"]]["metrics"]}
        # Scores of other rules are no before and after.
        for metric in (m for m in track["metrics"] if m["name"] in SHOWN and m["signature"] in same):
            scores = [t["systems"][t["main"]].get(metric["name"]) for t in (then[track["name"]], track)]
            old, new = (cell(score, percent=metric["percent"]) for score in scores)
            found.append(
                {
                    "set": f"{name}: {track['name']}", "n": str(track["size"]), "metric": metric["name"],
                    "before": old, "after": new, "signature": metric["signature"],
                }
            )  # fmt: skip
    return found


def _tracks(file: Path) -> list[dict[str, Any]]:
    try:
        tracks: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["tracks"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{file}: cannot be read; score the earlier config first: {error}") from error
    return tracks

"""Runs beside each other: the last look of each at the dev sets, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError


def markdown(runs: Sequence[Path]) -> str:
    """A table with one row for each run folder, in the order given: loss and generated score of each dev set.

    Raises:
        UsageError: a folder holds no run, or one that has not looked at its dev sets yet.
    """
    looks = [_last_look(run) for run in runs]
    names = list(dict.fromkeys(name for look in looks for name in look["dev"]))
    rows = [["run", "tokens", "minutes", *(f"{name}: loss, score" for name in names)]]
    rows.append(["---"] * len(rows[0]))
    for run, look in zip(runs, looks, strict=True):
        cells = [f"{d['loss']:.3f}, {d['score']:.1f}" if d else "–" for d in map(look["dev"].get, names)]
        rows.append([run.name, f"{look['tokens']:,}", f"{look['seconds'] / 60:.1f}", *cells])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _last_look(run: Path) -> dict[str, Any]:
    try:
        lines = (run / "log.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{run}: no run is here: log.jsonl: {error.strerror}") from error
    looks = [record for record in map(json.loads, lines) if "dev" in record]
    if not looks:
        raise UsageError(f"{run}: it has not looked at its dev sets yet; let `train` go on")
    return dict(looks[-1])

"""From scores to `report.json`'s tracks, and from those to the tables that people read."""

from __future__ import annotations

import math
from typing import Any

from evaluation import baselines
from evaluation.metrics.base import Column
from evaluation.scoring import HEADLINES, PRIMARY, REFERENCE, Scores

SIGNIFICANT = 0.05
CEILINGS = (REFERENCE, "oracle")
"""Systems that have seen the reference: they do not compete."""


def track_json(scores: Scores) -> dict[str, Any]:
    """A track as `report.json` has it; an undefined score is null."""
    main = scores.track.systems[scores.track.main]
    return {
        "name": scores.track.name,
        "size": scores.track.size,
        "main": scores.track.main,
        "primary": PRIMARY[scores.track.lang],
        "metrics": [
            {
                "name": c.name, "better": c.better, "percent": c.percent, "shown": is_shown(c),
                "signature": scores.signatures[c.name],
            }
            for c in scores.columns
        ],
        "systems": {
            system: {
                name: {"value": number(i.value), "low": number(i.low), "high": number(i.high), "n": i.count}
                for name, i in row.items()
            }
            for system, row in scores.table.items()
        },
        "p_against_main": {
            system: {name: number(p) for name, p in row.items()} for system, row in scores.p_values.items()
        },
        "baselines": {s: baselines.signatures()[s] for s in scores.table if s in baselines.signatures()},
        "items": [
            {"id": item.id, **{name: number(float(values[n])) for name, values in scores.items.items()}}
            for n, item in enumerate(main)
        ],
    }  # fmt: skip


def table(track: dict[str, Any]) -> dict[str, Any]:
    """Rows of metrics, columns of systems, from a track of `report.json`; `best` counts systems from 0."""
    systems = track["systems"]
    metrics = [m for m in track["metrics"] if m["shown"]]
    return {
        "name": track["name"],
        "size": track["size"],
        "primary": track["primary"],
        "systems": list(systems),
        "rows": [
            {
                "name": m["name"],
                "direction": {1: "↑", -1: "↓", 0: ""}[m["better"]],
                "cells": [cell(row.get(m["name"]), percent=m["percent"]) for row in systems.values()],
                "best": _best(systems, m),
            }
            for m in metrics
        ],
        "signatures": {m["name"]: m["signature"] for m in metrics},
    }


def beaten_by(track: dict[str, Any]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """For each headline metric, the baselines that beat the main system, and those ahead of it by chance perhaps.

    To beat is a better score with p < 0.05 in the paired bootstrap. What sentences of the article win by being
    sentences of the article (`fact P`, `flagged` of Thai summaries) is left out.
    """
    systems, main = track["systems"], track["main"]
    beat: dict[str, list[str]] = {}
    ahead: dict[str, list[str]] = {}
    for metric in track["metrics"]:
        name = metric["name"]
        values = {s: metric["better"] * v for s, v in _values(systems, name).items()}
        trivial = "lead-1" in systems and name in ("fact P", "flagged")
        if trivial or main not in values or not any(name in names for names in HEADLINES.values()):
            continue
        for system, value in values.items():
            if system not in (main, *CEILINGS) and value > values[main]:
                p = track["p_against_main"].get(system, {}).get(name)
                group = beat if p is not None and p < SIGNIFICANT else ahead
                group.setdefault(name, []).append(system)
    return beat, ahead


def cell(score: dict[str, float | None] | None, *, percent: bool) -> str:
    """A score with its interval as `31.2 [29.0, 33.1]`; `31.2 (n=3)` of few items; a dash where it is undefined."""
    if score is None or score["value"] is None:
        return "–"
    digits = 1 if percent else 2
    if score["low"] is None:
        return f"{score['value']:.{digits}f} (n={score['n']})"
    return f"{score['value']:.{digits}f} [{score['low']:.{digits}f}, {score['high']:.{digits}f}]"


def terminal_rows(scores: Scores) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The headline metrics, and each system with its values of them, for a table in the terminal."""
    columns = [c for name in HEADLINES[scores.track.lang] for c in scores.columns if c.name == name]
    rows = []
    for system, found in scores.table.items():
        values = [found[c.name].value if c.name in found else math.nan for c in columns]
        rows.append((system, ["–" if math.isnan(v) else f"{v:.1f}" for v in values]))
    return [c.name for c in columns], rows


def is_shown(column: Column) -> bool:
    """Whether a table shows the score; ROUGE's and BERTScore's precision and recall are in the JSON only."""
    return not (column.name.startswith(("ROUGE", "BERTScore")) and column.name.endswith((" P", " R")))


def number(value: float) -> float | None:
    """NaN as null: JSON has no other word for it."""
    return None if math.isnan(value) else value


def _best(systems: dict[str, Any], metric: dict[str, Any]) -> int | None:
    values = {s: metric["better"] * v for s, v in _values(systems, metric["name"]).items() if s not in CEILINGS}
    if not metric["better"] or len(values) < 2:
        return None
    return list(systems).index(max(values, key=lambda s: values[s]))


def _values(systems: dict[str, Any], name: str) -> dict[str, float]:
    return {s: row[name]["value"] for s, row in systems.items() if name in row and row[name]["value"] is not None}

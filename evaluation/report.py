"""A scored evaluation as `report.json`, `report.md` and one self-contained `report.html`."""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from evaluation import plots
from evaluation.items import Item
from evaluation.metrics.base import Array, Column
from evaluation.metrics.faithfulness import agreements
from evaluation.metrics.style import errors
from evaluation.resampling import Interval
from evaluation.scoring import HEADLINES, PRIMARY, REFERENCE, Comparison, Scores
from pipeline.flow import project_version
from pipeline.steps.write import atomic_write

EXTREMES = 10
"""Best and worst articles that the page shows."""
SOURCE_SHOWN = 1_500
"""Characters of a source that the page shows; it says how many there are."""
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Report:
    """All that is written: what was scored, with what, and the scores of each track."""

    title: str
    command: str
    data: dict[str, Any]
    run: dict[str, Any]
    seed: int
    resamples: int
    scores: list[Scores]
    notes: list[str] = field(default_factory=list)

    def head(self) -> dict[str, Any]:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        return {
            "format": FORMAT, "title": self.title, "command": self.command, "created": now,
            "version": project_version(), "seed": self.seed, "resamples": self.resamples,
            "data": self.data, "run": self.run, "notes": self.notes,
        }  # fmt: skip


def write(report: Report, out: Path) -> list[Path]:
    """Write the three files and return their paths.

    Raises:
        OutputError: the folder cannot be written.
    """
    head = report.head()
    tracks = [_track_json(s) for s in report.scores]
    page = {**head, "tracks": [_track_page(s) for s in report.scores]}
    files = {
        "report.json": json.dumps({**head, "tracks": tracks}, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "report.md": _environment(html=False).get_template("report.md.j2").render(page),
        "report.html": _environment(html=True).get_template("report.html.j2").render(page),
    }
    for name, text in files.items():
        atomic_write(out / name, text)
    return [out / name for name in files]


def write_comparison(head: dict[str, Any], tracks: dict[str, list[Comparison]], out: Path) -> list[Path]:
    """Write `compare.json` and `compare.md` and return their paths."""
    records = {
        name: [
            {
                "metric": c.column.name, "a": _number(c.a), "b": _number(c.b),
                "difference": _number(c.difference.value), "low": _number(c.difference.low),
                "high": _number(c.difference.high), "p_bootstrap": _number(c.difference.p_bootstrap),
                "p_randomisation": _number(c.difference.p_randomisation), "signature": c.signature,
            }
            for c in comparisons
        ]
        for name, comparisons in tracks.items()
    }  # fmt: skip
    shown = {name: [c for c in cs if is_shown(c.column)] for name, cs in tracks.items()}
    files = {
        "compare.json": json.dumps({**head, "tracks": records}, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "compare.md": _environment(html=False).get_template("compare.md.j2").render({**head, "tracks": shown}),
    }
    for name, text in files.items():
        atomic_write(out / name, text)
    return [out / name for name in files]


def is_shown(column: Column) -> bool:
    """Whether a table shows the score; ROUGE's and BERTScore's precision and recall are in the JSON only."""
    return not (column.name.startswith(("ROUGE", "BERTScore")) and column.name.endswith((" P", " R")))


def shown(interval: Interval | None, column: Column) -> str:
    """A score with its interval as `31.2 [29.0, 33.1]`, a dash where it is undefined."""
    if interval is None or math.isnan(interval.value):
        return "–"
    digits = 1 if column.percent else 2
    if math.isnan(interval.low):
        return f"{interval.value:.{digits}f}"
    return f"{interval.value:.{digits}f} [{interval.low:.{digits}f}, {interval.high:.{digits}f}]"


def _track_json(scores: Scores) -> dict[str, Any]:
    main = scores.track.systems[scores.track.main]
    return {
        "name": scores.track.name,
        "size": scores.track.size,
        "primary": PRIMARY[scores.track.lang],
        "systems": {
            system: {
                name: {"value": _number(i.value), "low": _number(i.low), "high": _number(i.high)}
                for name, i in row.items()
            }
            for system, row in scores.table.items()
        },
        "signatures": scores.signatures,
        "items": [
            {"id": item.id, **{name: _number(float(values[n])) for name, values in scores.items.items()}}
            for n, item in enumerate(main)
        ],
    }


def _track_page(scores: Scores) -> dict[str, Any]:
    """What the templates show of a track."""
    track, primary = scores.track, PRIMARY[scores.track.lang]
    main = track.systems[track.main]
    columns = [c for c in scores.columns if is_shown(c)]
    systems = list(scores.table)
    values = scores.items[primary]
    order = sorted(range(len(main)), key=lambda n: (math.isnan(values[n]), -values[n], main[n].id))
    half = min(EXTREMES, (len(order) + 1) // 2)
    lengths = np.array([float(len(i.source_text)) for i in main])
    others: dict[str, Array] = {
        s: scores.per_system[s] for s in ("lead-3", "copy", "dictionary") if s in scores.per_system
    }
    return {
        "name": track.name,
        "lang": track.lang,
        "size": track.size,
        "primary": primary,
        "systems": systems,
        "rows": [
            {
                "name": c.name,
                "direction": {1: "↑", -1: "↓", 0: ""}[c.better],
                "cells": [shown(scores.table[s].get(c.name), c) for s in systems],
                "best": _best(scores, c),
            }
            for c in columns
        ],
        "signatures": {c.name: scores.signatures[c.name] for c in columns},
        "distribution": plots.distribution(primary, {track.main: values, **others}),
        "against_length": plots.against_length(primary, values, lengths) if lengths.any() else "",
        "best": [_example(scores, n) for n in order[:half]],
        "worst": [_example(scores, n) for n in order[::-1][: len(order) - half][:EXTREMES]],
    }


def _best(scores: Scores, column: Column) -> int | None:
    """Which system's cell is the best; none for a description, and references and the oracle do not compete."""
    names = list(scores.table)
    found = [
        (column.better * row[column.name].value, -n)
        for n, (s, row) in enumerate(scores.table.items())
        if s not in (REFERENCE, "oracle") and column.name in row and not math.isnan(row[column.name].value)
    ]
    return -max(found)[1] if found and column.better and len(names) > 1 else None


def _example(scores: Scores, index: int) -> dict[str, Any]:
    item: Item = scores.track.systems[scores.track.main][index]
    source = item.source_text
    facts = agreements(source, item.text, scores.track.lang) if source else {}
    return {
        "id": item.id,
        "score": f"{scores.items[PRIMARY[scores.track.lang]][index]:.1f}",
        "source": source[:SOURCE_SHOWN],
        "cut": len(source) if len(source) > SOURCE_SHOWN else 0,
        "references": item.references,
        "hypothesis": item.hypothesis,
        "facts": {kind: f"{a[0]}/{a[1]} supported, {a[2]}/{a[3]} kept" for kind, a in facts.items() if a[1] or a[3]},
        "errors": sorted(set(errors(item, scores.track.lang))) if item.source else [],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


@cache
def _environment(*, html: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("evaluation"), autoescape=html, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.filters["cell"] = _cell
    environment.filters["p"] = lambda p: "–" if math.isnan(p) else "<0.001" if p < 0.001 else f"{p:.3f}"
    environment.filters["signed"] = lambda x: "–" if math.isnan(x) else f"{x:+.2f}"
    environment.filters["plain"] = lambda x: "–" if math.isnan(x) else f"{x:.2f}"
    return environment


def terminal_rows(scores: Scores) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The headline metrics, and each system with its values of them, for a table in the terminal."""
    columns = [c for name in HEADLINES[scores.track.lang] for c in scores.columns if c.name == name]
    rows = []
    for system, found in scores.table.items():
        values = [found[c.name].value if c.name in found else math.nan for c in columns]
        rows.append((system, ["–" if math.isnan(v) else f"{v:.1f}" for v in values]))
    return [c.name for c in columns], rows

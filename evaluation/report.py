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

from evaluation import plots, tables
from evaluation.items import Item
from evaluation.metrics.base import Array
from evaluation.metrics.faithfulness import agreements
from evaluation.metrics.style import errors
from evaluation.scoring import PRIMARY, Comparison, Scores
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
    tracks = [tables.track_json(s) for s in report.scores]
    page = {**head, "tracks": [_track_page(s, t) for s, t in zip(report.scores, tracks, strict=True)]}
    files = {
        "report.json": json.dumps({**head, "tracks": tracks}, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "report.md": environment(html=False).get_template("report.md.j2").render(page),
        "report.html": environment(html=True).get_template("report.html.j2").render(page),
    }
    for name, text in files.items():
        atomic_write(out / name, text)
    return [out / name for name in files]


def write_comparison(head: dict[str, Any], tracks: dict[str, list[Comparison]], out: Path) -> list[Path]:
    """Write `compare.json` and `compare.md` and return their paths."""
    records = {
        name: [
            {
                "metric": c.column.name, "a": tables.number(c.a), "b": tables.number(c.b),
                "difference": tables.number(c.difference.value), "low": tables.number(c.difference.low),
                "high": tables.number(c.difference.high), "p_bootstrap": tables.number(c.difference.p_bootstrap),
                "p_randomisation": tables.number(c.difference.p_randomisation), "signature": c.signature,
            }
            for c in comparisons
        ]
        for name, comparisons in tracks.items()
    }  # fmt: skip
    shown = {name: [c for c in cs if tables.is_shown(c.column)] for name, cs in tracks.items()}
    files = {
        "compare.json": json.dumps({**head, "tracks": records}, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "compare.md": environment(html=False).get_template("compare.md.j2").render({**head, "tracks": shown}),
    }
    for name, text in files.items():
        atomic_write(out / name, text)
    return [out / name for name in files]


def _track_page(scores: Scores, track_json: dict[str, Any]) -> dict[str, Any]:
    """What the templates show of a track: its table, plots, and best and worst articles."""
    track, primary = scores.track, PRIMARY[scores.track.lang]
    main = track.systems[track.main]
    values = scores.items[primary]
    order = sorted(range(len(main)), key=lambda n: (math.isnan(values[n]), -values[n], main[n].id))
    half = min(EXTREMES, (len(order) + 1) // 2)
    lengths = np.array([float(len(i.source_text)) for i in main])
    others: dict[str, Array] = {
        s: scores.per_system[s] for s in ("lead-3", "copy", "dictionary") if s in scores.per_system
    }
    return {
        **tables.table(track_json),
        "lang": track.lang,
        "distribution": plots.distribution(primary, {track.main: values, **others}),
        "against_length": plots.against_length(primary, values, lengths) if lengths.any() else "",
        "best": [_example(scores, n) for n in order[:half]],
        "worst": [_example(scores, n) for n in order[::-1][: len(order) - half][:EXTREMES]],
    }


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


@cache
def environment(*, html: bool) -> jinja2.Environment:
    """The templates; HTML is escaped, Markdown table cells have the filter `cell`."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("evaluation"), autoescape=html, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    made.filters["cell"] = lambda text: text.replace("|", "\\|").replace("\n", " ")
    made.filters["p"] = lambda p: "–" if math.isnan(p) else "<0.001" if p < 0.001 else f"{p:.3f}"
    made.filters["signed"] = lambda x: "–" if math.isnan(x) else f"{x:+.2f}"
    made.filters["plain"] = lambda x: "–" if math.isnan(x) else f"{x:.2f}"
    return made

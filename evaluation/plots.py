"""Small SVG plots for the report. They hold numbers and fixed labels only, no text of articles."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from evaluation.metrics.base import Array

WIDTH, HEIGHT = 5.2, 2.8
"""Inches."""


def distribution(name: str, scores: Mapping[str, Array]) -> str:
    """A histogram of single items' scores, one outline for each system."""
    figure, axes = _axes(name, "articles")
    everything = np.concatenate([s[~np.isnan(s)] for s in scores.values()])
    if len(everything):
        edges = np.linspace(min(0.0, float(everything.min())), max(float(everything.max()), 1.0), 21)
        for n, (system, values) in enumerate(scores.items()):
            axes.hist(values[~np.isnan(values)], bins=edges, label=system, histtype="stepfilled" if n == 0 else "step",
                      color=f"C{n}", alpha=0.55 if n == 0 else 1.0)  # fmt: skip
        axes.legend(frameon=False, fontsize=8)
    return _svg(figure)


def against_length(name: str, scores: Array, lengths: Array) -> str:
    """Single items' scores against the length of their source in characters (logarithmic)."""
    figure, axes = _axes("characters of the source", name)
    known = ~np.isnan(scores) & (lengths > 0)
    if known.any():
        axes.set_xscale("log")
        axes.scatter(lengths[known], scores[known], s=14, alpha=0.6)
    return _svg(figure)


def _axes(x: str, y: str):  # type: ignore[no-untyped-def]
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(x, fontsize=9)
    axes.set_ylabel(y, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure) -> str:  # type: ignore[no-untyped-def]
    text = svg(figure, transparent=True)
    return text[text.index("<svg") :]


def svg(figure: Any, **options: Any) -> str:
    """A matplotlib figure as SVG, the same text for the same figure; labels stay text."""
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "thai-brief", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, **options)
    return buffer.getvalue()

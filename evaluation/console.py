"""What the evaluation shows in a terminal: progress, and tables that fit eighty columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from evaluation.scoring import Comparison, Scores
from evaluation.tables import is_shown, terminal_rows
from pipeline.cli import console_for


def print_scores(scores: Scores) -> None:
    """The headline scores of every system of a track; the report has all of them."""
    headlines, rows = terminal_rows(scores)
    table = Table(title=f"{scores.track.name} ({scores.track.size} scored)", title_justify="left")
    table.add_column("system", no_wrap=True)
    for name in headlines:
        table.add_column(name, justify="right")
    for system, cells in rows:
        table.add_row(system, *cells)
    console_for(stderr=False).print(table)


def print_comparison(found: dict[str, list[Comparison]], a: Path, b: Path) -> None:
    """Each shown metric of both runs, the difference, its interval and both p-values."""
    for name, comparisons in found.items():
        table = Table(title=escape(f"{name}: A {a}, B {b}"), title_justify="left")
        for heading in ("metric", "A", "B", "A - B", "95% interval", "p boot", "p rand"):
            table.add_column(heading, no_wrap=heading == "metric", justify="left" if heading == "metric" else "right")
        for c in filter(lambda c: is_shown(c.column), comparisons):
            d = c.difference
            table.add_row(
                c.column.name, f"{c.a:.2f}", f"{c.b:.2f}", f"{d.value:+.2f}", f"{d.low:+.2f}, {d.high:+.2f}",
                f"{d.p_bootstrap:.3f}", f"{d.p_randomisation:.3f}",
            )  # fmt: skip
        console_for(stderr=False).print(table)


def print_path(path: Path) -> None:
    """A path on one line, however long, to be copied."""
    console_for(stderr=False).print(str(path), soft_wrap=True, markup=False, highlight=False)


@contextmanager
def spinner(what: str) -> Iterator[Callable[[str], None]]:
    """A spinner that says what is being computed."""
    columns = (SpinnerColumn(), TextColumn(what), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console_for(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda text: bar.update(task, description=text)


@contextmanager
def counter(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar over so many outputs."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console_for(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)

"""`make bench-eval`: the embedded model and every baseline on the development sets, into RESULTS.md.

Every figure comes from a command that is written beside it; the reports of those commands stay under --out.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from evaluation import tables
from evaluation.errors import EvaluationError
from evaluation.report import environment
from pipeline.cli import reported_errors, tell
from pipeline.flow import project_version
from pipeline.steps.write import atomic_write

RESULTS = Path(__file__).parent / "RESULTS.md"


def main(
    data: Annotated[Path, typer.Option(help="The folder with gold_dev.jsonl, ntrex_dev.tsv and parallel/.")],
    config: Annotated[str, typer.Option(help="Which models.")] = "configs/default.yaml",
    out: Annotated[Path, typer.Option(help="Where the briefs and reports go.")] = Path("out/bench-eval"),
    results: Annotated[Path, typer.Option(help="The file to write.")] = RESULTS,
    limit: Annotated[int | None, typer.Option(help="Of each set, to try it out.", show_default=False)] = None,
) -> None:
    """Run and score a config on the development sets; write one page of tables."""
    with reported_errors():
        parts = [_part(title, commands, report, limit) for title, commands, report in _plan(data, config, out)]
        page = environment(html=False).get_template("results.md.j2").render(
            date=datetime.now(UTC).date().isoformat(), version=project_version(), config=config, parts=parts,
            command=f"make bench-eval DATA={data}", limit=limit, cores=len(os.sched_getaffinity(0)),
        )  # fmt: skip
        atomic_write(results, page)
        tell(f"written: {results}")


def _plan(data: Path, config: str, out: Path) -> list[tuple[str, list[list[str]], Path]]:
    """(title, commands, folder of the report) for each development set."""
    gold, briefs = data / "gold_dev.jsonl", out / "gold_dev"
    run = ["pipeline", "run", str(gold), "--columns", "title=title_th,body=body_th"]

    def translation(title: str, name: str, file: Path, *more: str) -> tuple[str, list[list[str]], Path]:
        command = ["evaluation", "translation", "--pairs", str(file), *more]
        return title, [[*command, "--config", config, "--similarity", "--out", str(out / name)]], out / name

    return [
        (
            "Whole briefs of government news (gold_dev)",
            [
                [*run, "--config", config, "--out", str(briefs)],
                ["evaluation", "score", str(briefs), "--refs", str(gold), "--ter", "--similarity"],
            ],
            briefs / "evaluation",
        ),
        translation(
            "Translation alone, government news: the reference summaries of gold_dev", "gold_sentences", gold,
            "--columns", "th=summary_th,en=summary_en",
        ),
        translation(
            "Headlines alone, government news: the headlines of gold_dev", "gold_headlines", gold,
            "--columns", "th=title_th,en=title_en", "--task", "headline",
        ),
        translation("Translation alone, world news (NTREX-128, first half)", "ntrex_dev", data / "ntrex_dev.tsv"),
        translation(
            "Translation alone, wiki text (FLORES-200 dev)", "flores_dev", data / "parallel" / "flores_dev.tsv"
        ),
    ]  # fmt: skip


def _part(title: str, commands: list[list[str]], folder: Path, limit: int | None) -> dict[str, Any]:
    for command in commands:
        extra = ["--limit", str(limit)] if limit and command[0] == "evaluation" else []
        line = [sys.executable, "-m", *command, *extra]
        tell(f"$ python {shlex.join(line[1:])}")
        if code := subprocess.run(line, stdout=subprocess.DEVNULL).returncode:
            raise EvaluationError(f"python {shlex.join(line[1:])} ended with exit code {code}")
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return {
        "title": title,
        "commands": [shlex.join(["python", "-m", *c]) for c in commands],
        "data": report["data"],
        "run": report["run"],
        "tracks": [tables.table(t) | {"beaten": tables.beaten_by(t), "main": t["main"]} for t in report["tracks"]],
    }


if __name__ == "__main__":
    typer.run(main)

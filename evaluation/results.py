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

from evaluation import progress, tables
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
    before: Annotated[
        Path | None, typer.Option(help="The --out of another config, to compare with.", show_default=False)
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Of each set, to try it out.", show_default=False)] = None,
) -> None:
    """Run and score a config on the development sets; write one page of tables."""
    with reported_errors():
        parts = [_part(title, commands, report) for title, commands, report in _plan(data, config, out, limit)]
        compared = progress.rows(out, before) if before else []
        check = ["evaluation.bench_check", "--data", str(data)]
        page = environment(html=False).get_template("results.md.j2").render(
            date=datetime.now(UTC).date().isoformat(), version=project_version(), config=config, parts=parts,
            command=f"make bench-eval DATA={data}", limit=limit, cores=os.cpu_count(), compared=compared,
            checks=_printed(check), check_command=shlex.join(["python", "-m", *check]),
        )  # fmt: skip
        atomic_write(results, page)
        tell(f"written: {results}")


def _plan(data: Path, config: str, out: Path, limit: int | None) -> list[tuple[str, list[list[str]], Path]]:
    """(title, commands, folder of the report) for each development set."""
    gold, briefs = _cut(data / "gold_dev.jsonl", out, limit), out / "gold_dev"
    run = ["pipeline", "run", str(gold), "--columns", "title=title_th,body=body_th"]
    few = ["--limit", str(limit)] if limit else []

    def translation(title: str, name: str, file: Path, *more: str) -> tuple[str, list[list[str]], Path]:
        command = ["evaluation", "translation", "--pairs", str(file), *more, *few]
        return title, [[*command, "--config", config, "--similarity", "--out", str(out / name)]], out / name

    return [
        (
            "Whole briefs of government news (gold_dev)",
            [
                [*run, "--config", config, "--out", str(briefs)],
                ["evaluation", "score", str(briefs), "--refs", str(gold), "--ter", "--similarity", "--allow-missing"],
            ],
            briefs / "evaluation",
        ),
        translation(
            "Translation alone, government news: the reference summaries of gold_dev", "gold_sentences", gold,
            "--columns", "th=summary_th,en=summary_en",
        ),
        translation(
            "Translation alone, government news: the leads of gold_dev", "gold_leads", gold,
            "--columns", "th=lead_th,en=lead_en",
        ),
        translation(
            "Headlines alone, government news: the headlines of gold_dev", "gold_headlines", gold,
            "--columns", "th=title_th,en=title_en", "--task", "headline",
        ),
        translation(
            "Headlines alone, official English versions (docpairs_dev)", "docpair_titles", data / "docpairs_dev.jsonl",
            "--columns", "th=title_th,en=title_en", "--task", "headline",
        ),
        translation("Translation alone, world news (NTREX-128, first half)", "ntrex_dev", data / "ntrex_dev.tsv"),
        translation(
            "Translation alone, wiki text (FLORES-200 dev)", "flores_dev", data / "parallel" / "flores_dev.tsv"
        ),
    ]  # fmt: skip


def _cut(file: Path, out: Path, limit: int | None) -> Path:
    """The file, or a copy of its first lines: a trial should not run the whole pipeline."""
    if limit is None:
        return file
    short = out / file.name
    short.parent.mkdir(parents=True, exist_ok=True)
    short.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:limit]), encoding="utf-8")
    return short


def _printed(command: list[str]) -> str:
    """What a command of ours prints, its headings one level down."""
    done = subprocess.run([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise EvaluationError(f"{shlex.join(['python', '-m', *command])} ended with exit code {done.returncode}")
    return done.stdout.strip()


def _part(title: str, commands: list[list[str]], folder: Path) -> dict[str, Any]:
    for command in commands:
        line = shlex.join(["python", "-m", *command])
        tell(f"$ {line}")
        code = subprocess.run([sys.executable, "-m", *command], stdout=subprocess.DEVNULL).returncode
        # A run in which single articles failed exits with 1, and its briefs are scored all the same.
        if code and (code, command[0]) != (1, "pipeline"):
            raise EvaluationError(f"{line} ended with exit code {code}")
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    tracks = []
    for track in report["tracks"]:
        beat, ahead = tables.beaten_by(track)
        tracks.append(tables.table(track) | {"beat": beat, "ahead": ahead})
    commands_shown = [shlex.join(["python", "-m", *c]) for c in commands]
    return {"title": title, "commands": commands_shown, "data": report["data"], "run": report["run"],
            "notes": report["notes"], "tracks": tracks}  # fmt: skip


if __name__ == "__main__":
    typer.run(main)

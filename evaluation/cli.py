"""The command line of the evaluation; the only place for progress bars and exit codes.

Exit codes: 0 scored; 1 the data or a tool is not what it should be, or outputs and references do not match;
2 wrong usage; 130 interrupted. Progress and messages go to standard error, tables to standard output.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli import reported_errors, tell

if TYPE_CHECKING:
    from evaluation.jobs import Settings

app = typer.Typer(
    name="evaluation",
    help="Scores for Thai summaries and English translations: trusted, comparable, reproducible.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Limit = Annotated[int | None, typer.Option(min=1, help="Score only the first so many.", show_default=False)]
Seed = Annotated[int, typer.Option(min=0, help="Of the resampling and of the random baseline.")]
Resamples = Annotated[int, typer.Option(min=100, help="Bootstrap and randomisation samples.")]
Similarity = Annotated[
    bool, typer.Option("--similarity", help="Also similarity of embeddings: slow, a model reads all texts.")
]
Ter = Annotated[bool, typer.Option("--ter/--no-ter", help="TER: slow on whole summaries.")]
BertScoreOption = Annotated[
    str | None,
    typer.Option("--bertscore", help="Also BERTScore: a hub id, FOLDER:LAYER, or `default`.", show_default=False),
]
CometOption = Annotated[
    Path | None,
    typer.Option("--comet", help="Also COMET, with the Python of an environment that has it.", show_default=False),
]
CometModel = Annotated[str, typer.Option("--comet-model", help="A model whose licence suits you.")]
Glossary = Annotated[
    list[Path] | None,
    typer.Option("--dictionary", help="More entries (TSV: th, en) for the dictionary baseline.", show_default=False),
]
Baselines = Annotated[bool, typer.Option("--baselines/--no-baselines", help="Score the baselines beside it.")]
AllowMissing = Annotated[bool, typer.Option("--allow-missing", help="Score the ids that match, leave the others.")]
ConfigOption = Annotated[Path, typer.Option("--config", help="A config file, or the name of a shipped one.")]
Columns = Annotated[
    str | None, typer.Option(help="Other column names, e.g. reference=abstract,body=text.", show_default=False)
]
COMET_MODEL = "Unbabel/wmt22-comet-da"


@app.command()
def score(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="The --out folder of a pipeline run.")],
    refs: Annotated[
        str, typer.Option(help="JSONL or Parquet: id and any of summary_th, summary_en, title_en, body_en.")
    ],
    out: Annotated[Path | None, typer.Option(help="Default: RUN_DIR/evaluation.", show_default=False)] = None,
    allow_missing: AllowMissing = False,
    baselines: Baselines = True,
    limit: Limit = None,
    seed: Seed = 12345,
    resamples: Resamples = 1000,
    similarity: Similarity = False,
    ter: Ter = False,
    bertscore: BertScoreOption = None,
    comet: CometOption = None,
    comet_model: CometModel = COMET_MODEL,
    dictionary: Glossary = None,
) -> None:
    """Score the briefs of a pipeline run against references."""
    from evaluation import jobs

    with reported_errors():
        settings = _settings(out or run_dir / "evaluation", [run_dir], seed, resamples, similarity, ter, bertscore,
                             comet, comet_model)  # fmt: skip
        glossaries = tuple(dictionary or ()) if baselines else None
        jobs.score(run_dir, refs, settings, allow_missing=allow_missing, limit=limit, glossaries=glossaries)


@app.command()
def translation(
    pairs: Annotated[
        str, typer.Option(help="TSV, JSONL or Parquet with columns th and en, or a public set (see `sets`).")
    ],
    config: ConfigOption = Path("configs/default.yaml"),
    out: Annotated[Path | None, typer.Option(help="Default: out/translation-NAME.", show_default=False)] = None,
    task: Annotated[Literal["translate", "headline"], typer.Option(help="Which prompt and lengths.")] = "translate",
    columns: Columns = None,
    baselines: Baselines = True,
    limit: Limit = None,
    seed: Seed = 12345,
    resamples: Resamples = 1000,
    similarity: Similarity = False,
    ter: Ter = True,
    bertscore: BertScoreOption = None,
    comet: CometOption = None,
    comet_model: CometModel = COMET_MODEL,
    dictionary: Glossary = None,
) -> None:
    """Run just the translator of a config over a test set, and score it."""
    from evaluation import jobs
    from pipeline.inputs import column_pairs

    with reported_errors():
        folder = out or Path("out") / f"{task}-{Path(pairs).stem}"
        settings = _settings(folder, [], seed, resamples, similarity, ter, bertscore, comet, comet_model)
        glossaries = tuple(dictionary or ()) if baselines else None
        mapping = column_pairs(columns, ("id", "th", "en"))
        jobs.translation(pairs, config, task, settings, mapping=mapping, limit=limit, glossaries=glossaries)


@app.command()
def summarization(
    data: Annotated[
        str,
        typer.Option(help="JSONL, TSV or Parquet with id, title, body and reference (or summary), or a public set."),
    ],
    config: ConfigOption = Path("configs/default.yaml"),
    out: Annotated[Path | None, typer.Option(help="Default: out/summarization-NAME.", show_default=False)] = None,
    columns: Columns = None,
    baselines: Baselines = True,
    limit: Limit = None,
    seed: Seed = 12345,
    resamples: Resamples = 1000,
    similarity: Similarity = False,
    bertscore: BertScoreOption = None,
) -> None:
    """Run just the summarizer of a config over a test set, and score it."""
    from evaluation import jobs
    from pipeline.inputs import column_pairs

    with reported_errors():
        folder = out or Path("out") / f"summarization-{Path(data).stem}"
        settings = _settings(folder, [], seed, resamples, similarity, False, bertscore, None, COMET_MODEL)
        mapping = column_pairs(columns, ("id", "title", "body", "reference"))
        jobs.summarization(data, config, settings, mapping=mapping, limit=limit, with_baselines=baselines)


@app.command()
def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="The --out folder of one pipeline run.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="And of another over the same articles.")],
    refs: Annotated[str, typer.Option(help="As for `score`.")],
    out: Annotated[
        Path | None, typer.Option(help="Also write compare.json and compare.md.", show_default=False)
    ] = None,
    allow_missing: AllowMissing = False,
    limit: Limit = None,
    seed: Seed = 12345,
    resamples: Resamples = 1000,
    similarity: Similarity = False,
    ter: Ter = False,
) -> None:
    """Is A better than B? Paired bootstrap and approximate randomisation over the same articles."""
    from evaluation import jobs

    with reported_errors():
        settings = _settings(out, [run_a, run_b], seed, resamples, similarity, ter, None, None, COMET_MODEL)
        jobs.compare(run_a, run_b, refs, settings, allow_missing=allow_missing, limit=limit)


@app.command()
def sets() -> None:
    """List the public test sets that can be named, with their licences."""
    from evaluation.public_sets import SETS

    for known in SETS.values():
        typer.echo(known.name)
        for label, value in (
            ("for", known.kind),
            ("licence", known.licence),
            ("hub", known.repository),
            ("what", known.note),
        ):
            typer.echo(f"  {label:<8} {value}")


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A public set (see `sets`).")],
    file: Annotated[Path, typer.Argument(help="Where to save it, as .jsonl.")],
) -> None:
    """Save a public set as JSONL, with its revision and licence beside it, for a machine without a network."""
    from evaluation import data

    with reported_errors():
        if file.suffix != ".jsonl":
            raise typer.BadParameter(f"{file}: save it as .jsonl")
        found = data.fetch(name, file)
        tell(f"{len(found.records)} records of {name}, revision {found.revision}, licence {found.licence}: {file}")


def main() -> None:
    """Entry point of `python -m evaluation`."""
    app()


def _settings(
    out: Path | None, runs: Sequence[Path], seed: int, resamples: int, similarity: bool, ter: bool,
    bertscore: str | None, comet: Path | None, comet_model: str,
) -> Settings:  # fmt: skip
    """What the scoring needs, checked before anything is computed: libraries, and a folder that can be written.

    Raises:
        ToolMissing, OutputError: with the way out. UsageError: a report would lie among a run's briefs.
    """
    import importlib.util

    from evaluation.errors import DataError, ToolMissing
    from evaluation.jobs import Settings
    from evaluation.scoring import Options
    from pipeline.errors import UsageError

    needed = ("sacrebleu", "rouge_score", "rapidfuzz", "sumy", "matplotlib")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise ToolMissing(f"evaluation needs {', '.join(missing)}: pip install 'thai-brief[eval]'")
    absent = next((run for run in runs if not run.is_dir()), None)
    if absent is not None:
        raise DataError(f"{absent}: no such folder; a run's --out is wanted")
    if out is not None:
        if any(out.resolve() == run.resolve() for run in runs):
            raise UsageError(f"--out {out}: a report is not put among the briefs of a run; name another folder")
        _check_writable(out)
    command = shlex.join(["python", "-m", "evaluation", *sys.argv[1:]])
    return Settings(Options(similarity, ter, bertscore, comet, comet_model), out, seed, resamples, command)


def _check_writable(out: Path) -> None:
    from evaluation.errors import EvaluationError
    from pipeline.engines.local import probe

    try:
        probe(out)
    except OSError as error:
        raise EvaluationError(
            f"{out}: the report cannot be written there: {error.strerror}; give another --out"
        ) from error

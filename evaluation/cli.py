"""The command line of the evaluation; the only place for progress bars and exit codes.

Exit codes: 0 scored; 1 the data or a tool is not what it should be, or outputs and references do not match;
2 wrong usage; 130 interrupted. Progress and messages go to standard error, tables to standard output.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.cli import prepare_models, reported_errors, tell

if TYPE_CHECKING:
    from evaluation.data import Data
    from evaluation.items import Item, Track
    from evaluation.metrics.base import Family
    from evaluation.scoring import Options, Scores

app = typer.Typer(
    name="evaluation",
    help="Scores for Thai summaries and English translations: trusted, comparable, reproducible.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Limit = Annotated[int | None, typer.Option(min=1, help="Score only the first so many.", show_default=False)]
Seed = Annotated[int, typer.Option(help="Of the resampling and of the random baseline.")]
Resamples = Annotated[int, typer.Option(min=100, help="Bootstrap and randomisation samples.")]
Similarity = Annotated[
    bool, typer.Option("--similarity", help="Also similarity of embeddings (about a second for each brief).")
]
Ter = Annotated[bool, typer.Option("--ter/--no-ter", help="TER: slow on whole summaries (a second for three).")]
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
    from evaluation import data, references, runs

    with reported_errors():
        options = _options(similarity, ter, bertscore, comet, comet_model)
        loaded = data.load(refs)
        known = references.read_references(loaded)
        run = runs.read_run(run_dir)
        ids = references.match(list(run.briefs), known, allow_missing=allow_missing, failed=run.failed)[:limit]
        tracks = runs.tracks(run, ids, known, seed=seed, with_baselines=baselines, glossaries=dictionary or ())
        notes = _match_notes(len(ids), len(known.by_id), len(run.briefs))
        if baselines and any(t.lang == "th" and len(t.systems) == 1 for t in tracks):
            notes.append(
                "No extractive baselines: the articles are not at hand. Give references with title_th and body_th, "
                "or keep the files that the run read."
            )
        human = [runs.reference_items(t, known) for t in tracks]
        _score_and_write(
            f"Evaluation of {run_dir}", tracks, human, options, loaded, run.described(), seed, resamples, notes,
            out or run_dir / "evaluation",
        )  # fmt: skip


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
    from evaluation import data, runs, testsets
    from evaluation.items import Item, Track

    with reported_errors():
        options = _options(similarity, ter, bertscore, comet, comet_model)
        loaded = data.load(pairs, "translation")
        segments = testsets.read_pairs(loaded, _mapping(columns))[:limit]
        outputs, described = _generate(config, task, [(s.th, "") for s in segments])
        items = [Item(s.id, o.sentences, (s.en,), (s.th,)) for s, o in zip(segments, outputs, strict=True)]
        track = Track("translation", "en", runs.MODEL, {runs.MODEL: items})
        if baselines:
            runs.add_translations(track, items, tuple(dictionary or ()))
        _score_and_write(
            f"{task.capitalize()}: {Path(pairs).name}", [track], [runs.reference_items(track)], options, loaded,
            described, seed, resamples, _failure_notes(outputs),
            out or Path("out") / f"{task}-{Path(pairs).stem}",
        )  # fmt: skip


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
    from evaluation import baselines as extractive
    from evaluation import data as loading
    from evaluation import runs, testsets
    from evaluation.items import Item, Track

    with reported_errors():
        options = _options(similarity, False, bertscore, None, COMET_MODEL)
        loaded = loading.load(data, "summarization")
        documents = testsets.read_documents(loaded, _mapping(columns))[:limit]
        outputs, described = _generate(config, "summarize", [(d.body, d.title) for d in documents])
        articles = [runs.article_from(d.title, d.body) for d in documents]
        texts = [a.text if a else "" for a in articles]
        items = [
            Item(d.id, o.sentences, d.references, (t,) if t else (), t)
            for d, o, t in zip(documents, outputs, texts, strict=True)
        ]
        track = Track("summary_th", "th", runs.MODEL, {runs.MODEL: items})
        if baselines:
            sentences = [extractive.article_sentences(a.body_paragraphs) if a else () for a in articles]
            runs.add_extractive(track, sentences, seed)
        _score_and_write(
            f"Summarization: {Path(data).name}", [track], [runs.reference_items(track)], options, loaded, described,
            seed, resamples, _failure_notes(outputs), out or Path("out") / f"summarization-{Path(data).stem}",
        )  # fmt: skip


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
    from evaluation import console, data, references, runs, scoring
    from evaluation.errors import DataError
    from evaluation.parallel import Workers
    from evaluation.resampling import Resampler

    with reported_errors():
        options = _options(similarity, ter, None, None, COMET_MODEL)
        loaded = data.load(refs)
        known = references.read_references(loaded)
        both = [runs.read_run(folder) for folder in (run_a, run_b)]
        matched = [references.match(list(r.briefs), known, allow_missing=allow_missing, failed=r.failed) for r in both]
        shared = [i for i in matched[0] if i in set(matched[1])][:limit]
        if not shared:
            raise DataError(f"{run_a} and {run_b} have no scored article in common")
        pairs = [runs.tracks(r, shared, known, seed=seed, with_baselines=False, glossaries=()) for r in both]
        theirs = {t.name: t for t in pairs[1]}
        found = {}
        with console.spinner("comparing") as advance, Workers() as workers:
            for track in pairs[0]:
                other = theirs.get(track.name)
                if other is None or other.size != track.size:
                    raise DataError(f"{track.name}: only one of the runs has it for all articles")
                chosen = scoring.families(track, options)
                resampler = Resampler(track.size, resamples=resamples, seed=seed)
                found[track.name] = scoring.compare_tracks(track, other, chosen, resampler, workers, advance)
        console.print_comparison(found, run_a, run_b)
        if out:
            notes = _match_notes(len(shared), len(known.by_id), len(both[0].briefs))
            _write_comparison(found, run_a, run_b, loaded, seed, resamples, notes, out)


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


def _options(similarity: bool, ter: bool, bertscore: str | None, comet: Path | None, comet_model: str) -> Options:
    import importlib.util

    from evaluation.errors import ToolMissing
    from evaluation.scoring import Options

    needed = ("sacrebleu", "rouge_score", "rapidfuzz", "sumy", "matplotlib")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise ToolMissing(f"evaluation needs {', '.join(missing)}: pip install 'thai-brief[eval]'")
    return Options(similarity, ter, bertscore, comet, comet_model)


def _mapping(columns: str | None) -> dict[str, str]:
    from evaluation.testsets import NAMES
    from pipeline.errors import UsageError

    found = {}
    for pair in filter(None, (columns or "").split(",")):
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not equals or ours not in NAMES or not theirs:
            raise UsageError(f"--columns {pair!r}: write FIELD=COLUMN with FIELD one of {', '.join(NAMES)}")
        found[ours] = theirs
    return found


def _generate(
    config: Path, task: Literal["translate", "headline", "summarize"], texts: Sequence[tuple[str, str]]
) -> tuple[list[Any], dict[str, Any]]:
    """Outputs for (text, title) pairs, with a progress bar, and what the report says of the model."""
    from evaluation import console, outputs
    from pipeline.config import load_config
    from pipeline.flow import make_context

    loaded = load_config(config)
    prepare_models(loaded, only_offline=True)
    context = make_context(loaded, Path("."))
    inputs = [outputs.Input(text, title) for text, title in texts]
    with console.counter(task, len(inputs)) as advance:
        made, kept = outputs.generate(inputs, task, context, advance)
    if kept:
        tell(f"{kept} of {len(set(inputs))} outputs were there already")
    step = "summarize" if task == "summarize" else "translate"
    described = {"config": str(config), "config_sha256": loaded.sha256(), "task": task}
    return made, described | {"models": {step: context.provenance["models"][step]}}


def _score_and_write(
    title: str, tracks: list[Track], human: list[list[Item]], options: Options, loaded: Data, run: dict[str, Any],
    seed: int, resamples: int, notes: list[str], out: Path,
) -> None:  # fmt: skip
    from evaluation import console, report, scoring
    from evaluation.parallel import Workers
    from evaluation.resampling import Resampler

    open_folder(out)
    found: list[Scores] = []
    with console.spinner("scoring") as advance, Workers() as workers:
        for track, reference in zip(tracks, human, strict=True):
            chosen: list[Family] = scoring.families(track, options)
            resampler = Resampler(track.size, resamples=resamples, seed=seed)
            found.append(scoring.score_track(track, chosen, resampler, workers, advance, reference))
        advance("writing")
        command = shlex.join(["python", "-m", "evaluation", *sys.argv[1:]])
        done = report.Report(title, command, loaded.described(), run, seed, resamples, found, notes)
        files = report.write(done, out)
    for scores in found:
        console.print_scores(scores)
    for note in notes:
        tell(note)
    for file in files:
        typer.echo(str(file))


def _write_comparison(
    found: dict[str, Any], a: Path, b: Path, loaded: Data, seed: int, resamples: int, notes: list[str], out: Path
) -> None:
    from evaluation import report

    open_folder(out)
    command = shlex.join(["python", "-m", "evaluation", *sys.argv[1:]])
    head = report.Report(
        f"{a} against {b}", command, loaded.described(), {"a": str(a), "b": str(b)}, seed, resamples, [], notes
    ).head()
    for file in report.write_comparison(head, found, out):
        typer.echo(str(file))


def open_folder(out: Path) -> None:
    """Make the folder before anything is computed; a full or closed disk is said at once."""
    from pipeline.steps.write import output_errors

    with output_errors(out):
        out.mkdir(parents=True, exist_ok=True)


def _match_notes(scored: int, references: int, briefs: int) -> list[str]:
    if scored == references == briefs:
        return []
    return [f"Scored {scored} of {references} references and {briefs} briefs."]


def _failure_notes(outputs: Sequence[Any]) -> list[str]:
    failed = [o.failure for o in outputs if o.failure]
    return [f"{len(failed)} text(s) got no output and are scored as empty; the first: {failed[0]}"] if failed else []

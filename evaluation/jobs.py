"""The four jobs of the command line, from names of files to reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation import articles, baselines, console, data, outputs, references, report, runs, scoring, testsets, tracks
from evaluation.data import Data
from evaluation.errors import DataError
from evaluation.items import Item, Track
from evaluation.outputs import Input, Output, Task
from evaluation.parallel import Workers
from evaluation.resampling import Resampler
from evaluation.scoring import Options
from pipeline.cli import prepare_models, tell
from pipeline.config import load_config
from pipeline.flow import make_context

Glossaries = tuple[Path, ...] | None
"""More entries for the dictionary baseline; None: no baselines at all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to score, and where the report goes; `command` is what the report says made it."""

    options: Options
    out: Path | None
    seed: int
    resamples: int
    command: str


def score(
    run_dir: Path, refs: str, settings: Settings, *, allow_missing: bool, limit: int | None, glossaries: Glossaries
) -> None:
    """Score the briefs of a run and write the report.

    Raises:
        EvaluationError: see `references`, `runs` and `data`.
    """
    loaded = data.load(refs)
    known = references.read_references(loaded)
    run = runs.read_run(run_dir)
    ids = references.match(list(run.briefs), known, allow_missing=allow_missing, failed=run.failed)[:limit]
    found = tracks.of_run(run, ids, known, seed=settings.seed, glossaries=glossaries)
    notes = _match_notes(len(ids), known, run) + [
        f"{t.name}: {t.size} of the {len(ids)} have a reference and are scored." for t in found if t.size < len(ids)
    ]
    without = sum(not i.article for t in found if t.lang == "th" for i in t.systems[t.main])
    if glossaries is not None and without:
        notes.append(
            f"No extractive baselines: {without} of the articles are not at hand. Give references with title_th and "
            "body_th, or keep the files that the run read as they were."
        )
    human = [tracks.reference_items(t, known) for t in found]
    _finish(f"Evaluation of {run_dir}", found, human, loaded, run.described(), notes, settings)


def translation(
    pairs: str, config: Path, task: Task, settings: Settings, *,
    mapping: dict[str, str], limit: int | None, glossaries: Glossaries,
) -> None:  # fmt: skip
    """Translate a test set with a config's translator, score it and write the report."""
    loaded = data.load(pairs, "translation")
    segments = testsets.read_pairs(loaded, mapping)[:limit]
    made, described = _generate(config, task, [Input(s.th) for s in segments])
    items = [Item(s.id, o.sentences, (s.en,), (s.th,)) for s, o in zip(segments, made, strict=True)]
    track = Track("translation", "en", tracks.MODEL, {tracks.MODEL: items})
    if glossaries is not None:
        tracks.add_translations(track, glossaries)
    title = f"{task.capitalize()}: {Path(pairs).name}"
    _finish(title, [track], [tracks.reference_items(track)], loaded, described, _failures(made), settings)


def summarization(
    name: str, config: Path, settings: Settings, *, mapping: dict[str, str], limit: int | None, with_baselines: bool
) -> None:
    """Summarise a test set with a config's summarizer, score it and write the report."""
    loaded = data.load(name, "summarization")
    documents = testsets.read_documents(loaded, mapping)[:limit]
    made, described = _generate(config, "summarize", [Input(d.body, d.title) for d in documents])
    read = articles.from_texts((d.title, d.body) for d in documents)
    texts = [a.text if a else "" for a in read]
    items = [
        Item(d.id, o.sentences, d.references, (t,) if t else (), t)
        for d, o, t in zip(documents, made, texts, strict=True)
    ]
    track = Track("summary_th", "th", tracks.MODEL, {tracks.MODEL: items})
    if with_baselines:
        sentences = [baselines.article_sentences(a.body_paragraphs) if a else () for a in read]
        tracks.add_extractive(track, sentences, settings.seed)
    title = f"Summarization: {Path(name).name}"
    _finish(title, [track], [tracks.reference_items(track)], loaded, described, _failures(made), settings)


def compare(run_a: Path, run_b: Path, refs: str, settings: Settings, *, allow_missing: bool, limit: int | None) -> None:
    """Compare two runs over the same articles, metric by metric."""
    loaded = data.load(refs)
    known = references.read_references(loaded)
    both = [runs.read_run(folder) for folder in (run_a, run_b)]
    matched = [references.match(list(r.briefs), known, allow_missing=allow_missing, failed=r.failed) for r in both]
    shared = [i for i in matched[0] if i in set(matched[1])][:limit]
    if not shared:
        raise DataError(f"{run_a} and {run_b} have no scored article in common")
    first, second = (tracks.of_run(r, shared, known, seed=settings.seed, glossaries=None) for r in both)
    pairs, notes = tracks.in_common(first, second)
    notes += _match_notes(len(shared), known, both[0])
    found = {}
    with console.spinner("comparing") as advance, Workers() as workers:
        for ours, theirs in pairs:
            chosen = scoring.families(ours, settings.options)
            resampler = Resampler(ours.size, resamples=settings.resamples, seed=settings.seed)
            found[ours.name] = scoring.compare_tracks(ours, theirs, chosen, resampler, workers, advance)
    console.print_comparison(found, run_a, run_b)
    for note in notes:
        tell(note)
    if settings.out:
        run = {"a": str(run_a), "b": str(run_b)}
        head = _report(f"{run_a} against {run_b}", [], loaded, run, notes, settings).head()
        _print_files(report.write_comparison(head, found, settings.out))


def _generate(config: Path, task: Task, inputs: Sequence[Input]) -> tuple[list[Output], dict[str, Any]]:
    """Outputs with a progress bar, and what the report says of the model."""
    loaded = load_config(config)
    prepare_models(loaded, only_offline=True)
    context = make_context(loaded, Path("."))
    with console.counter(task, len(inputs)) as advance:
        made, kept = outputs.generate(inputs, task, context, advance)
    if kept:
        tell(f"{kept} of {len(set(inputs))} outputs were there already")
    step = "summarize" if task == "summarize" else "translate"
    described = {"config": str(config), "config_sha256": loaded.sha256(), "task": task}
    return made, described | {"models": {step: context.provenance["models"][step]}}


def _finish(
    title: str, scored: Sequence[Track], human: Sequence[list[Item]], loaded: Data, run: dict[str, Any],
    notes: list[str], settings: Settings,
) -> None:  # fmt: skip
    found = []
    assert settings.out is not None
    with console.spinner("scoring") as advance, Workers() as workers:
        for track, reference in zip(scored, human, strict=True):
            chosen = scoring.families(track, settings.options)
            resampler = Resampler(track.size, resamples=settings.resamples, seed=settings.seed)
            found.append(scoring.score_track(track, chosen, resampler, workers, advance, reference))
        advance("writing")
        files = report.write(_report(title, found, loaded, run, notes, settings), settings.out)
    for scores in found:
        console.print_scores(scores)
    for note in notes:
        tell(note)
    _print_files(files)


def _report(
    title: str, found: list[scoring.Scores], loaded: Data, run: dict[str, Any], notes: list[str], settings: Settings
) -> report.Report:
    described = loaded.described()
    return report.Report(title, settings.command, described, run, settings.seed, settings.resamples, found, notes)


def _print_files(files: Sequence[Path]) -> None:
    for file in files:
        console.print_path(file)


def _match_notes(scored: int, known: references.References, run: runs.Run) -> list[str]:
    if scored == len(known.by_id) == len(run.briefs):
        return []
    return [f"Scored {scored} of {len(known.by_id)} references and {len(run.briefs)} briefs."]


def _failures(made: Sequence[Output]) -> list[str]:
    failed = [o.failure for o in made if o.failure]
    return [f"{len(failed)} text(s) got no output and are scored as empty; the first: {failed[0]}"] if failed else []

"""The command line: the only place for rich, exit codes and caught errors.

Exit codes: 0 all done; 1 an article failed or the output could not be written; 2 wrong usage; 3 with --strict:
all done, but a brief needs review; 130 interrupted. Messages and progress go to standard error, briefs and tables
to standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.article import Article
    from pipeline.config import Config
    from pipeline.engines.local import Tally

app = typer.Typer(
    name="thai-brief",
    help="Thai articles in, a short faithful Thai summary and an English brief out, with every doubt marked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="List the configured models, or make them ready.", invoke_without_command=True)
app.add_typer(models_app, name="models")

DEFAULT_CONFIG = Path("configs/default.yaml")
SHOWN = 3
"""Up to this many briefs are printed in the terminal; more would scroll away."""

ConfigOption = Annotated[
    Path, typer.Option("--config", help="A config file, or the name of a shipped one (default, hub, fake, …).")
]


@app.command()
def run(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INPUT]...",
            help="Files, folders (every *.txt in them), .jsonl files (id, title, body[, date, url]), "
            "or - for standard input. None: the bundled examples.",
            show_default=False,
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    out: Annotated[Path, typer.Option(help="Folder for <article_id>.json and .md, and failures.jsonl.")] = Path("out"),
    translate: Annotated[
        str | None,
        typer.Option(help="What to translate: summary, article or both. The summary is always made and translated."),
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Names of JSONL columns, e.g. title=title_th,body=body_th.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if any brief needs review.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would run: articles, models, licences, what is missing.")
    ] = False,
) -> None:
    """Make a Thai summary and an English brief of each article."""
    from pipeline.config import load_config, shipped_data
    from pipeline.errors import UsageError
    from pipeline.inputs import count, discover, parse_columns

    with reported_errors():
        overrides = {"translate.scope": translate} if translate else {}
        loaded = load_config(config, overrides)
        if translate and loaded.order == "translate-first":
            raise UsageError("--translate: this config translates the whole article first, and makes the summary of it")
        mapping = parse_columns(columns)
        names = inputs or [str(shipped_data("examples"))]
        if dry_run:
            typer.echo(f"{count(names)} article(s) into {out}, {loaded.order}")
            _print_models(loaded)
            return
        _run(loaded, discover(names, mapping, sys.stdin.buffer), count(names), out, strict=strict)


def _run(config: Config, articles: Iterator[Article], total: int, out: Path, *, strict: bool) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from pipeline.engines import local
    from pipeline.flow import make_context

    local.open_output(out)
    prepare_models(config, only_offline=True)
    context = make_context(config, out)
    tally = local.Tally()
    shown: list[Article] = []
    console = console_for(stderr=True)
    bar = Progress(
        TextColumn("{task.description:<11}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    task = bar.add_task("starting", total=total)

    def report(article: Article) -> None:
        bar.advance(task)
        if article.failure is not None:
            bar.console.print(f"failed: {article.failure.message}", style="red", markup=False, highlight=False)
        elif len(shown) <= SHOWN:
            shown.append(article)

    try:
        with bar:
            local.run(articles, context, tally, report=report, watch=lambda step: bar.update(task, description=step))
    except KeyboardInterrupt:
        tell(f"interrupted; the {tally.ok + tally.review} finished brief(s) are in {out}")
        raise typer.Exit(130) from None
    if len(shown) <= SHOWN:
        for article in shown:
            _print_brief(article, out)
    _print_tally(tally, out)
    if tally.failed or not tally.articles:
        raise typer.Exit(1)
    if strict and tally.review:
        raise typer.Exit(3)


@models_app.callback()
def models(context: typer.Context, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List each configured model: kind, licence, size, where it comes from, ready or not."""
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    from pipeline.config import load_config

    with reported_errors():
        _print_models(load_config(config))


@models_app.command()
def prepare(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="As for `models`.", show_default=False)] = None,
) -> None:
    """Make every model of a config ready: fetch, convert, check. Done once; asks a hub only here."""
    from pipeline.config import load_config

    with reported_errors():
        prepare_models(load_config(config or context.obj), only_offline=False)
        tell("all models are ready")


@models_app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to; one folder for each model, with checksums.")],
    config: Annotated[Path | None, typer.Option("--config", help="As for `models`.", show_default=False)] = None,
) -> None:
    """Copy the pretrained models of a config, prepared before, for a machine without a network.

    There, name the copied folder as the model's `source`; its checksums are verified whenever it is loaded.
    """
    from models import hub
    from models.spec import CTranslate2Spec, EmbeddedSpec, FakeSpec, Seq2SeqSpec
    from pipeline.config import load_config

    with reported_errors():
        loaded = load_config(config or context.obj)
        for spec in loaded.models.values():
            if isinstance(spec, Seq2SeqSpec | CTranslate2Spec):
                tell(f"{spec.name}: {hub.export(spec, folder)}")
            elif isinstance(spec, FakeSpec) or (isinstance(spec, EmbeddedSpec) and spec.source.startswith("package:")):
                tell(f"{spec.name}: comes with the installation, nothing to copy")
            else:
                tell(f"{spec.name}: kind {spec.kind} is not copied; take the folder or file of {spec.source} yourself")


@app.command("show-config")
def show_config(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print a config with every default filled in, as YAML."""
    import yaml

    from pipeline.config import load_config

    with reported_errors():
        loaded = load_config(config)
        typer.echo(yaml.safe_dump(loaded.model_dump(mode="json"), allow_unicode=True, sort_keys=False), nl=False)


def main() -> None:
    """Entry point of `python -m pipeline` and `thai-brief`."""
    app()


def _print_models(config: Config) -> None:
    from models.load import status

    for name, spec in config.models.items():
        state = status(spec)
        rows = {
            "model": spec.name,
            "kind": spec.kind,
            "used to": ", ".join(step for step, used in config.used.items() if used == name) or "–",
            "licence": spec.licence,
            "size": f"{state.size / 1e6:,.0f} MB" if state.size else "–",
            "from": state.where,
            "ready": f"{'yes' if state.ready else 'no'}{f': {state.note}' if state.note else ''}",
        }
        typer.echo(name)
        for label, value in rows.items():
            typer.echo(f"  {label:<8} {value}")


def prepare_models(config: Config, *, only_offline: bool) -> None:
    """Prepare the models that are not ready; with `only_offline`, those that need no network."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from models import load

    for name, spec in config.models.items():
        state = load.status(spec)
        if state.ready or (only_offline and not state.offline):
            continue
        columns = (TextColumn("preparing {task.fields[model]} (once):"), BarColumn(), TimeElapsedColumn(),
                   TextColumn("{task.description}"))  # fmt: skip
        with Progress(*columns, console=console_for(stderr=True)) as bar:
            task = bar.add_task("starting", total=1.0, model=name)
            load.prepare(spec, partial(_advance, bar, task))


def _advance(bar: Any, task: Any, what: str, share: float) -> None:
    bar.update(task, description=what, completed=share)


def _print_brief(article: Article, out: Path) -> None:
    from rich.markup import escape

    console = console_for()
    console.print()
    console.rule(escape(article.article_id))
    console.print(f"[bold]{escape(article.title_en or '(no English headline)')}[/bold]")
    for sentence in article.summary_en:
        console.print(escape(sentence or "(no translation)"), highlight=False)
    errors = [f for f in article.findings if f.severity == "error"]
    if errors:
        console.print(f"[red]needs review: {len(errors)} error(s)[/red]")
        for finding in errors[:5]:
            console.print(f"  · {escape(finding.message)}", highlight=False)
    for suffix in ("md", "json"):
        console.print(str(out / f"{article.article_id}.{suffix}"), soft_wrap=True, markup=False, highlight=False)


def _print_tally(tally: Tally, out: Path) -> None:
    failed = sum(tally.failed.values())
    per_article, per_second = tally.seconds / max(tally.articles, 1), tally.tokens / max(tally.seconds, 1e-9)
    pace = f"{per_article:.1f} s an article, {per_second:.0f} tokens/s"
    tell(f"{tally.articles} article(s): {tally.ok} ok, {tally.review} to review, {failed} failed; {pace}")
    if failed:
        reasons = ", ".join(f"{reason} {n}" for reason, n in tally.failed.most_common())
        tell(f"failed: {reasons}; see {out / 'failures.jsonl'}")
    if tally.articles > SHOWN:
        findings = ", ".join(f"{kind} {n}" for kind, n in tally.findings.most_common())
        tell(f"findings: {findings or 'none'}")
    if not tally.articles:
        tell("no articles: the folders given hold no .txt file")


@contextmanager
def reported_errors() -> Iterator[None]:
    """One line and an exit code for every error that is ours; a traceback only for a defect."""
    from models.base import ModelError
    from pipeline.errors import PipelineError, UsageError

    try:
        yield
    except UsageError as error:
        tell(f"error: {error}")
        raise typer.Exit(2) from None
    except (PipelineError, ModelError) as error:
        tell(f"error: {error}")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        tell("interrupted")
        raise typer.Exit(130) from None


def tell(message: str) -> None:
    typer.echo(message, err=True)


def console_for(*, stderr: bool = False) -> Any:
    from rich.console import Console

    return Console(stderr=stderr)

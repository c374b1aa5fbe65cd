"""The command line of the training recipe. Exit codes as in `pipeline.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import reported_errors, tell

app = typer.Typer(
    name="training",
    help="The recipe of the shipped adapters: prepare, train, compare, export, card.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
CONFIG = Path("configs/training/gemma-th-en-2.yaml")
ConfigOption = Annotated[Path, typer.Option("--config", help="A recipe of configs/training/.")]


@app.command()
def prepare(
    data: Annotated[Path, typer.Option(help="The folder with gold_train.jsonl, parallel/ and the dev sets.")],
    out: Annotated[Path, typer.Option(help="The folder to make; all that `train` needs.")],
    config: ConfigOption = CONFIG,
    parts: Annotated[int | None, typer.Option(help="Also cut the weights into files of so many MB.", min=1)] = None,
) -> None:
    """Build the mixture and the base model: filtered, counted, tokenised, checked for leaks."""
    from rich.console import Console
    from rich.table import Table

    from training.config import load_training_config
    from training.prepare import prepare as run
    from training.prepare import split_weights

    with reported_errors():
        prepared = run(load_training_config(config), data, out, tell)
        table = Table("source", "kept", "left out")
        for name, count in prepared["sources"].items():
            left = ", ".join(f"{reason} {n}" for reason, n in count.items() if reason != "kept")
            table.add_row(name, str(count.get("kept", 0)), left)
        Console().print(table)
        left = ", ".join(f"{reason} {n}" for reason, n in prepared["left_out"].items() if n)
        tell(f"{prepared['examples']:,} examples, {prepared['tokens']:,} tokens ({left or 'none'} left out): {out}")
        if parts:
            tell(f"{split_weights(out, parts)} parts of the weights: copy them, and the rest of {out}")


@app.command()
def train(
    prepared: Annotated[Path, typer.Argument(help="The folder that `prepare` made.")],
    out: Annotated[Path, typer.Option(help="Checkpoint, best adapter and log; a run found there goes on.")],
    minutes: Annotated[float | None, typer.Option(help="Stop after so long; call again to go on.")] = None,
    start: Annotated[
        Path | None,
        typer.Option(help="An adapter's folder (RUN/best) to go on from, with a new schedule.", show_default=False),
    ] = None,
) -> None:
    """Train until the recipe's token budget is spent. `python -m training.train` needs no typer."""
    from training.train import Trainer

    with reported_errors():
        Trainer(prepared, out, tell, start).run(minutes)


@app.command()
def export(
    prepared: Annotated[Path, typer.Argument(help="The folder that `prepare` made.")],
    run: Annotated[Path, typer.Argument(help="The folder that `train` made.")],
    out: Annotated[
        Path | None, typer.Option(help="Default: models/adapters/NAME of the recipe.", show_default=False)
    ] = None,
) -> None:
    """Put the best adapter of a run where the embedded model loads it, with its learning curves."""
    from training.export import export as write

    with reported_errors():
        tell(f"exported to {write(prepared, run, out)}")


@app.command()
def compare(runs: Annotated[list[Path], typer.Argument(help="Folders that `train` made.")]) -> None:
    """A Markdown table of runs: tokens, minutes, and loss and score on each dev set."""
    from training.compare import markdown

    with reported_errors():
        typer.echo(markdown(runs))


@app.command()
def card(
    adapter: Annotated[Path, typer.Argument(help="The folder that `export` made.")],
    reports: Annotated[Path, typer.Option(help="The --out of `evaluation.results` with the adapter.")],
    before: Annotated[Path, typer.Option(help="The same without it.")],
) -> None:
    """Write the model card: data, recipe, hardware, and dev scores before and after."""
    from training.export import write_card

    with reported_errors():
        tell(f"written: {write_card(adapter, reports, before)}")


def main() -> None:
    """Entry point of `python -m training`."""
    app()

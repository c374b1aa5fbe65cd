"""From a finished run to `models/adapters/NAME/`: weights, the recipe, curves, and a model card.

adapter_model.safetensors   LoRA matrices in bfloat16, as peft names them
adapter_config.json         rank, scale and layers
activations.safetensors     the largest activations on the mixture, for int8 (see `models.smooth`)
recipe.json                 `prepared.json` and every look at the dev sets
curves.svg                  training loss and dev scores
README.md                   the model card
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2

from evaluation import progress
from evaluation.plots import svg
from models import smooth
from pipeline.errors import OutputError, UsageError
from pipeline.prompts import load_prompt, prompt_sha256

CALIBRATION = 96
"""Examples whose activations are measured."""
ADAPTERS = Path(__file__).parent.parent / "models" / "adapters"


def export(prepared: Path, run: Path, out: Path | None) -> Path:
    """Write weights, recipe and curves; returns the folder.

    Raises:
        UsageError: the run has no finished adapter.
    """
    import torch
    from safetensors.torch import load_file, save_file

    recipe = _json(prepared / "prepared.json")
    folder = out or ADAPTERS / recipe["config"]["name"]
    best = run / "best"
    if not (best / "adapter_model.safetensors").is_file():
        raise UsageError(f"{run}: no best adapter yet; train first")
    log = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    tensors = load_file(best / "adapter_model.safetensors")
    save_file({k: v.to(torch.bfloat16).contiguous() for k, v in tensors.items()}, folder / "adapter_model.safetensors")
    config = _json(best / "adapter_config.json")
    kept = {k: config[k] for k in ("peft_type", "task_type", "r", "lora_alpha", "target_modules", "use_rslora")}
    kept["target_modules"] = sorted(kept["target_modules"])
    _write(folder / "adapter_config.json", json.dumps(kept, indent=1) + "\n")
    looks = [r for r in log if "dev" in r]
    chosen = max(looks, key=lambda r: float(r["dev_mean"]))
    record = recipe | {"last": log[-1], "chosen": chosen, "looks": looks}
    _write(folder / "recipe.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    _write(folder / "curves.svg", _curves(log))
    calibrate(prepared, folder)
    return folder


def calibrate(prepared: Path, adapter: Path) -> None:
    """Measure the adapted model's activations on examples spread over the mixture, prompts and answers."""
    import numpy as np
    import torch
    import transformers
    from safetensors.torch import save_file

    from models.lora import merge_lora

    model = transformers.AutoModelForCausalLM.from_pretrained(
        prepared / "base", dtype=torch.float32, local_files_only=True
    )
    merge_lora(model, adapter)
    with np.load(prepared / "mixture.npz") as arrays:
        ids, starts = arrays["ids"], arrays["starts"]
    chosen = np.linspace(0, len(starts) - 2, min(CALIBRATION, len(starts) - 1)).astype(int)
    largest = smooth.record(model.eval(), (ids[starts[i] : starts[i + 1]].tolist() for i in chosen))
    save_file(largest, adapter / smooth.STATISTICS)


def write_card(adapter: Path, reports: Path, before: Path) -> Path:
    """The model card, from the recipe and the reports of `evaluation.results` with and without the adapter.

    Raises:
        UsageError: a prompt that the adapter was trained with has changed since. DataError: a report is missing.
    """
    recipe = _json(adapter / "recipe.json")
    changed = [n for n, sha in recipe["prompts"].items() if prompt_sha256(load_prompt(n)) != sha]
    if changed:
        raise UsageError(f"{adapter}: trained with other words in {', '.join(changed)}; a new version needs a new name")
    rows = progress.rows(reports, before)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("training"), autoescape=False, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    page = environment.get_template("card.md.j2").render(recipe=recipe, rows=rows, reports=reports, before=before)
    _write(adapter / "README.md", page)
    return adapter / "README.md"


def _curves(log: list[dict[str, Any]]) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3), layout="constrained")
    loss, dev = figure.subplots(1, 2)
    train = [(r["tokens"] / 1e6, r["loss"]) for r in log if "loss" in r]
    loss.plot(*zip(*train, strict=True), label="training")
    looks = [r for r in log if "dev" in r]
    for name in looks[0]["dev"]:
        tokens = [r["tokens"] / 1e6 for r in looks]
        loss.plot(tokens, [r["dev"][name]["loss"] for r in looks], "o--", markersize=3, label=name)
        dev.plot(tokens, [r["dev"][name]["score"] for r in looks], "o-", markersize=3, label=name)
    for axes, title in ((loss, "loss"), (dev, "chrF++ (summaries: chrF)")):
        axes.set_xlabel("million tokens")
        axes.set_title(title, fontsize=9)
        axes.legend(frameon=False, fontsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    return svg(figure)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error

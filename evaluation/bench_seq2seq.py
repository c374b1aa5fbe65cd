"""`make bench`, second table: models of NLLB-600M's and mT5-base's real shapes, with random weights.

Speed and memory do not depend on the values, so no hub is needed. Each row is a process of its own, so that its
peak memory is its own; all rows are from one run on one machine, so that their ratios mean something.

The ceiling is what memory allows: one token of one sequence needs every weight of the decoder once, so at batch 1
there cannot be more tokens a second than measured bandwidth / bytes of those weights.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from models import load
from models.base import Decoding, Request, Task
from models.spec import CTranslate2Spec, Seq2SeqSpec

BATCHES = (1, 8, 32)
TOKENS = 40
"""Generated for each sequence; random weights do not stop by themselves."""
CHILD = """
import json, sys
from evaluation import bench_seq2seq
print(json.dumps(getattr(bench_seq2seq, sys.argv[1])(*sys.argv[2:])))
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's dimensions, as its config.json on the hub has them, and how long its sources are here."""

    name: str
    family: str
    vocabulary: int
    source_tokens: int
    config: dict[str, Any]


SHAPES = (
    Shape(
        "nllb-200-distilled-600M", "nllb", 256_206, 40,
        {
            "d_model": 1024, "encoder_layers": 12, "decoder_layers": 12, "encoder_attention_heads": 16,
            "decoder_attention_heads": 16, "encoder_ffn_dim": 4096, "decoder_ffn_dim": 4096,
            "max_position_embeddings": 1024, "scale_embedding": True, "bos_token_id": 0, "pad_token_id": 1,
            "eos_token_id": 2, "decoder_start_token_id": 2,
        },
    ),
    Shape(
        "mt5-base", "mt5", 250_112, 256,
        {
            "d_model": 768, "d_kv": 64, "d_ff": 2048, "num_layers": 12, "num_decoder_layers": 12, "num_heads": 12,
            "feed_forward_proj": "gated-gelu", "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1,
        },
    ),
)  # fmt: skip
ENGINES = ("seq2seq float32", "seq2seq bfloat16", "ctranslate2 int8")


def main(
    batches: Annotated[str, typer.Option(help="Sequences that are decoded together, with commas.")] = ",".join(
        map(str, BATCHES)
    ),
) -> None:
    """Time random models of real shapes on both backends; print one table."""
    bandwidth = _child("measured_bandwidth")[0]
    sizes = [int(size) for size in batches.split(",")]
    table = Table(
        "backend", *(f"batch {n}" for n in sizes), "ceiling", "peak MB",
        title=f"tokens/s, greedy, {TOKENS} tokens each, random weights; memory read at {bandwidth / 1e9:.1f} GB/s",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as root:
        os.environ["THAI_BRIEF_CACHE"] = root
        for shape in SHAPES:
            folder = Path(root) / shape.name
            step = _child("save_random", shape.name, str(folder))[0]
            first: list[float] = []
            table.add_section()
            table.add_row(f"[bold]{shape.name}")
            for engine in ENGINES:
                arguments = (shape.name, str(folder), engine)
                _child("measure", *arguments, "")  # converting takes more memory than running
                speeds, peak = _child("measure", *arguments, batches)
                first = first or speeds
                width = {"float32": 4, "bfloat16": 2, "int8": 1}[engine.split()[1]]
                table.add_row(
                    engine,
                    *(f"{speed:.1f} ({speed / base:.1f} x)" for speed, base in zip(speeds, first, strict=True)),
                    f"{bandwidth / (step * width):.1f}", f"{peak:,.0f}",
                )  # fmt: skip
    Console().print(table)


def _child(function: str, *arguments: str) -> tuple[Any, float]:
    """What a function of this module returns in a process of its own, and the peak memory of that process in MB.

    This process stays small itself: a child's peak starts from its parent's.
    """
    child = subprocess.Popen([sys.executable, "-c", CHILD, function, *arguments], stdout=subprocess.PIPE)
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise typer.Exit(1)
    return json.loads(said.splitlines()[-1]), usage.ru_maxrss / 1024


def measured_bandwidth() -> float:
    """Bytes a second that all cores read together: the best of five sums over 1 GiB."""
    import torch

    data = torch.ones(2**28)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        data.sum()
        best = min(best, time.perf_counter() - start)
    return data.numel() * 4 / best


def save_random(name: str, out: str) -> int:
    """Save a random model and a tokenizer of numbered words; returns the weights that one decoding step reads."""
    import torch
    import transformers

    shape, folder = _shape(name), Path(out)
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(0)
    if shape.family == "nllb":
        model = transformers.M2M100ForConditionalGeneration(
            transformers.M2M100Config(vocab_size=shape.vocabulary, **shape.config)
        )
    else:
        model = transformers.MT5ForConditionalGeneration(
            transformers.MT5Config(vocab_size=shape.vocabulary, **shape.config)
        )
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())  # its own, as on the hub
    model.save_pretrained(folder)
    _save_tokenizer(shape, folder)
    # Keys and values of the source are computed once, not at every step; embeddings are looked up.
    once = ("encoder_attn.k_proj", "encoder_attn.v_proj", "EncDecAttention.k", "EncDecAttention.v", "embed")
    decoder = model.get_decoder()
    read = sum(p.numel() for name, p in decoder.named_parameters() if not any(part in name for part in once))
    total: int = read + model.get_output_embeddings().weight.numel()
    return total


def _save_tokenizer(shape: Shape, folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    named = ["<s>", "<pad>", "</s>", "<unk>", "tha_Thai", "eng_Latn"]
    words = {w: n for n, w in enumerate([*named, *(f"w{n}" for n in range(shape.vocabulary - len(named)))])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)


def measure(name: str, folder: str, engine: str, sizes: str) -> list[float]:
    """Prepare the model, and give its tokens a second at each batch size."""
    shape = _shape(name)
    kind, width = engine.split()
    batches = [int(size) for size in sizes.split(",") if size]
    shared: dict[str, Any] = {
        "name": name, "source": folder, "licence": "none", "family": shape.family, "batch_size": max(batches, default=1)
    }  # fmt: skip
    spec = (
        CTranslate2Spec(kind="ctranslate2", compute_type="int8", **shared)
        if kind == "ctranslate2"
        else Seq2SeqSpec(kind="seq2seq", dtype=width, **shared)
    )
    load.prepare(spec, lambda what, share: None)
    if not batches:
        return []
    model = load.load(spec)
    task: Task = "translate" if shape.family == "nllb" else "summarize"
    text = " ".join(f"w{100 * n}" for n in range(shape.source_tokens))
    speeds = []
    model.generate([Request(task, "w1", decoding=Decoding(max_new_tokens=2))])
    for size in batches:
        asked = [Request(task, text, decoding=Decoding(max_new_tokens=TOKENS))] * size
        start = time.perf_counter()
        made = sum(found[0].tokens for found in model.generate(asked))
        speeds.append(made / (time.perf_counter() - start))
    return speeds


def _shape(name: str) -> Shape:
    return next(shape for shape in SHAPES if shape.name == name)


if __name__ == "__main__":
    typer.run(main)

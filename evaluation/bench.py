"""`make bench`: how fast the embedded model is on this machine, beside plain transformers.

Every pair of figures comes from one run on one machine; on shared or noisy machines the ratios say
more than the seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from models import load
from models.base import Request, TextModel
from models.embedded import prepare_pruned
from models.spec import CausalSpec, EmbeddedSpec
from pipeline.article import Article, Origin
from pipeline.config import load_config, shipped_data
from pipeline.flow import make_context, process
from pipeline.steps import Context

FIRST_OUTPUT = """
import sys
from pathlib import Path
from dataclasses import replace
from models.base import Request
from pipeline.config import load_config
from pipeline.flow import make_context
config = load_config(Path("default"))
context = make_context(config, Path("."))
decoding = config.translate.decoding()
request = Request("headline", "ไทยและลาวเปิดสะพานแห่งใหม่", prompt=context.headline_prompt, decoding=decoding)
assert context.translator.generate([request])[0][0].text
"""
THAI = [
    "นายกรัฐมนตรีเป็นประธานเปิดสะพานมิตรภาพแห่งใหม่ร่วมกับฝ่ายลาว",
    "กระทรวงสาธารณสุขขอให้ประชาชนล้างมือบ่อย ๆ และสวมหน้ากากในที่แออัด",
    "กรมชลประทานเร่งระบายน้ำในลุ่มเจ้าพระยาเพื่อรับมือฝนที่จะตกหนักในสัปดาห์หน้า",
    "ทั้งสองฝ่ายเห็นพ้องที่จะขยายความร่วมมือด้านการค้าและการลงทุน",
]


def main(
    articles: Annotated[
        Path | None, typer.Option(help="Folder of .txt articles; default: the bundled example.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many of them, spread evenly.")] = 20,
    preparation: Annotated[bool, typer.Option(help="Also time the preparation, in an empty cache.")] = True,
) -> None:
    """Time start-up, preparation, articles and tokens; print one table."""
    config = load_config(Path("default"))
    spec = config.models["gemma"]
    assert isinstance(spec, EmbeddedSpec)
    load.prepare(spec, lambda what, share: None)
    table = Table("what", "value")
    table.add_row("--help, best of 5", f"{min(_command('-m', 'pipeline', '--help') for _ in range(5)):.2f} s")
    if preparation:
        with tempfile.TemporaryDirectory() as folder:
            took = _command("-m", "pipeline", "models", "prepare", THAI_BRIEF_CACHE=folder)
        table.add_row("preparation in an empty cache", f"{took:.0f} s")
    table.add_row("process start to first output", f"{min(_command('-c', FIRST_OUTPUT) for _ in range(3)):.1f} s")
    files = _sample(articles or shipped_data("examples"), limit)
    with tempfile.TemporaryDirectory() as folder:
        peak = _peak_megabytes("-m", "pipeline", "run", *map(str, files), "--out", folder)
        context = make_context(config, Path(folder))
        plain = _plain(spec)
        seconds = [_seconds([f], context) for f in files]
        table.add_row(f"peak memory of a run over {len(files)} article(s)", f"{peak:,.0f} MB")
        table.add_row("seconds for the median article, one at a time", f"{statistics.median(seconds):.1f} s")
        together = _seconds(files, context)
        table.add_row(
            f"articles a minute, batches of {config.run.articles_per_batch}", f"{60 * len(files) / together:.1f}"
        )
        few = files[:2]  # transformers takes long
        theirs = _seconds_each(few, replace(context, summarizer=plain(1), translator=plain(1)))
        ours = _seconds(few, context)
        table.add_row(f"... and transformers float32 at batch 1 ({len(few)} articles)", f"{60 * len(few) / theirs:.1f}")
        table.add_row("ratio on those articles", f"{theirs / ours:.1f} x")
        for size in (1, 8, 16):
            mine = _tokens_a_second(context.translator, context, size)
            other = _tokens_a_second(plain(size), context, size)
            table.add_row(
                f"tokens/s at batch {size}: ours, transformers float32",
                f"{mine:.0f}, {other:.0f} ({mine / other:.1f} x)",
            )
    Console().print(table)


def _command(*args: str, **environment: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *args], check=True, env={**os.environ, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - start


def _peak_megabytes(*args: str) -> float:
    child = subprocess.Popen([sys.executable, *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_maxrss / 1024


def _plain(spec: EmbeddedSpec) -> Callable[[int], TextModel]:
    """The same weights, tokenizer and prompts under transformers in float32, by batch size."""
    folder = prepare_pruned(spec, lambda what, share: None)
    made: dict[int, TextModel] = {}

    def get(batch_size: int) -> TextModel:
        if batch_size not in made:
            made[batch_size] = load.load(
                CausalSpec(
                    kind="causal",
                    name="plain",
                    source=str(folder),
                    licence=spec.licence,
                    max_tokens=spec.max_tokens,
                    batch_size=batch_size,
                )
            )
        return made[batch_size]

    return get


def _sample(folder: Path, limit: int) -> list[Path]:
    files = sorted(folder.rglob("*.txt"))
    step = max(1, len(files) // limit)
    return files[::step][:limit]


def _seconds(files: list[Path], context: Context) -> float:
    start = time.perf_counter()
    size = context.config.run.articles_per_batch
    for first in range(0, len(files), size):
        batch = files[first : first + size]
        process([Article(f"{n}-{f.stem}", Origin(str(f), file=f)) for n, f in enumerate(batch)], context)
    return time.perf_counter() - start


def _seconds_each(files: list[Path], context: Context) -> float:
    return sum(_seconds([f], context) for f in files)


def _tokens_a_second(model: TextModel, context: Context, size: int) -> float:
    decoding = replace(context.config.translate.decoding(), max_new_tokens=64)
    texts = [THAI[n % len(THAI)] for n in range(size)]
    requests = [Request("translate", t, prompt=context.translate_prompt, decoding=decoding) for t in texts]
    model.generate(requests[:1])  # warm-up
    start = time.perf_counter()
    tokens = sum(candidates[0].tokens for candidates in model.generate(requests))
    return tokens / (time.perf_counter() - start)


if __name__ == "__main__":
    typer.run(main)

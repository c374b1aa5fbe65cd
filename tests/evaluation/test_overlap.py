"""BLEU, chrF, chrF++ and TER are sacreBLEU's own, to the last digit; so are the resampled tests."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sacrebleu.metrics import BLEU
from sacrebleu.significance import PairedTest

from evaluation.items import Item, Lang
from evaluation.metrics.base import Column, ItemFamily
from evaluation.metrics.overlap import overlap
from evaluation.resampling import Resampler

WORDS = "the a minister opened bridge new river water budget million baht in 2025 province of and said will".split()  # noqa: SIM905


def corpus(size: int, seed: int, noise: float) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    references = [" ".join(rng.choices(WORDS, k=rng.randint(3, 14))) + "." for _ in range(size)]
    hypotheses = [" ".join(rng.choice(WORDS) if rng.random() < noise else w for w in r.split()) for r in references]
    return hypotheses, references


def items(hypotheses: list[str], *streams: list[str]) -> list[Item]:
    return [Item(str(n), (h,), tuple((s[n],) for s in streams)) for n, h in enumerate(hypotheses)]


def command_line(tmp_path: Path, hypotheses: list[str], streams: list[list[str]], *args: str) -> dict[str, float]:
    files = []
    for n, lines in enumerate([hypotheses, *streams]):
        files.append(tmp_path / f"{n}.txt")
        files[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "sacrebleu", *map(str, files[1:]), "-i", str(files[0]), "-w", "12", *args]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {f["name"]: f["score"] for f in (found if isinstance(found, list) else [found])}


@pytest.mark.parametrize("references", [1, 2])
def test_english_scores_equal_the_command_line(tmp_path: Path, references: int) -> None:
    hypotheses, first = corpus(40, 1, 0.3)
    streams = [first, corpus(40, 2, 0.0)[1]][:references]
    hypotheses[3] = ""
    cli = command_line(tmp_path, hypotheses, streams, "-m", "bleu", "chrf", "ter")
    cli |= command_line(tmp_path, hypotheses, streams, "-m", "chrf", "--chrf-word-order", "2")
    for family in overlap("en", ter=True):
        name = family.columns[0].name
        statistics = family.statistics(items(hypotheses, *streams))
        found = family.scores(statistics.sum(axis=0, keepdims=True))[0, 0]
        assert round(found, 12) == cli[{"chrF": "chrF2", "chrF++": "chrF2++"}.get(name, name)], name
        assert f"nrefs:{references}" in family.signature(family.columns[0], str(references))


def test_thai_bleu_counts_characters(tmp_path: Path) -> None:
    hypotheses, references = ["รัฐบาลแถลงข่าววันนี้", "นายกรัฐมนตรีเดินทาง"], ["รัฐบาลแถลงข่าวเมื่อวาน", "นายกฯ เดินทางแล้ว"]
    cli = command_line(tmp_path, hypotheses, [references], "-m", "bleu", "--tokenize", "char")
    family = overlap("th", ter=False)[0]
    found = family.scores(family.statistics(items(hypotheses, references)).sum(axis=0, keepdims=True))[0, 0]
    assert round(found, 12) == cli["BLEU"]
    assert "tok:char" in family.signature(family.columns[0], "1")


def test_the_paired_bootstrap_agrees_with_sacrebleus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SACREBLEU_SEED", "12345")
    worse, references = corpus(120, 3, 0.35)
    rng = random.Random(9)
    better = [r if rng.random() < 0.15 else w for w, r in zip(worse, references, strict=True)]
    theirs = PairedTest(
        [("worse", worse), ("better", better)], {"BLEU": BLEU()}, [references], test_type="bs", n_samples=1000
    )()[1]["BLEU"]
    family = overlap("en", ter=False)[0]
    ours, base = family.statistics(items(better, references)), family.statistics(items(worse, references))
    found = Resampler(120, resamples=1000, seed=12345).compare(family, ours, base)[0]
    assert found.value == pytest.approx(theirs[1].score - theirs[0].score)
    # Both intervals are of 1,000 draws, not the same ones.
    interval = Resampler(120, resamples=1000, seed=12345).interval(family, ours)[0]
    assert (interval.high - interval.low) / 2 == pytest.approx(theirs[1].ci, rel=0.2)
    assert found.p_bootstrap == pytest.approx(theirs[1].p_value, abs=0.02)
    assert found.p_randomisation < 0.02
    assert found.low < found.value < found.high


class Mean(ItemFamily):
    columns = (Column("mean"), Column("nothing"))

    def values(self, item: Item) -> list[tuple[float, float]]:
        return [(float(item.text), 1.0), (0.0, 0.0)]

    def signature(self, column: Column, references: str) -> str:
        return "mean"


def numbers(values: list[float]) -> np.ndarray:
    return Mean().statistics([Item(str(n), (str(v),)) for n, v in enumerate(values)])


def test_no_difference_is_not_significant_and_undefined_stays_undefined() -> None:
    values = numbers([0.1 * n for n in range(50)])
    resampler = Resampler(50, resamples=500, seed=1)
    same = resampler.compare(Mean(), values, values)
    assert (same[0].value, same[0].p_bootstrap, same[0].p_randomisation) == (0.0, 1.0, 1.0)
    assert all(math.isnan(x) for x in (same[1].value, same[1].low, same[1].p_bootstrap))
    assert math.isnan(resampler.interval(Mean(), values)[1].value)


def test_chance_differences_are_seldom_significant() -> None:
    """Under the null hypothesis p-values are spread evenly: about 5% lie under 0.05."""
    rng = np.random.default_rng(4)
    low = [0, 0]
    for _ in range(120):
        a, b = rng.normal(size=40), rng.normal(size=40)
        found = Resampler(40, resamples=200, seed=7).compare(Mean(), numbers(list(a)), numbers(list(b)))[0]
        low[0] += found.p_bootstrap < 0.05
        low[1] += found.p_randomisation < 0.05
    assert all(n <= 14 for n in low), low


@pytest.mark.parametrize(("size", "rare"), [(5, False), (20, True)])
def test_few_items_are_never_significant(size: int, rare: bool) -> None:
    """Of five items, or of a fact that two of twenty have, resampling would call chance significant too often."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        a, b = (numbers(list(rng.normal(size=size))) for _ in range(2))
        if rare:
            a[2:], b[2:] = 0, 0
        found = Resampler(size, resamples=200, seed=7).compare(Mean(), a, b)[0]
        assert math.isnan(found.p_bootstrap)
        assert math.isnan(found.p_randomisation)


def test_the_same_seed_gives_the_same_interval_and_another_another() -> None:
    values = numbers([float(n % 7) for n in range(60)])

    def at(seed: int) -> tuple[float, float]:
        interval = Resampler(60, resamples=300, seed=seed).interval(Mean(), values)[0]
        return interval.low, interval.high

    assert at(5) == at(5) != at(6)


def test_the_order_of_the_articles_does_not_matter() -> None:
    hypotheses, references = corpus(30, 5, 0.4)
    order = list(range(30))
    random.Random(1).shuffle(order)
    lang: Lang = "en"
    for family in overlap(lang, ter=True):
        there = family.statistics(items(hypotheses, references)).sum(axis=0, keepdims=True)
        back = family.statistics(items([hypotheses[n] for n in order], [references[n] for n in order])).sum(
            axis=0, keepdims=True
        )
        assert family.scores(there)[0, 0] == family.scores(back)[0, 0]

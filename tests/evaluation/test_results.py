"""`make bench-eval` on two tiny sets, with the fake model: the page that RESULTS.md is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluation import tables
from evaluation.results import main
from tests.evaluation.conftest import ARTICLES, FAKE, write_jsonl


def test_the_page_has_every_set_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typer

    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    (tmp_path / "parallel").mkdir()
    more = {"summary_th": ["ไทยเปิดสะพาน"], "summary_en": ["Thailand opened a bridge."], "lead_th": "ก", "lead_en": "A"}
    one_summary = [{**a, **more} for a in ARTICLES]
    write_jsonl(tmp_path / "gold_dev.jsonl", one_summary)
    write_jsonl(tmp_path / "docpairs_dev.jsonl", [{"title_th": "ไทยเปิดสะพาน", "title_en": "Thailand opens bridge"}])
    for name in ("ntrex_dev.tsv", "parallel/flores_dev.tsv"):
        (tmp_path / name).write_text("th\ten\nสวัสดี\tHello\n", encoding="utf-8")
    app = typer.Typer()
    app.command()(main)
    page = tmp_path / "RESULTS.md"
    result = CliRunner().invoke(
        app, ["--data", str(tmp_path), "--config", FAKE, "--out", str(tmp_path / "o"), "--results", str(page)]
    )
    assert result.exit_code == 0, result.stderr
    text = page.read_text(encoding="utf-8")
    assert text.count("```console") == 8
    assert "| numbers, dates and years |" in text
    assert "No baseline beats the model on a headline metric (p < 0.05)" in text  # of three articles nothing is known
    assert "Ahead, but perhaps by chance" in text
    assert "ROUGE-L newmm F" in text
    assert f"--pairs {tmp_path}/ntrex_dev.tsv" in text
    assert "What the adapter changes" not in text
    again = ["--data", str(tmp_path), "--config", FAKE, "--out", str(tmp_path / "p"), "--results", str(page)]
    assert CliRunner().invoke(app, [*again, "--before", str(tmp_path / "o")]).exit_code == 0
    row = next(line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ntrex_dev"))
    before, after = row.split("|")[4:6]
    assert before == after  # the fake model against itself
    unscored = CliRunner().invoke(app, [*again, "--before", str(tmp_path / "none")])
    assert unscored.exit_code == 1
    assert "score the earlier config first" in unscored.stderr
    missing = CliRunner().invoke(app, ["--data", str(tmp_path / "none"), "--config", FAKE, "--results", str(page)])
    assert missing.exit_code == 1
    assert "exit code 1" in missing.stderr


def test_beaten_by_names_only_baselines_that_are_better() -> None:
    track = {
        "main": "model",
        "metrics": [
            {"name": "chrF++", "better": 1},
            {"name": "TER", "better": -1},
            {"name": "characters", "better": 0},
        ],
        "systems": {
            name: {"chrF++": {"value": a}, "TER": {"value": b}, "characters": {"value": 1.0}}
            for name, a, b in (
                ("model", 30.0, 80.0),
                ("copy", 5.0, 70.0),
                ("dictionary", 35.0, 90.0),
                ("reference", 99.0, 0.0),
            )
        },
    }
    track["p_against_main"] = {"dictionary": {"chrF++": 0.01, "TER": 0.9}, "copy": {"chrF++": 0.9, "TER": 0.2}}
    beat, ahead = tables.beaten_by(json.loads(json.dumps(track)))
    assert (beat, ahead) == ({"chrF++": ["dictionary"]}, {"TER": ["copy"]})

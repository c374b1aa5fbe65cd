"""`make bench-facts` and `make bench-names`: the tables, on a text of our own and the fake model."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from evaluation import bench_facts, bench_names
from tests.evaluation.conftest import FAKE

RECORD = {
    "id": "1", "title_th": "กระทรวงการคลังใช้งบ 350 ล้านบาท", "title_en": "Finance Ministry spends 350 million baht",
    "lead_th": "", "body_th": "กระทรวงการคลังใช้งบ 350 ล้านบาท เมื่อ 3 สิงหาคม 2565",
    "summary_th": ["กระทรวงการคลังใช้งบ 350 ล้านบาท เมื่อ 3 สิงหาคม 2565"],
    "summary_en": ["The Ministry of Finance spent 350 million baht on 3 August 2022."],
}  # fmt: skip


def test_every_setting_has_a_row(tmp_path: Path) -> None:
    (tmp_path / "gold_dev.jsonl").write_text(json.dumps(RECORD) + "\n", encoding="utf-8")
    app = typer.Typer()
    app.command()(bench_facts.main)
    result = CliRunner().invoke(app, ["--data", str(tmp_path), "--config", FAKE])
    assert result.exit_code == 0, result.stderr
    rows = [line.strip("|").split(" | ") for line in result.stdout.splitlines() if line.startswith("| ")]
    assert [row[0].strip() for row in rows] == ["setting", *bench_facts.SETTINGS]
    assert {len(row) for row in rows} == {1 + len(bench_facts.COLUMNS)}
    # The fake carries figures and dates, not names.
    names, kept, _, dates = rows[1][2:6]
    assert (names, kept, dates) == ("0.0% (0/2)", "100.0% (2/2)", "100.0% (1/1)")


def test_engines_that_are_not_here_are_named() -> None:
    app = typer.Typer()
    app.command()(bench_names.main)
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    assert "| royin | " in result.stdout
    assert "thai2rom" in result.stdout.rpartition("not here: ")[2]

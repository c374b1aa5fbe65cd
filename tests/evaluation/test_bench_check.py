"""`make bench-check` on two articles of our own: nothing said of right translations, every planted error caught."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.bench_check import PLANTS, findings, main
from pipeline.facts import names_tsv

RECORDS = [
    {
        "id": "1", "title_th": "กระทรวงการคลังแถลงตัวเลขส่งออกเดือนมีนาคม 2567", "body_th": "กระทรวงการคลังแถลง",
        "title_en": "Ministry of Finance announces export figures for March 2024",
        "summary_th": ["กระทรวงการคลังแถลงเมื่อวันที่ 5 เมษายน 2567 ว่าการส่งออกมีมูลค่า 820,500 ล้านบาท เพิ่มขึ้นร้อยละ 12 จากปีก่อนหน้า"],
        "summary_en": [
            "The Ministry of Finance announced on 5 April 2024 that exports were worth 820,500 million baht, up 12 per "
            "cent from the year before."
        ],
    },
]  # fmt: skip
OTHERS = {
    "not left out": ("กรมไม่ได้เก็บค่าธรรมเนียม", "The department does not collect fees."),
    "another province or district": ("ลงพื้นที่จังหวัดเชียงใหม่", "The minister visited Chiang Mai Province."),
    "another country": ("หารือกับกัมพูชา", "Talks were held with Cambodia."),
    "another rank": ("พล.อ. สมมติ ใจดี เปิดงาน", "Gen. Sommot Chaidi opened the event."),
    "one sentence left out": (
        "กระทรวงการคลังแถลงตัวเลข 15 รายการ ส่วนกรมศุลกากรเก็บภาษีได้ 30 ล้านบาท",
        "The Ministry of Finance released 15 figures. The Customs Department collected 30 million baht.",
    ),
}
TH, EN = RECORDS[0]["summary_th"][0], RECORDS[0]["summary_en"][0]


def test_the_tables(tmp_path: Path) -> None:
    (tmp_path / "gold_dev.jsonl").write_text(json.dumps(RECORDS[0]) + "\n")
    app = typer.Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--data", str(tmp_path)])
    assert result.exit_code == 0, result.stderr
    assert "2 right translations of gold_dev.jsonl" in result.stdout
    assert "| any | 0 | 0.0% |" in result.stdout
    assert "| numbers, dates and years | 100.0%" in result.stdout
    assert "| one digit | 2 | 2 | 100.0% |" in result.stdout
    assert "| another body's name | 2 | 2 | 100.0% |" in result.stdout
    missing = CliRunner().invoke(app, ["--data", str(tmp_path / "none")])
    assert missing.exit_code == 1


@pytest.mark.parametrize("name", PLANTS)
def test_each_error_spoils_and_is_caught(name: str) -> None:
    names = names_tsv.load()
    for seed in range(5):
        plant, kinds = PLANTS[name]
        th, en = OTHERS.get(name, (TH, EN))
        spoilt = plant(th, en, random.Random(seed), names)
        assert spoilt is not None
        assert spoilt != en
        assert {kind for kind, _ in findings(th, spoilt, names, "")} & kinds
        assert not findings(th, en, names, "")
    assert PLANTS[name][0]("", "Nothing here.", random.Random(0), names) is None

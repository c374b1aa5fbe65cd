"""A small run over articles of our own writing, with references, made by the fake model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evaluation.cli import app
from pipeline.cli import app as pipeline_app
from tests.conftest import ROOT

FAKE = str(ROOT / "configs" / "fake.yaml")
runner = CliRunner()

ARTICLES = [
    {
        "id": 1,
        "title_th": "เปิดสะพานข้ามแม่น้ำแห่งใหม่",
        "body_th": "นายกรัฐมนตรีเปิดสะพานแห่งใหม่เมื่อวันที่ 3 สิงหาคม 2565 สะพานยาว 450 เมตร "
        "ประชาชนในพื้นที่เดินทางสะดวกขึ้น\nงบประมาณก่อสร้าง 1,200 ล้านบาท ใช้เวลาสองปี",
        "summary_th": ["นายกรัฐมนตรีเปิดสะพานแห่งใหม่วันที่ 3 สิงหาคม 2565", "สะพานใช้งบ 1,200 ล้านบาท"],
        "summary_en": ["The Prime Minister opened a new bridge on 3 August 2022.", "It cost 1.2 billion baht."],
        "title_en": "New bridge over the river opens",
    },
    {
        "id": "two",
        "title_th": "เตือนฝนตกหนักภาคเหนือ",
        "body_th": "กรมอุตุนิยมวิทยาเตือนฝนตกหนักในภาคเหนือ 9 จังหวัด ระหว่างวันที่ 10-12 กันยายนนี้ "
        "ขอให้ประชาชนระวังน้ำท่วมฉับพลัน\nสายด่วน 1784 เปิดตลอด 24 ชั่วโมง",
        "summary_th": "เตือนฝนตกหนักใน 9 จังหวัดภาคเหนือ",
        "summary_en": "Heavy rain is forecast in nine northern provinces.",
        "title_en": "Heavy rain warning for the North",
    },
    {
        "id": "สาม/3",
        "title_th": "ไทยและ UNESCO ร่วมอนุรักษ์เมืองเก่า",
        "body_th": "รัฐบาลไทยลงนามความร่วมมือกับ UNESCO เพื่ออนุรักษ์เมืองเก่า 5 แห่ง\nโครงการเริ่มปี 2568",
        "summary_th": [["ไทยลงนามกับ UNESCO อนุรักษ์เมืองเก่า 5 แห่ง"], ["ไทยร่วมมือกับ UNESCO"]],
        "summary_en": ["Thailand and UNESCO will conserve five old towns."],
        "title_en": "Thailand and UNESCO to conserve old towns",
    },
]


def write_jsonl(path: Path, records: list[Any]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


@pytest.fixture
def refs(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "refs.jsonl", ARTICLES)


def make_run(out: Path, refs: Path, *args: str) -> Path:
    command = ["run", str(refs), "--columns", "title=title_th,body=body_th", "--config", FAKE, "--out", str(out)]
    assert runner.invoke(pipeline_app, [*command, *args]).exit_code == 0
    return out


@pytest.fixture
def run_dir(tmp_path: Path, refs: Path) -> Path:
    return make_run(tmp_path / "run", refs)


def evaluate(*args: str) -> Any:
    return runner.invoke(app, list(map(str, args)))

"""Repairs change spaces and leaked tokens, never a letter or a digit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.repair import repair

CASES = [
    ("<extra_id_0> นายกรัฐมนตรี <extra_id_12>เปิดงาน", "นายกรัฐมนตรี เปิดงาน"),
    ("ท\u0e4d\u0e32งานที่น\u0e4d\u0e49\u0e32ตก", "ทำงานที่น้ำตก"),
    ("eng_Latn The bridge opened .", "The bridge opened."),
    ("about 3,000 people , or 2.5 per cent", "about 3,000 people, or 2.5 per cent"),
    ("In 2019 , 300 people came in 2022 . 15 left", "In 2019, 300 people came in 2022. 15 left"),
    ("10 , 20 และ 30", "10, 20 และ 30"),
    ("the ( new ) bridge", "the (new) bridge"),
    ("<pad><pad> Hello </s>", "Hello"),
    ("“ ไทย ” กับ COVID-19", "“ไทย” กับ COVID-19"),
    ("one\n two", "one\ntwo"),
    ("from 5 . In May", "from 5. In May"),
    ("5 %", "5%"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_repair(text: str, expected: str) -> None:
    assert repair(text, {"eng_Latn", "</s>"}) == expected


@given(st.text(st.sampled_from("กขาำ\u0e4d\u0e48 Aa9,.()%“”\n-")))
def test_nothing_but_spaces_changes(text: str) -> None:
    once = repair(text)
    assert repair(once) == once

    def letters(value: str) -> str:
        return re.sub(r"\s", "", value.replace("\u0e4d\u0e32", "\u0e33").replace("\u0e4d\u0e48\u0e32", "\u0e48\u0e33"))

    assert letters(once).replace("\u0e4d", "") == letters(text).replace("\u0e4d", "")

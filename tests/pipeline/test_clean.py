"""Cleaning: boilerplate out, everything else kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.errors import Reason
from pipeline.steps import Context, clean
from tests.conftest import article


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("*********************", ""),
        ("_______", ""),
        (".....", ""),
        ("- - - -", ""),
        ("พิมพ์", ""),
        ("พิมพ์เขียวของโครงการ", "พิมพ์เขียวของโครงการ"),
        ("http://www.thaigov.go.th", ""),
        ("ดูที่ http://www.thaigov.go.th", "ดูที่ http://www.thaigov.go.th"),
        ("จบข่าว ***********", "จบข่าว"),
        ("๑. น\u0e4d\u0e32ท่วม\u200b", "๑. น\u0e33ท่วม"),
        ("ราคา 5 - 6 บาท", "ราคา 5 - 6 บาท"),
    ],
)
def test_lines(line: str, expected: str) -> None:
    assert clean.clean_line(line) == expected


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (("เนื้อ", "#ไทยคู่ฟ้า #ร่วมต้านโควิด19"), ("เนื้อ",)),
        (("เนื้อ #ไทยคู่ฟ้า",), ("เนื้อ",)),
        (("ติดแท็ก #ไทยคู่ฟ้า ในโพสต์", "เนื้อ"), ("ติดแท็ก #ไทยคู่ฟ้า ในโพสต์", "เนื้อ")),
        (("เนื้อ", "#ก", "#ข"), ("เนื้อ",)),
    ],
)
def test_hashtags_at_the_end_go(fake_context: Context, paragraphs: tuple[str, ...], expected: tuple[str, ...]) -> None:
    (done,) = clean.run([replace(article(""), title="หัวข้อ", paragraphs=paragraphs)], fake_context)
    assert done.paragraphs == expected


def test_an_article_of_page_furniture_only_fails(fake_context: Context) -> None:
    (done,) = clean.run([replace(article(""), paragraphs=("*****", "พิมพ์"))], fake_context)
    assert done.failure is not None
    assert done.failure.reason is Reason.EMPTY

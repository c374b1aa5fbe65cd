"""Thai characters: the normal form, dates, cuts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import thai

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent.parent / "gold" / "normalize.tsv").read_text(encoding="utf-8").split("\n")[1:]
    if line
]


def unescape(text: str) -> str:
    """`\\u0e33`, `\\x07`, `\\n`, `\\r`, `\\t` as the characters that they stand for; Thai as it is."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


@pytest.mark.parametrize(("name", "given_text", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_normalize_table(name: str, given_text: str, expected: str) -> None:
    assert thai.normalize(unescape(given_text)) == unescape(expected)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("กทน้ำ่ีูั็เแา\u0e4d\u0e33\u200b\u00a0 \n"), max_size=60))
def test_normalize_is_idempotent(text: str) -> None:
    once = thai.normalize(text)
    assert thai.normalize(once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("วันพุธที่ 3 สิงหาคม 2565", "2022-08-03"),
        ("๓ สิงหาคม ๒๕๖๕", "2022-08-03"),
        ("3 ส.ค. 2565", "2022-08-03"),
        ("3 ส.ค. พ.ศ. 2565", "2022-08-03"),
        ("03/08/2565", "2022-08-03"),
        ("29 กุมภาพันธ์ 2567", "2024-02-29"),
        ("29 กุมภาพันธ์ 2566", None),  # not a leap year
        ("31/04/2565", None),
        ("5 May 2022", None),
        ("12 มีนาคม 2024", "2024-03-12"),
        ("", None),
    ],
)
def test_iso_date(text: str, expected: str | None) -> None:
    found = thai.iso_date(text)
    assert (found[0] if found else None) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("กาแฟ", 2, 2),
        ("กาแฟ", 3, 2),  # not behind แ, which belongs to the next consonant
        ("ไปที่นี่", 4, 2),  # not between ท and its vowel and tone
        ("น้ำใจ", 4, 3),  # not behind ใ
        ("abc", 2, 2),
        ("กข", 9, 2),
        ("ที่", 1, 1),  # one cluster longer than the limit: a cut has to be made
    ],
)
def test_safe_cut_keeps_clusters_whole(text: str, limit: int, expected: int) -> None:
    assert thai.safe_cut(text, limit) == expected


@pytest.mark.parametrize(("text", "share"), [("ไทย", 1.0), ("abc", 0.0), ("12", 0.0), ("กab", 1 / 3)])
def test_thai_share(text: str, share: float) -> None:
    assert thai.thai_share(text) == pytest.approx(share)

"""Numbers in both languages: what a translation lacks, adds, or leaves in the Buddhist era."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.facts.numbers import compare, unsupported

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent.parent / "gold" / "numbers.tsv").read_text(encoding="utf-8").split("\n")[1:]
    if line
]


@pytest.mark.parametrize(("th", "en", "missing", "added", "buddhist"), ROWS, ids=[f"{r[0]}|{r[1]}" for r in ROWS])
def test_table(th: str, en: str, missing: str, added: str, buddhist: str) -> None:
    found = compare(th, en)
    assert [n.text for n in found.missing] == list(filter(None, [missing]))
    assert [n.text for n in found.added] == list(filter(None, [added]))
    assert [n.text for n in found.buddhist] == list(filter(None, [buddhist]))


@given(st.lists(st.integers(21, 2_399), max_size=6))
def test_same_figures_in_any_order_agree(figures: list[int]) -> None:
    found = compare(" และ ".join(map(str, figures)), " and ".join(map(str, reversed(figures))))
    assert (found.missing, found.added, found.buddhist) == ((), (), ())


@given(st.integers(2_400, 2_600))
def test_every_buddhist_year_is_its_common_era_year(year: int) -> None:
    assert not compare(f"ปี {year}", f"in {year - 543}").missing
    assert [n.text for n in compare(f"ปี {year}", f"in {year}").buddhist] == [str(year)]


@pytest.mark.parametrize(
    ("summary", "source", "new"),
    [
        ("งบ 100 ล้านบาท", "ใช้งบ ๑๐๐ ล้านบาท", []),
        ("งบ 100 ล้านบาท", "ใช้งบ 200 ล้านบาท", ["100 ล้าน"]),
        ("เมื่อปี 2565", "ในปี 65", []),
        ("มี 3 ประเทศ", "มีสามประเทศ", []),
    ],
)
def test_summary_against_article(summary: str, source: str, new: list[str]) -> None:
    assert [n.text for n in unsupported(summary, source)] == new

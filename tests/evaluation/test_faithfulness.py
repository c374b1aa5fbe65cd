"""Numbers, dates and names: every planted error makes the scores fall."""

from __future__ import annotations

import pytest

from evaluation.items import Item
from evaluation.metrics.faithfulness import Faithfulness
from pipeline.facts.dates import Date, english_dates, thai_dates
from pipeline.facts.latin import latin_names, unsupported
from tests.conftest import ROOT

PLANTED = [
    line.split("\t") for line in (ROOT / "tests/gold/planted.tsv").read_text(encoding="utf-8").split("\n")[1:] if line
]


def scores(lang: str, source: str, output: str) -> dict[str, float]:
    family = Faithfulness(lang, "source", recall_judges=True)
    statistics = family.statistics([Item("a", (output,), (), (source,), source)])
    return dict(zip((c.name for c in family.columns), family.scores(statistics)[0].tolist(), strict=True))


def test_there_are_errors_of_each_kind() -> None:
    assert len(PLANTED) >= 40
    assert {row[1] for row in PLANTED} == {"number", "year", "date", "name", "sentence"}


@pytest.mark.parametrize("row", PLANTED, ids=[f"{row[0]}-{row[1]}-{n}" for n, row in enumerate(PLANTED)])
def test_a_planted_error_is_caught(row: list[str]) -> None:
    lang, _, source, good, bad, falls = row
    before, after = scores(lang, source, good), scores(lang, source, bad)
    for name in falls.split(","):
        # Where nothing is left to be right or wrong (a dropped date), the score is undefined, not perfect.
        assert after[name] < before[name], f"{name}: {before[name]} -> {after[name]}"
    judged = [n for n in before if n.endswith(" P") or lang == "en"]
    assert all(before[n] in (100.0, pytest.approx(float("nan"), nan_ok=True)) for n in judged), before
    assert after["fact P"] < before["fact P"] or after["fact R"] < before["fact R"]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("วันที่ 3 เมษายน 2568", [(2025, 4, 3)]),
        ("๓ เม.ย. ๖๘", [(2025, 4, 3)]),
        ("3 - 5 เม.ย. 2568 เวลา 10.00 น.", [(2025, 4, 3), (2025, 4, 5)]),
        ("28 มี.ค. - 3 เม.ย. 2568", [(None, 3, 28), (2025, 4, 3)]),
        ("เมษายน 2568", [(2025, 4, None)]),
        ("เดือนเมษายน", []),
        ("3 เมษายน 15.00 น.", [(None, 4, 3)]),
        ("03/04/2568", [(2025, 4, 3)]),
        ("ปี 2568 และปี 68", [(2025, None, None)]),
        ("ค.ศ. 2030", [(2030, None, None)]),
        ("งบ 2568 ล้านบาท จำนวน 15 ราย", []),
        ("3,4,5 เม.ย. 68", [(2025, 4, 3), (2025, 4, 4), (2025, 4, 5)]),
        ("๓ เดือนเมษายน พุทธศักราช ๒๕๖๘", [(2025, 4, 3)]),
        ("เม.ย 2568 และ เมย. 67", [(2025, 4, None), (2024, 4, None)]),
        ("12/3/68", [(2025, 3, 12)]),
        ("มกราคม - มีนาคม 2568", [(2025, 1, None), (2025, 3, None)]),
        ("3 เมษายน\n45 จังหวัด", [(None, 4, 3)]),
        ("เริ่ม 1 ต.ค. 20 จังหวัด", [(None, 10, 1)]),
        ("สำนักงาน ก.พ. 45 ตำแหน่ง", []),
        ("พ.ศ. 2566-2570", [(2023, None, None), (2027, None, None)]),
        ("ปีการศึกษา 2567/2568", [(2024, None, None), (2025, None, None)]),
        ("ครั้งที่ 3/2568", [(2025, None, None)]),
        ("ภายในปี 2030", [(2030, None, None)]),
        ("มอบทุน 2500 ทุน", []),
    ],
)
def test_thai_dates(text: str, dates: list[tuple[int | None, int | None, int | None]]) -> None:
    assert thai_dates(text) == [Date(*d) for d in dates]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on 3 April 2025", [(2025, 4, 3)]),
        ("April 3, 2025, and 5 May", [(None, 5, 5), (2025, 4, 3)]),
        ("3-5 April 2025", [(2025, 4, 3), (2025, 4, 5)]),
        ("the 3rd of May 2024", [(2024, 5, 3)]),
        ("in April 2025", [(2025, 4, None)]),
        ("2025-04-03", [(2025, 4, 3)]),
        ("since 2019", [(2019, None, None)]),
        ("left as 2568", [(2568, None, None)]),
        ("2,025 people, 2025.5 tons, 2025%", []),
        ("it may 2 or 3", []),
        ("3, 4 and 5 April", [(None, 4, 3), (None, 4, 4), (None, 4, 5)]),
        ("January to March 2025", [(2025, 1, None), (2025, 3, None)]),
        (
            "the 2023-2027 plan, No. 3/2025, Q1/2026",
            [(2023, None, None), (2027, None, None), (2025, None, None), (2026, None, None)],
        ),
        ("12/03/2025", [(2025, 3, 12)]),
        ("Act B.E. 2542 (1999)", [(1999, None, None)]),
        ("In April 2,500 people in 20 places; in March 20 provinces", []),
        ("2000 baht, 2000 MW, Tel. 02 282 2000, 02-282-2000, hotline 1956, 2030 hrs", []),
        ("Aug.12, 2025", [(2025, 8, 12)]),
        ("April 3 in Bangkok", [(None, 4, 3)]),
        ("31 February 2025", [(2025, 2, None)]),
    ],
)
def test_english_dates(text: str, dates: list[tuple[int | None, int | None, int | None]]) -> None:
    assert english_dates(text) == [Date(*d) for d in dates]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("บริษัท Mitsubishi Electric กับ MOU", ["Mitsubishi", "Electric", "MOU"]),
        ("ASEAN และ asean และ ASEAN's", ["ASEAN"]),
        ("ดู https://example.com/A?b=C หรือ a@b.co.th", []),
        ("10 km of the a", []),
        ("ระบบ 5G และ Wi-Fi", ["5G", "Wi-Fi"]),
        ("Müller ใน São Paulo", ["Muller", "Sao", "Paulo"]),
        ("ADB/World Bank", ["ADB", "World", "Bank"]),
    ],
)
def test_latin_names(text: str, names: list[str]) -> None:
    assert latin_names(text) == names


def test_a_name_may_change_case_number_and_hyphen() -> None:
    assert unsupported(["Wi-Fi", "SME", "MOU"], "WIFI for SMEs; two MOU's") == []
    assert unsupported(["EEC"], "the EECs") == []
    assert unsupported(["EEC"], "the EFC") == ["EEC"]
    assert unsupported(["PM2.5", "Wi-Fi", "E20"], "PM 2.5, Wi Fi, E 20") == []
    assert unsupported(["Nation"], "international") == ["Nation"]


@pytest.mark.parametrize(
    ("source", "output", "precision", "recall"),
    [
        ("3 เมษายน 2568 ... 3 เมษายน", "3 April 2019", 0, 50),  # the day stands there once with another year
        ("3 เมษายน ถึงปี 2570", "3 April 2030", 0, 50),
        ("3 เมษายน", "3 April 2025", 100, 100),  # nothing speaks against it
        ("3 เมษายน 2568 ถึงปี 2570", "3 April ... 2027", 100, 100),  # a year may be left out
        ("พ.ร.บ. พ.ศ. 2542", "Act B.E. 2542 (1999)", 100, 100),
    ],
)
def test_years_of_dates(source: str, output: str, precision: float, recall: float) -> None:
    found = scores("en", source, output)
    assert (found["date P"], found["date R"]) == (precision, recall)

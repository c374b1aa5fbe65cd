"""Numbers, dates and names: every planted error makes the scores fall."""

from __future__ import annotations

import pytest

from evaluation.items import Item
from evaluation.metrics.faithfulness import Faithfulness
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

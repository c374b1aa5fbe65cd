"""ROUGE: a hand-worked table in XL-Sum's scheme, parity with rouge-score, and what must always hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from evaluation import segmenters
from evaluation.metrics import rouge
from tests.conftest import ROOT

ROWS = [
    line.split("\t")
    for line in (ROOT / "tests/gold/rouge_xlsum.tsv").read_text(encoding="utf-8").split("\n")[1:]
    if line
]
THAI_WORDS = "แมว กิน ปลา ข้าว รัฐบาล ประชุม ประชาชน 5 2568 ASEAN จังหวัด เชียงใหม่ โครงการ ร้อยละ ล้าน บาท".split()  # noqa: SIM905
texts = st.lists(st.sampled_from([*THAI_WORDS, " ", " ", ", ", "\n"]), max_size=25).map("".join)
schemes = pytest.mark.parametrize("scheme", ["newmm", "xlsum", "char"])


def unescape(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)


def one(scheme: str, hypothesis: str, reference: str) -> rouge.Scores:
    types = ("1", "2", "L") if scheme == "char" else ("1", "2", "L", "Lsum")
    return rouge.score(segmenters.get(scheme), tuple(hypothesis.split("\n")), [tuple(reference.split("\n"))], types)


@pytest.mark.parametrize("row", ROWS, ids=[row[-1] for row in ROWS])
def test_xlsum_scheme_against_values_worked_by_hand(row: list[str]) -> None:
    hypothesis, reference = unescape(row[0]), unescape(row[1])
    found = rouge.score(segmenters.get("xlsum"), (hypothesis,), [(reference,)], ("1", "2", "L"))
    for kind, cell in zip(("1", "2", "L"), row[2:5], strict=True):
        common, ours, theirs = map(int, cell.split("/"))
        precision, recall = common / max(ours, 1), common / max(theirs, 1)
        f = 2 * precision * recall / (precision + recall) if common else 0.0
        assert found[kind] == pytest.approx((precision, recall, f)), kind


def test_the_table_is_as_large_as_it_says() -> None:
    assert len(ROWS) >= 30


ENGLISH = [
    ("The Prime Minister opened the bridge.", "The prime minister has opened a new bridge, officials said."),
    ("Exports rose 3.5% in 2025", "Exports rose by 3.5 percent in 2025"),
    ("running runners ran", "the runner runs"),
    ("First sentence here.\nSecond one there.", "Second one there.\nA third sentence, different."),
    ("", "something"),
    ("x", ""),
    ("ASEAN-EU ties", "asean eu tie"),
    ("the the the", "the"),
]


@pytest.mark.parametrize(("hypothesis", "reference"), ENGLISH)
def test_english_is_rouge_score_to_the_last_digit(hypothesis: str, reference: str) -> None:
    theirs = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=True).score(reference, hypothesis)
    ours = one("en", hypothesis, reference)
    for kind, found in ours.items():
        t = theirs[f"rouge{kind}"]
        assert found == (t.precision, t.recall, t.fmeasure), kind


@settings(max_examples=60, deadline=None)
@given(texts, texts)
def test_our_lcs_is_that_of_rouge_score(hypothesis: str, reference: str) -> None:
    segmenter = segmenters.get("newmm")
    theirs = RougeScorer(["rougeL"], tokenizer=segmenter).score(reference, hypothesis)["rougeL"]
    assert one("newmm", hypothesis, reference)["L"] == pytest.approx((theirs.precision, theirs.recall, theirs.fmeasure))


@schemes
@settings(max_examples=40, deadline=None)
@given(text=texts)
def test_identical_texts_score_one(scheme: str, text: str) -> None:
    tokens = segmenters.get(scheme).tokenize(text)
    found = one(scheme, text, text)
    assert found["1"] == ((1, 1, 1) if tokens else (0, 0, 0))
    assert found["L"] == ((1, 1, 1) if tokens else (0, 0, 0))
    assert found["2"] == ((1, 1, 1) if len(tokens) > 1 else (0, 0, 0))


@schemes
def test_disjoint_texts_score_nothing(scheme: str) -> None:
    assert all(v == (0, 0, 0) for v in one(scheme, "แมวกินปลา", "5 ดร").values())


@schemes
@settings(max_examples=40, deadline=None)
@given(a=texts, b=texts)
def test_swapping_sides_swaps_precision_and_recall(scheme: str, a: str, b: str) -> None:
    there, back = one(scheme, a, b), one(scheme, b, a)
    for kind in ("1", "2", "L"):
        assert there[kind][:2] == pytest.approx(back[kind][1::-1])
        assert there[kind][2] == pytest.approx(back[kind][2])


def test_of_several_references_the_best_counts() -> None:
    found = rouge.score(segmenters.get("newmm"), ("แมวกินปลา",), [("หมานอน",), ("แมวกินปลา",)], ("1",))
    assert found["1"] == (1, 1, 1)


def test_stock_rouge_score_gives_identical_thai_nothing_and_ours_does_not() -> None:
    text = "รัฐบาลแถลงข่าว"
    assert RougeScorer(["rouge1"]).score(text, text)["rouge1"].fmeasure == 0
    assert one("newmm", text, text)["1"] == (1, 1, 1)


@pytest.mark.parametrize(
    ("scheme", "text", "tokens"),
    [
        ("newmm", "แมว ๕ ตัว, กิน!", ["แมว", "5", "ตัว", "กิน"]),
        ("newmm", "ทํางาน", ["ทำงาน"]),  # decomposed sara am
        ("xlsum", "แมว ๕ ตัว", ["แมว", " ", "๕", " ", "ตัว"]),
        ("char", "กิน 2!", ["ก", "ิ", "น", "2"]),
        ("en", "Running officials' 3.5%", ["run", "offici", "3", "5"]),
        ("newmm", "", []),
        ("newmm", " \n", []),
    ],
)
def test_tokens(scheme: str, text: str, tokens: list[str]) -> None:
    assert segmenters.get(scheme).tokenize(text) == tokens

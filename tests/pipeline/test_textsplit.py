"""Cutting text to fit: bounded, balanced, and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import load_config
from pipeline.steps import Context, segment
from pipeline.steps.segment import SPLITTERS, split_sentences
from pipeline.textsplit import balanced_chunks, english_sentences, split_to_fit
from tests.conftest import ROOT, article

WORDS = st.lists(st.text(st.sampled_from("กขคงเแาิ้ำa1"), min_size=1, max_size=40), min_size=1, max_size=20)


@given(WORDS, st.integers(1, 60))
def test_pieces_fit_and_nothing_is_lost(words: list[str], limit: int) -> None:
    text = " ".join(words)
    pieces, _ = split_to_fit(text, len, limit)
    assert all(0 < len(p) <= limit for p in pieces)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


@given(WORDS, st.integers(1, 5))
def test_chunks_keep_order_and_fit(words: list[str], at_least: int) -> None:
    chunks = balanced_chunks(words, len, 100, at_least)
    assert " ".join(chunks).split(" ") == words
    assert all(sum(len(w) + 1 for w in chunk.split(" ")) <= 101 for chunk in chunks)
    assert len(chunks) >= min(at_least, len(words)) or len(words) < 2 * at_least


def test_chunks_are_of_nearly_equal_length() -> None:
    assert [len(c) for c in balanced_chunks(["กกกก"] * 6, len, 20, 1)] == [14, 14]


def test_ten_thousand_characters_without_a_space(fake_context: Context) -> None:
    text = "ประเทศไทยพัฒนาเศรษฐกิจ" * 460
    (done,) = segment.run([_with_body(text)], fake_context)
    limit = fake_context.translator.max_input_tokens
    assert "".join(s.text for s in done.sentences) == text
    assert all(len(s.text) <= limit for s in done.sentences)


def test_a_hard_cut_is_said(fake_context: Context) -> None:
    (done,) = segment.run([_with_body("ก" * 3_000)], fake_context)
    assert [f.kind.value for f in done.findings] == ["hard_split"]


def test_sentences_keep_their_paragraph(fake_context: Context) -> None:
    (done,) = segment.run([_with_body("นายกรัฐมนตรีเปิดงาน", "ฝนตกหนักในภาคใต้")], fake_context)
    assert [(s.text, s.paragraph) for s in done.sentences] == [("นายกรัฐมนตรีเปิดงาน", 0), ("ฝนตกหนักในภาคใต้", 1)]


def test_both_splitters_lose_nothing() -> None:
    text = "ฉันไปโรงเรียน เพื่อนก็ไปโรงเรียนด้วย วันนี้อากาศดีมาก เราจึงเดินไปด้วยกัน"
    for splitter in SPLITTERS.values():
        assert "".join(split_sentences(text, splitter)).replace(" ", "") == text.replace(" ", "")


def test_the_config_can_ask_for_shorter_segments(tmp_path) -> None:
    from pipeline.flow import make_context

    config = load_config(ROOT / "configs" / "fake.yaml", {"segment.max_tokens": 10, "segment.splitter": "spaces"})
    (done,) = segment.run([_with_body("หนึ่งสองสาม สี่ห้าหก")], make_context(config, tmp_path))
    assert all(len(s.text) <= 10 for s in done.sentences)


def _with_body(*paragraphs: str):
    from dataclasses import replace

    return replace(article(""), title="หัวข้อ", paragraphs=paragraphs)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (
            "The PM met Gen. Prayut and Dr. Somsak on Monday. He signed Order No. 5 with the U.S. Government.",
            2,
        ),
        ("Pol. Lt. Gen. Somchai K. Jaidee spoke. It rained.", 2),
        ("It cost 3.5 million baht. In 2022 it was 2.1. Why? “No one” knows!", 4),
        ("On 3 Jan. 2022 the Co. Ltd. opened", 1),
        ("", 1),
    ],
)
def test_english_sentences(text: str, count: int) -> None:
    found = english_sentences(text)
    assert len(found) == count
    assert " ".join(found) == text

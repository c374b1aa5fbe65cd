"""Pruning a vocabulary: kept text tokenises the same, other text falls back and is not lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from models.vocab import close_under_merges, merge_path, prune, read_keep_list, write_keep_list
from tests.models.tiny import CORPUS, train_tokenizer


@pytest.fixture(scope="module")
def full() -> Tokenizer:
    return train_tokenizer()


def keep_of(full: Tokenizer, texts: list[str]) -> list[int]:
    return sorted({i for text in texts for i in full.encode(text, add_special_tokens=False).ids})


def test_texts_of_kept_pieces_tokenise_the_same(full: Tokenizer) -> None:
    spec = json.loads(full.to_str())
    thai = [t for t in CORPUS if "ก" in t or "น" in t]
    pruned_spec, old_ids = prune(spec, keep_of(full, thai))
    pruned = Tokenizer.from_str(json.dumps(pruned_spec))
    assert len(old_ids) < full.get_vocab_size()
    for text in thai:
        ids = pruned.encode(text).ids
        assert [old_ids[i] for i in ids] == full.encode(text).ids
        assert pruned.decode(ids) == text


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\u2581"), max_size=40))
def test_any_text_survives_in_bytes(full: Tokenizer, text: str) -> None:
    pruned_spec, _ = prune(json.loads(full.to_str()), keep_of(full, ["กขค"]))
    pruned = Tokenizer.from_str(json.dumps(pruned_spec))
    pruned.encode_special_tokens = True
    ids = pruned.encode(text, add_special_tokens=False).ids
    assert pruned.decode(ids, skip_special_tokens=False) == text
    assert pruned.token_to_id("<unk>") not in ids


def test_closing_twice_adds_nothing(full: Tokenizer) -> None:
    spec = json.loads(full.to_str())
    once = close_under_merges(spec, keep_of(full, CORPUS[:3]))
    assert close_under_merges(spec, once) == once


def test_merge_path_lists_every_piece_on_the_way() -> None:
    ranks = {("a", "b"): 0, ("ab", "c"): 1, ("b", "c"): 2}
    assert merge_path("abc", ranks) == {"a", "b", "c", "ab", "abc"}


@given(ids=st.sets(st.integers(0, 500)))
def test_keep_lists_round_trip(tmp_path_factory: pytest.TempPathFactory, ids: set[int]) -> None:
    path = tmp_path_factory.mktemp("ids") / "x.ids"
    write_keep_list(path, ids, "a comment\nof two lines")
    assert read_keep_list(path) == sorted(ids)


def test_the_shipped_list_is_of_the_size_that_the_documents_say() -> None:
    path = Path(__file__).parent.parent.parent / "models" / "data" / "gemma3-thai-english.ids"
    assert len(read_keep_list(path)) == 64_159

"""Every family's tiny model through the code that a user's model goes through, on both backends."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from models import load
from models.base import Decoding, InputTooLong, ModelError, ModelMissing, Request
from models.families import FAMILIES as TABLE
from models.families import family_of
from models.seq2seq import Seq2SeqModel, open_tokenizer
from models.spec import CTranslate2Spec, FamilyName, Seq2SeqSpec
from tests.models.tiny_seq2seq import FAMILIES, PAIRS, save_tiny

LONG = PAIRS[0][0] * 6
TEXTS = [PAIRS[0][0], PAIRS[37][0], PAIRS[55][0] + " " + PAIRS[99][0], "ก"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("families")
    for family in FAMILIES:
        save_tiny(family, root / family)
    return {family: root / family for family in FAMILIES}


@pytest.fixture(scope="module")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def model(
    request: pytest.FixtureRequest, folders: dict[str, Path], cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Seq2SeqModel:
    family, kind = request.param
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(cache_folder))
    return open_model(folders[family], family, kind)


def open_model(folder: Path, family: str, kind: str) -> Seq2SeqModel:
    spec: Seq2SeqSpec | CTranslate2Spec
    if kind == "seq2seq":
        spec = Seq2SeqSpec(kind="seq2seq", name=family, source=str(folder), licence="none", batch_size=3)
    else:
        spec = CTranslate2Spec(
            kind="ctranslate2", name=family, source=str(folder), licence="none", compute_type="float32", threads=1,
            batch_size=3,
        )  # fmt: skip
    load.prepare(spec, lambda what, share: None)
    opened = load.load(spec)
    assert isinstance(opened, Seq2SeqModel)
    return opened


def requests(texts: list[str], **decoding: int) -> list[Request]:
    return [Request("translate", text, decoding=Decoding(**{"max_new_tokens": 12, **decoding})) for text in texts]


BOTH = [(f, kind) for f in FAMILIES for kind in ("seq2seq", "ctranslate2")]
each_model = pytest.mark.parametrize("model", BOTH, indirect=True, ids=lambda p: "-".join(p))


@each_model
@pytest.mark.parametrize("beams", [1, 4])
def test_the_contract(model: Seq2SeqModel, beams: int) -> None:
    found = model.generate(requests(TEXTS, num_beams=beams, num_candidates=min(beams, 2)))
    assert [len(candidates) for candidates in found] == [min(beams, 2)] * len(TEXTS)
    for candidates in found:
        assert all(c.tokens <= 12 and c.finish_reason in ("stop", "length", "empty") for c in candidates)
        assert (candidates[0].text == "") == (candidates[0].finish_reason == "empty")
        scores = [c.score for c in candidates if c.score is not None]
        assert scores == sorted(scores, reverse=True)
    # Alone or in a batch of mixed lengths, in any order: padding changes nothing.
    assert [model.generate(requests([t], num_beams=beams))[0][0].text for t in TEXTS] == [c[0].text for c in found]
    backwards = model.generate(requests(TEXTS[::-1], num_beams=beams))
    assert [c[0].text for c in backwards[::-1]] == [c[0].text for c in found]
    assert model.generate([]) == []


@each_model
def test_lengths(model: Seq2SeqModel) -> None:
    probe = requests([""])[0]
    room = model.room(probe)
    assert 16 < room < model.max_input_tokens
    assert model.count_tokens("") == 0
    (empty,) = model.generate([probe])
    assert len(empty) == 1
    text = "นาย" * 2 * model.max_input_tokens
    assert model.count_tokens(text) > model.max_input_tokens
    with pytest.raises(InputTooLong, match="does not fit"):
        model.generate(requests([text]))
    fitting = "นาย " * 400
    while model.count_tokens(fitting) > room:
        fitting = fitting[: len(fitting) - 4]
    assert len(model.generate(requests([fitting]))) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_the_source_is_the_tokenizer_s_own(family: str, folders: dict[str, Path]) -> None:
    """Language tokens and end of sequence stand where the family's tokenizer puts them."""
    spec = Seq2SeqSpec(kind="seq2seq", name=family, source=str(folders[family]), licence="none")
    tokenizer, found, positions = open_tokenizer(spec, folders[family])
    assert found.name == family
    assert positions == (None if family in ("mt5", "t5") else 1024)
    model = open_model(folders[family], family, "seq2seq")
    pieces = tokenizer.convert_ids_to_tokens(model._encode(requests([PAIRS[0][0]])[0], PAIRS[0][0]))
    begin = {"nllb": "tha_Thai", "m2m100": "__th__", "mbart50": "th_TH", "bart": "<s>"}.get(family)
    if begin:
        assert pieces[0] == begin
    assert pieces[-1] == "</s>"
    assert "<unk>" not in pieces


@pytest.mark.parametrize("family", ["nllb", "m2m100", "mbart50"])
def test_a_missing_language_is_an_error_not_another_language(
    family: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    model = open_model(folders[family], family, "seq2seq")
    with pytest.raises(ModelError, match="no language 'de'"):
        model.generate([Request("translate", PAIRS[0][0], target_lang="de")])
    with pytest.raises(ModelError, match="no language 'de'"):
        model.generate([Request("translate", PAIRS[0][0], source_lang="de")])


def test_a_vocabulary_without_the_language_token_is_refused(tmp_path: Path) -> None:
    """NLLB's sentencepiece file alone has no codes: the source would begin with <unk>."""
    folder = tmp_path / "nllb"
    save_tiny("nllb", folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink(missing_ok=True)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "NllbTokenizer"}')
    spec = Seq2SeqSpec(kind="seq2seq", name="nllb", source=str(folder), licence="none", family="nllb")
    with pytest.raises(ModelError, match="no language token 'tha_Thai'"):
        load.load(spec).generate(requests([PAIRS[0][0]]))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("beams", [1, 4])
def test_both_backends_write_the_same(
    family: str, beams: int, folders: dict[str, Path], cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(cache_folder))
    asked = requests([thai for thai, _ in PAIRS[::9]], num_beams=beams)
    ours, theirs = (
        [c[0] for c in open_model(folders[family], family, kind).generate(asked)] for kind in ("seq2seq", "ctranslate2")
    )
    assert [(g.text, g.finish_reason, g.tokens) for g in ours] == [(g.text, g.finish_reason, g.tokens) for g in theirs]
    assert len({g.text for g in ours} - {""}) >= 6  # of twelve: they say something, and not all the same
    # CTranslate2 takes Marian's padding out before the softmax, transformers after it.
    close = 1e-2 if family == "marian" else 1e-3
    if beams > 1:
        assert [g.score for g in ours] == pytest.approx([g.score for g in theirs], abs=close)


@pytest.mark.parametrize("family", ["mt5", "t5"])
def test_an_output_layer_of_its_own_is_kept(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mT5 and T5 v1.1 on the hub are not tied and do not scale; transformers 5 says of all T5 that they are tied."""
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / family
    save_tiny(family, folder, untied=True)
    asked = requests([thai for thai, _ in PAIRS[::9]], num_beams=4)
    ours, theirs = (
        [c[0] for c in open_model(folder, family, kind).generate(asked)] for kind in ("seq2seq", "ctranslate2")
    )
    assert [g.text for g in ours] == [g.text for g in theirs]
    assert [g.score for g in ours] == pytest.approx([g.score for g in theirs], abs=1e-3)
    tied = tmp_path / "tied"
    save_tiny(family, tied)
    assert [c[0].score for c in open_model(tied, family, "seq2seq").generate(asked)] != [g.score for g in ours]


@pytest.mark.parametrize("family", ["mbart50", "pegasus"])
def test_a_cut_answer_does_not_look_finished(family: str, folders: dict[str, Path]) -> None:
    """Their configs force the end of the sequence as the last token that fits."""
    model = open_model(folders[family], family, "seq2seq")
    assert {c[0].finish_reason for c in model.generate(requests(TEXTS[:3], num_beams=1))} == {"length"}


def test_mt5_in_fp16_is_refused(folders: dict[str, Path]) -> None:
    spec = Seq2SeqSpec(kind="seq2seq", name="m", source=str(folders["mt5"]), licence="none", dtype="float16")
    with pytest.raises(ModelError, match="float16 gives NaN"):
        load.load(spec)


def test_every_family_name_of_a_config_is_in_the_table() -> None:
    from typing import get_args

    assert set(get_args(FamilyName)) == {f.name for f in TABLE} == set(FAMILIES)


def test_an_unknown_architecture_names_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"'led' is not of a known family.*marian"):
        family_of("led", tokenizer=None)


def test_a_translator_of_single_sentences_is_not_asked_to_summarise(folders: dict[str, Path]) -> None:
    model = open_model(folders["nllb"], "nllb", "seq2seq")
    with pytest.raises(ModelError, match="cannot summarise"):
        model.generate([Request("summarize", PAIRS[0][0], target_lang="th")])


def test_long_sentences_are_cut_where_the_family_gets_worse(folders: dict[str, Path]) -> None:
    model = open_model(folders["nllb"], "nllb", "seq2seq")
    assert model.room(requests([""])[0]) < 130
    assert model.max_input_tokens == 1024
    summarizer = open_model(folders["mt5"], "mt5", "seq2seq")
    assert summarizer.room(Request("summarize", "", target_lang="th")) > 500
    assert summarizer.defaults("summarize") == Decoding(84, 4, no_repeat_ngram_size=2, length_penalty=0.6)
    assert summarizer.defaults("translate").max_new_tokens > 84


@pytest.mark.parametrize("fallback", [None, "transformers"])
def test_what_cannot_be_converted_says_so_or_falls_back(
    fallback: Literal["transformers"] | None, folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ctranslate2

    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path))

    def refuse(self: object, *args: object, **options: object) -> None:
        raise ValueError("No conversion is registered for the model configuration MT5Config")

    monkeypatch.setattr(ctranslate2.converters.TransformersConverter, "convert", refuse)
    spec = CTranslate2Spec(
        kind="ctranslate2", name="m", source=str(folders["mt5"]), licence="none", fallback=fallback
    )  # fmt: skip
    if fallback is None:
        with pytest.raises(ModelError, match=r"cannot convert it \(mt5: No conversion.*fallback: transformers"):
            load.prepare(spec, lambda what, share: None)
        with pytest.raises(ModelMissing, match="not converted"):
            load.load(spec)
        return
    load.prepare(spec, lambda what, share: None)
    opened = load.load(spec)
    assert opened.info.backend.startswith("transformers")
    assert load.status(spec).ready
    assert "transformers" in load.status(spec).note


def test_a_marian_that_does_not_start_from_nothing_is_not_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "marian"
    model = save_tiny("marian", folder)
    model.get_input_embeddings().weight.data[model.config.pad_token_id] = 0.1
    model.save_pretrained(folder)
    with pytest.raises(ModelError, match="start token has an embedding"):
        open_model(folder, "marian", "ctranslate2")


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "model.safetensors"])
def test_a_damaged_folder_is_one_line(file: str, tmp_path: Path) -> None:
    folder = tmp_path / "marian"
    save_tiny("marian", folder)
    (folder / file).write_bytes(b"{")
    spec = Seq2SeqSpec(kind="seq2seq", name="opus", source=str(folder), licence="none")
    with pytest.raises(ModelError) as caught:
        load.load(spec)
    assert "opus" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_looks_like_a_special_token_in_an_article_is_text(family: str, folders: dict[str, Path]) -> None:
    model = open_model(folders[family], family, "seq2seq")
    tokenizer = model._tokenizer
    special = set(tokenizer.all_special_ids) | {
        tokenizer.convert_tokens_to_ids(token) for token in model.family.target_tokens.values()
    }
    marks = "</s> <pad> <s> eng_Latn __en__ en_XX <extra_id_0>"
    control = special - {tokenizer.unk_token_id}
    plain = sum(i in control for i in model._encode(requests(["ก"])[0], "ก"))
    assert sum(i in control for i in model._encode(requests(["ก"])[0], f"ก {marks} ข")) == plain
    assert sum(i in control for i in tokenizer(marks)["input_ids"]) > plain  # as it is, it would be control


def test_places_without_a_word_are_counted(folders: dict[str, Path]) -> None:
    model = open_model(folders["nllb"], "nllb", "seq2seq")
    known, unknown = model.generate(requests([PAIRS[0][0], "漢 " + PAIRS[0][0] + " 字"]))
    assert unknown[0].unknown - known[0].unknown >= 2


@pytest.mark.parametrize("kind", ["seq2seq", "ctranslate2"])
def test_missing_weights_are_not_made_up(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from safetensors.torch import load_file, save_file

    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "nllb"
    save_tiny("nllb", folder)
    tensors = load_file(folder / "model.safetensors")
    kept = {name: tensor for name, tensor in tensors.items() if "decoder.layers.1" not in name}
    assert len(kept) < len(tensors)
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"nllb.*weights are missing.*decoder\.layers\.1"):
        open_model(folder, "nllb", kind)


@pytest.mark.parametrize("kind", ["seq2seq", "ctranslate2"])
def test_more_positions_than_the_model_has_are_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "bart"
    save_tiny("bart", folder)
    model = open_model(folder, "bart", kind)
    assert model.max_input_tokens == 1024
    assert model.room(requests([""], max_new_tokens=1022)[0])
    with pytest.raises(ModelError, match="max_new_tokens can be 1022 at most"):
        model.room(requests([""], max_new_tokens=1023)[0])


def test_a_model_of_another_language_pair_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "marian"
    save_tiny("marian", folder)
    file = folder / "tokenizer_config.json"
    file.write_text(file.read_text().replace('"th"', '"fr"'))
    with pytest.raises(ModelError, match="source_lang is 'fr', and 'th' is asked for"):
        open_model(folder, "opus-mt-fr-en", "seq2seq").room(requests([""])[0])
    file.write_text(file.read_text().replace('"fr"', '"tha"').replace('"en"', '"eng"'))
    assert open_model(folder, "opus", "seq2seq").room(requests([""])[0])


@pytest.mark.parametrize("compute", ["float16", "int8_float16"])
def test_half_precision_of_mt5_is_refused_by_ctranslate2_too(
    compute: Literal["float16", "int8_float16"],
    folders: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path))
    spec = CTranslate2Spec(
        kind="ctranslate2", name="m", source=str(folders["mt5"]), licence="none", compute_type=compute
    )
    with pytest.raises(ModelError, match=f"{compute} gives NaN"):
        load.prepare(spec, lambda what, share: None)

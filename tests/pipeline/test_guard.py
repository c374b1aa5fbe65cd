"""Guide, choose, fall back, and the exit code: what keeps a wrong sentence out of a brief, or marks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.base import Generation, Request
from models.fake import FakeModel
from models.spec import FakeSpec
from pipeline.article import Article, Field, Kind
from pipeline.cli import app
from pipeline.config import load_config
from pipeline.flow import make_context, process
from pipeline.steps import translate
from tests.conftest import ROOT, article

FAKE = ROOT / "configs" / "fake.yaml"
PAGE = (
    "กระทรวงการคลังเปิดสะพาน\n"
    "กระทรวงการคลังเปิดสะพานยาว 1,350 เมตรในจังหวัดเลยร่วมกับฝ่ายลาว เมื่อวันที่ 3 สิงหาคม 2565 โดยมีประชาชนร่วมงาน 200 คน"
)
GOOD = (
    "The Ministry of Finance opened a bridge of 1,350 metres in Loei with the Lao side on 3 August 2022, "
    "with 200 people taking part."
)


class Translator(FakeModel):
    """Answers each translation as a test says, and keeps what it was asked."""

    def __init__(self, answer: Callable[[Request], str]) -> None:
        super().__init__(FakeSpec(kind="fake"))
        self.answer, self.seen = answer, []  # type: ignore[var-annotated]

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        if requests and requests[0].task == "summarize":
            return super().generate(requests)
        self.seen += [r.text for r in requests]
        return [[Generation(self.answer(r), "stop", None, 5)] * r.decoding.num_candidates for r in requests]


def run(tmp_path: Path, model: FakeModel, **overrides: object) -> Article:
    given = {key.replace("__", "."): value for key, value in overrides.items()}
    context = replace(make_context(load_config(FAKE, given), tmp_path), translator=model)
    (done,) = process([article(PAGE)], context)
    return done


def test_guided_text_has_the_official_names(tmp_path: Path) -> None:
    model = Translator(lambda r: GOOD)
    run(tmp_path, model, translate__guide="names")
    assert all("Ministry of Finance" in text for text in model.seen if "เปิดสะพาน" in text)
    choices = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["choices"]
    assert any(c["asked"] != c["source"] and "Ministry of Finance" in c["asked"] for c in choices)
    plain = Translator(lambda r: GOOD)
    run(tmp_path, plain)
    assert not any("Ministry of Finance" in text for text in plain.seen)


def test_a_wrong_answer_to_guided_text_is_asked_for_plainly(tmp_path: Path) -> None:
    """The plain answer is right, and taken; where only the model's score counts, nobody asks again."""

    def answer(request: Request) -> str:
        return GOOD if "กระทรวงการคลัง" in request.text else GOOD.replace("1,350", "1,530")

    asked = {"translate__guide": "names", "translate__num_beams": 2}
    done = run(tmp_path, Translator(answer), translate__rerank="facts", **asked)
    with_figure = [n for n, th in enumerate(done.summary_th) if "1,350" in th and "กระทรวงการคลัง" in th]
    assert with_figure
    assert all(done.summary_en[n] == GOOD for n in with_figure)
    assert Kind.RETRIED in {f.kind for f in done.findings}
    done = run(tmp_path, Translator(answer), **asked)
    assert all(done.summary_en[n] != GOOD for n in with_figure)


CLAUSES = (
    "กระทรวงการคลังเปิดสะพานยาว 1,350 เมตรในจังหวัดเลย พร้อมมอบทุนการศึกษาแก่เด็กนักเรียน 200 คนในพื้นที่ใกล้เคียง",
    (
        "กระทรวงการคลังเปิดสะพานยาว 1,350 เมตรในจังหวัดเลย",
        "The Ministry of Finance opened a bridge of 1,350 metres in Loei.",
    ),
    ("พร้อมมอบทุนการศึกษาแก่เด็กนักเรียน 200 คนในพื้นที่ใกล้เคียง", "and gave scholarships to 200 pupils."),
)


def test_a_sentence_that_stays_wrong_is_asked_for_clause_by_clause(tmp_path: Path) -> None:
    whole, *clauses = CLAUSES
    model = Translator(lambda r: dict(clauses).get(r.text, "The Ministry of Finance opened a bridge of 9,999 metres."))
    config = load_config(FAKE, {"translate.rerank": "facts", "translate.num_beams": 2})
    context = replace(make_context(config, tmp_path), translator=model)
    (done,) = translate.run([replace(article(""), summary_th=(whole,))], context)
    assert done.summary_en == (
        "The Ministry of Finance opened a bridge of 1,350 metres in Loei, and gave scholarships to 200 pupils.",
    )
    assert [f.kind for f in done.findings] == [Kind.RETRIED]


@pytest.mark.parametrize("answer", ["", "กระทรวงการคลังเปิดสะพาน", "the bridge and " * 12])
def test_what_nobody_can_use_is_replaced_by_the_thai_and_marked(tmp_path: Path, answer: str) -> None:
    done = run(tmp_path, Translator(lambda r: answer))
    assert done.needs_review
    for th, en in zip(done.summary_th, done.summary_en, strict=True):
        assert en == f"[not translated] {th}"
    found = [f.kind for f in done.findings if f.field is Field.SUMMARY_EN and f.index == 0]
    assert Kind.EXTRACTIVE_FALLBACK in found
    assert {Kind.EMPTY_OUTPUT, Kind.WRONG_LANGUAGE, Kind.LOOPING_OUTPUT} & set(found)


def test_facts_are_not_looked_for_where_the_config_says_so(tmp_path: Path) -> None:
    wrong = GOOD.replace("1,350", "1,530")
    done = run(tmp_path, Translator(lambda r: wrong), check__facts=False)
    assert Kind.NUMBER_CHANGED not in {f.kind for f in done.findings}
    done = run(tmp_path, Translator(lambda r: wrong))
    assert Kind.NUMBER_CHANGED in {f.kind for f in done.findings}


def test_a_summary_with_another_number_becomes_a_sentence_of_the_article(tmp_path: Path) -> None:
    class Summarizer(FakeModel):
        def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
            return [[Generation("- กระทรวงการคลังเปิดสะพานยาว 9,999 เมตรในจังหวัดเลย", "stop", None, 5)] for _ in requests]

    context = replace(make_context(load_config(FAKE), tmp_path), summarizer=Summarizer(FakeSpec(kind="fake")))
    (done,) = process([article(PAGE)], context)
    assert all("9,999" not in th for th in done.summary_th)
    (said,) = [f for f in done.findings if f.kind is Kind.EXTRACTIVE_FALLBACK]
    assert "9,999" in said.message
    assert said.index == 0


def test_strict_exits_with_3_when_a_brief_needs_review(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text(PAGE, encoding="utf-8")
    config = tmp_path / "draft.yaml"
    config.write_text(FAKE.read_text(encoding="utf-8") + "  draft_only: true\n", encoding="utf-8")
    call = ["run", str(page), "--out", str(tmp_path / "out"), "--config"]
    assert CliRunner().invoke(app, [*call, str(config), "--strict"]).exit_code == 3
    assert CliRunner().invoke(app, [*call, str(config)]).exit_code == 0
    assert CliRunner().invoke(app, [*call, str(FAKE), "--strict"]).exit_code == 0

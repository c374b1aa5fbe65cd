"""The whole flow on the fake model and on models that misbehave on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from models.base import Generation, ModelError, Request
from models.fake import FakeModel
from models.spec import FakeSpec
from pipeline import verify
from pipeline.article import Article, Field, Finding, Kind, Severity
from pipeline.config import Config, load_config
from pipeline.engines import local
from pipeline.errors import ConfigError
from pipeline.facts import names_tsv
from pipeline.faults import find_loop
from pipeline.flow import STEPS, make_context, process
from pipeline.steps import Context, check, summarize
from pipeline.steps.summarize import parse_summary
from pipeline.steps.write import render_markdown
from pipeline.verify import Place
from tests.conftest import ROOT, article

PAGE = """รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-ไทยและลาวเปิดสะพาน
วันพุธที่ 3 สิงหาคม 2565
ไทยและลาวเปิดสะพาน
นายกรัฐมนตรีเป็นประธานเปิดสะพานมิตรภาพแห่งใหม่ร่วมกับฝ่ายลาว เมื่อ 3 สิงหาคม 2565
สะพานยาว ๑,๓๕๐ เมตร ใช้งบประมาณ 3,900 ล้านบาท เปิดให้รถผ่านตั้งแต่เดือนหน้า
*****
ที่มา : https://www.example.go.th/news/1"""


class Scripted(FakeModel):
    """A fake whose answers a test chooses."""

    def __init__(self, answer: Callable[[Request], str], finish: str = "stop") -> None:
        super().__init__(FakeSpec(kind="fake"))
        self._answer, self._finish = answer, finish
        self.seen: list[Request] = []

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        self.seen.extend(requests)
        return [[Generation(self._answer(r), self._finish, 0.0, 1)] for r in requests]


def with_models(context: Context, summarizer: FakeModel | None = None, translator: FakeModel | None = None) -> Context:
    return replace(context, summarizer=summarizer or context.summarizer, translator=translator or context.translator)


def kinds(done: Article, *, least: Severity = Severity.WARNING) -> list[Kind]:
    shown = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}
    return [f.kind for f in done.findings if shown[f.severity] >= shown[least]]


def test_json_contract(fake_context: Context) -> None:
    (done,) = process([article(PAGE, "1")], fake_context)
    assert done.failure is None
    brief = json.loads((fake_context.out / "1.json").read_text(encoding="utf-8"))
    assert list(brief) == [
        "article_id", "status", "source", "title_th", "title_en", "summary_th", "summary_en", "alignment",
        "repairs", "findings", "models", "pipeline",
    ]  # fmt: skip
    assert brief["source"]["published"] == "2022-08-03"
    assert brief["source"]["published_th"] == "3 สิงหาคม 2565"
    assert brief["source"]["url"] == "https://www.example.go.th/news/1"
    assert len(brief["source"]["sha256"]) == 64
    assert len(brief["summary_th"]) == len(brief["summary_en"]) == 2
    assert brief["status"] == "ok"
    assert brief["alignment"] == "sentence"
    assert set(brief["models"]) == {"summarize", "translate"}
    assert set(brief["models"]["translate"]) == {
        "name",
        "kind",
        "revision",
        "licence",
        "backend",
        "decoding",
        "prompts",
    }
    assert set(brief["pipeline"]) == {"version", "config_sha256", "glossary_sha256", "created"}
    for finding in brief["findings"]:
        assert list(finding) == ["kind", "severity", "field", "index", "message", "source", "target"]
        assert finding["kind"] in set(Kind)
        assert finding["severity"] in set(Severity)
        assert finding["field"] in set(Field)


@pytest.mark.parametrize("scope", ["article", "both"])
def test_the_body_is_translated_when_asked_for(scope: str, tmp_path: Path) -> None:
    config = load_config(ROOT / "configs" / "fake.yaml", {"translate.scope": scope})
    (done,) = process([article(PAGE)], make_context(config, tmp_path))
    brief = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [pair["th"] for pair in brief["body"]] == [s.text for s in done.sentences]
    assert all(pair["en"] for pair in brief["body"])
    assert "".join(p["th"] for p in brief["body"]).replace(" ", "") == "".join(done.body_paragraphs).replace(" ", "")


def test_a_long_article_is_mapped_then_reduced_and_nothing_is_dropped(fake_context: Context) -> None:
    model = Scripted(lambda r: "- " + r.text[:40])
    body = "\n".join(f"ย่อหน้าที่ {n} กล่าวถึงการพัฒนาประเทศในด้านต่าง ๆ อย่างต่อเนื่อง" for n in range(60))
    (done,) = process([article(f"หัวข้อ\n{body}")], with_models(fake_context, summarizer=model))
    first_round = " ".join(r.text for r in model.seen)
    assert all(f"ย่อหน้าที่ {n} " in first_round for n in range(60))
    assert 1 <= len(done.summary_th) <= 3
    assert Kind.MAP_REDUCED in kinds(done, least=Severity.INFO)


def test_a_model_that_never_shortens_ends_and_is_flagged(fake_context: Context) -> None:
    model = Scripted(lambda r: "\n".join(f"- {w}{n}" for n, w in enumerate(r.text.split())))
    (done,) = process([article("หัวข้อ\n" + "คำ " * 900)], with_models(fake_context, summarizer=model))
    assert len(done.summary_th) == 3
    assert Kind.SUMMARY_LENGTH in kinds(done)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("", Kind.EMPTY_OUTPUT),
        ("ไม่ได้แปล", Kind.WRONG_LANGUAGE),
        ("the bridge the bridge the bridge the bridge the bridge", Kind.LOOPING_OUTPUT),
        ("Bridge.", Kind.SHORT_OUTPUT),
        ("The bridge opened on 4 August 2565 with the partners from the Lao side, it is said.", Kind.DATE_ADDED),
        ("The bridge opened on 4 August 2022 with the partners from the Lao side, it is said.", Kind.DATE_CHANGED),
        ("The bridge of 9,999 metres opened with the partners from the Lao side.", Kind.NUMBER_CHANGED),
    ],
)
def test_a_bad_translation_is_found(fake_context: Context, answer: str, kind: Kind) -> None:
    model = Scripted(lambda r: answer)
    (done,) = process([article(PAGE)], with_models(fake_context, translator=model))
    assert kind in kinds(done)
    assert len(done.summary_en) == len(done.summary_th)
    assert done.needs_review


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("", Kind.EMPTY_OUTPUT),
        ("- The bridge was opened by both sides", Kind.WRONG_LANGUAGE),
        ("- สะพาน สะพาน สะพาน สะพาน สะพาน สะพาน", Kind.LOOPING_OUTPUT),
        ("- สะพานยาว 9,999 เมตร", Kind.NUMBER_ADDED),
        ("- เกษตรกรปลูกกล้วยไม้ส่งออกยุโรปได้กำไรงาม", Kind.UNSUPPORTED_TEXT),
    ],
)
def test_a_bad_summary_is_found(fake_context: Context, answer: str, kind: Kind) -> None:
    """And a sentence of the article takes its place, which `check` then finds nothing wrong with."""
    context = with_models(fake_context, summarizer=Scripted(lambda r: answer))
    ungrounded = [(name, step) for name, step in STEPS if name != "ground"]
    (bare,) = process([article(PAGE)], context, steps=ungrounded)
    assert kind in kinds(bare, least=Severity.ERROR)
    (done,) = process([article(PAGE)], context)
    if answer:
        assert Kind.EXTRACTIVE_FALLBACK in kinds(done)
        assert kind not in kinds(done) or kind is Kind.EMPTY_OUTPUT
        assert all(th in " ".join(done.body_paragraphs) for th in done.summary_th)


def test_an_unfinished_summary_is_ended_at_a_space_and_said(fake_context: Context) -> None:
    model = Scripted(lambda r: "- นายกรัฐมนตรีเป็นประธาน เปิดสะพา", finish="length")
    (done,) = summarize.run([replace(article(""), paragraphs=("ก ข",))], with_models(fake_context, summarizer=model))
    assert done.summary_th == ("นายกรัฐมนตรีเป็นประธาน",)
    assert Kind.UNFINISHED_OUTPUT in kinds(done)


def test_a_model_error_fails_only_the_article_that_causes_it(fake_context: Context) -> None:
    class Broken(FakeModel):
        def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
            if any("ทุเรียน" in r.text for r in requests):
                raise ModelError("out of memory")
            return super().generate(requests)

    batch = [article(PAGE, "1"), article(PAGE.replace("สะพาน", "ทุเรียน"), "2"), article(PAGE, "3")]
    done = process(batch, with_models(fake_context, summarizer=Broken(FakeSpec(kind="fake"))))
    assert [a.failure is None for a in done] == [True, False, True]
    assert "2.txt: out of memory" in (done[1].failure.message if done[1].failure else "")


def test_failures_are_recorded_and_counted(fake_context: Context) -> None:
    tally = local.Tally()
    batch = [article(PAGE, "1"), article(b"", "2"), article(b"English only", "3")]
    local.open_output(fake_context.out)
    local.run(batch, fake_context, tally, report=lambda a: None, watch=lambda s: None)
    lines = [json.loads(line) for line in (fake_context.out / "failures.jsonl").read_text().splitlines()]
    assert [(f["article_id"], f["reason"]) for f in lines] == [("2", "empty"), ("3", "not_thai")]
    assert (tally.ok, tally.failed) == (1, {"empty": 1, "not_thai": 1})
    assert sorted(p.name for p in fake_context.out.iterdir()) == ["1.json", "1.md", "failures.jsonl"]


def test_the_batch_size_does_not_change_the_briefs(fake_config: Config, tmp_path: Path) -> None:
    texts = [PAGE.replace("1,350", f"{n},350").replace("ลาว", name) for n, name in enumerate(["ลาว", "จีน", "เวียดนาม"])]
    made = []
    for size in (1, 3):
        out = tmp_path / str(size)
        out.mkdir()
        context = make_context(fake_config, out)
        for start in range(0, len(texts), size):
            batch = [article(t, str(start + n)) for n, t in enumerate(texts[start : start + size])]
            process(batch, context)
        briefs = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(out.glob("*.json"))]
        made.append([{k: v for k, v in b.items() if k != "pipeline"} for b in briefs])
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- ก\n- ข", ["ก", "ข"]),
        ("ก\n\nข", ["ก", "ข"]),
        ("1. ก\n2) ข\n• ค", ["ก", "ข", "ค"]),
        ("- ก\n- ก", ["ก"]),
        ("- นายกฯ\n- นายกฯ เปิดสะพาน", ["นายกฯ เปิดสะพาน"]),
        ("", []),
        ("-\n- ", []),
        ("- รายได้ และค่าจ้าง\n- รายได้และค่าจ้าง", ["รายได้ และค่าจ้าง"]),
        ("- ก\n- ข\n- ก", ["ก", "ข"]),
        ("- ปี 2568 - 2569", ["ปี 2568 - 2569"]),
    ],
)
def test_parse_summary(text: str, expected: list[str]) -> None:
    assert parse_summary(text) == expected


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("Mr. Mr. Mr. Mr. Mr. Mr. Mr. Mr.", True),
        ("ก.ก.ก.ก.ก.ก.ก.ก.ก.ก.ก.ก.ก.ก.ก.", True),
        ("very, very, very good", False),
        ("1,000,000,000,000", False),
        ("....................", False),
        ("The minister met the minister.", False),
    ],
)
def test_find_loop(text: str, loops: bool) -> None:
    assert (find_loop(text) is not None) is loops


def test_a_right_translation_has_no_findings() -> None:
    th = "สะพานยาว ๑,๓๕๐ เมตร ใช้งบประมาณ 3,900 ล้านบาท เปิดเมื่อ 3 สิงหาคม 2565"
    en = "The bridge is 1,350 metres long, cost 3.9 billion baht and opened on 3 August 2022."
    assert verify.translation(th, en, names_tsv.load(), Place(Field.SUMMARY_EN, 0)) == []


def test_text_of_an_article_cannot_become_markup(fake_context: Context) -> None:
    evil = "<script>alert(1)</script> | แทรก | [ลิงก์](http://x) `โค้ด`"
    (done,) = process([article(f"หัวข้อ {evil}\nเนื้อข่าว {evil} จบ")], fake_context)
    assert done.failure is None
    text = (fake_context.out / "a.md").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "[ลิงก์](" not in text
    table = [line for line in text.split("\n") if line.startswith("| ")]
    assert all(line.replace("\\|", "").count("|") == 3 for line in table)


def test_the_markdown_says_what_a_reader_needs(fake_context: Context) -> None:
    finding = Finding(Kind.NUMBER_MISSING, Severity.ERROR, Field.SUMMARY_EN, 1, "3,900 ล้าน is not there.")
    process([article(PAGE)], fake_context)
    brief = json.loads((fake_context.out / "a.json").read_text(encoding="utf-8"))
    clean = render_markdown(brief)
    assert "3 August 2022" in clean
    assert "Source: https://www.example.go.th/news/1" in clean
    assert "Machine-made and not yet reviewed" in clean
    assert "No automatic check found a fault" in clean
    brief["findings"] = [asdict(finding)]
    marked = render_markdown(brief)
    assert f"{brief['summary_en'][1]}\n\n> ⚠ **Error** (English summary, sentence 2): 3,900 ล้าน is not there." in marked
    assert marked.count("⚠") == 1


def test_check_is_a_pure_reading(fake_context: Context) -> None:
    before = replace(article(""), title="หัวข้อ", title_en="Title", summary_th=("ก",), summary_en=("A.",))
    (after,) = check.run([before], fake_context)
    assert replace(after, findings=()) == before


def test_a_config_without_room_for_the_text_is_refused(
    fake_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Narrow(FakeModel):
        def room(self, request: Request) -> int:
            return 3

    monkeypatch.setattr("pipeline.flow.load", lambda spec: Narrow(FakeSpec(kind="fake")))
    with pytest.raises(ConfigError, match="lower max_new_tokens"):
        make_context(fake_config, tmp_path)


def test_a_model_not_trained_to_translate_never_passes_as_ok(tmp_path: Path) -> None:
    config = load_config(ROOT / "configs" / "fake.yaml", {"translate.draft_only": True})
    (done,) = process([article(PAGE)], make_context(config, tmp_path))
    assert [f.kind for f in done.findings if f.severity is Severity.ERROR] == [Kind.DRAFT_MODEL]
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["status"] == "review"

"""Official names: found in both languages, compared, and read from files that can be wrong."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from models.base import ModelError
from pipeline.article import Field, Kind, Severity
from pipeline.config import CheckConfig, load_config
from pipeline.errors import ConfigError
from pipeline.facts import names_tsv
from pipeline.facts.glossary import Glossary
from pipeline.facts.names_tsv import read
from pipeline.flow import make_context, process
from pipeline.verify import Place, official_names
from tests.conftest import ROOT, article
from tests.pipeline.test_flow import Scripted, with_models

HEAD = "th\ten\tth_other\ten_other\ten_wrong\tkind\n"


@pytest.fixture(scope="module")
def names() -> Glossary:
    return names_tsv.load()


def test_the_shipped_names_are_many_and_whole(names: Glossary) -> None:
    assert len(names.terms) > 1_400
    for file in sorted(names_tsv.SHIPPED.glob("*.tsv")):
        rows = list(csv.reader(file.open(encoding="utf-8", newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
        assert tuple(rows[0]) == names_tsv.COLUMNS, file
        assert all(len(row) == len(rows[0]) for row in rows), file
        assert all(row[0].strip() and row[1].strip() for row in rows), file


# (Thai, English, missing, changed (Thai form, wrong), added)
CASES: list[tuple[str, str, list[str], list[tuple[str, str]], list[str]]] = [
    ("กระทรวงการคลังแถลง", "The Ministry of Finance announced.", [], [], []),
    ("ก.คลัง และ ครม. เห็นชอบ", "The Finance Ministry and the Cabinet agreed.", [], [], []),
    ("กระทรวงสาธารณสุขเตือน", "The Ministry of Finance warned.", [], [("กระทรวงสาธารณสุข", "Ministry of Finance")], []),
    ("กระทรวงสาธารณสุขเตือน", "The authorities warned.", ["กระทรวงสาธารณสุข"], [], []),
    ("กระทรวงสาธารณสุขเตือน", "Public Health officials warned.", [], [], []),
    (
        "กระทรวงกิจการภายในและการสื่อสาร ประเทศญี่ปุ่น", "the Ministry of Economic Affairs of Japan",
        ["กระทรวงกิจการภายในและการสื่อสาร"], [], [],
    ),
    ("กฟผ. ลดค่าไฟ", "EGAT cuts the price of power.", [], [], []),
    ("องค์การอนามัยโลกชื่นชม", "The WHO praised it.", [], [], []),
    ("คนที่ชื่นชม", "Those who praised it, led by the most senior, or others", [], [], []),
    ("พระเทพวชิรเมธีเป็นประธาน", "Her Royal Highness Princess Maha Chakri Sirindhorn presided.", [], [],
     ["Her Royal Highness Princess Maha Chakri Sirindhorn"]),
    ("สมเด็จพระเทพฯ เสด็จ", "Princess Sirindhorn arrived.", [], [], []),
    ("ประชุมร่วมกัน", "A meeting with the Department of Land Transport", [], [], ["Department of Land Transport"]),
    ("ประชุมกับ Department of Land Transport", "A meeting with the Department of Land Transport", [], [], []),
    ("", "", [], [], []),
]  # fmt: skip


Told = tuple[list[str], list[tuple[str, str]], list[str]]


def compared(names: Glossary, th: str, en: str) -> Told:
    """Words of names that are missing, changed (with the English words), and added."""
    found = names.compare(th, en)
    changed = [(m.text, wrong.text) for m, wrong in found.changed]
    return [m.text for m in found.missing], changed, [m.text for m in found.added]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}|{case[1]}" for case in CASES])
def test_compare(names: Glossary, case: tuple[str, str, list[str], list[tuple[str, str]], list[str]]) -> None:
    th, en, *told = case
    assert compared(names, th, en) == tuple(told)


def test_the_article_explains_a_name_that_the_sentence_lacks(names: Glossary) -> None:
    th, en = "ทั้งสองหน่วยงานลงนาม", "The Department of Land Transport signed."
    assert names.compare(th, en).added
    assert not names.compare(th, en, context="กรมการขนส่งทางบกและภาคเอกชน").added


def test_the_longest_name_wins(names: Glossary) -> None:
    (mention,) = names.in_thai("สำนักงานปลัดกระทรวงการคลัง")
    assert mention.text == "สำนักงานปลัดกระทรวงการคลัง"
    assert "Permanent Secretary" in mention.term.en


def tsv(tmp_path: Path, rows: str, head: str = HEAD, name: str = "own.tsv") -> Path:
    file = tmp_path / name
    file.write_text(head + rows, encoding="utf-8")
    return file


def test_a_user_s_file_wins_and_needs_two_columns_only(tmp_path: Path) -> None:
    file = tsv(tmp_path, "กระทรวงการคลัง\tTreasury of Siam\nโครงการ C++ (ระยะ 2)\tC++ Project [Phase 2]\n", "th\ten\n")
    own = names_tsv.load([file])
    assert [m.term.en for m in own.in_thai("กระทรวงการคลังเริ่มโครงการ C++ (ระยะ 2)")] == [
        "Treasury of Siam", "C++ Project [Phase 2]",
    ]  # fmt: skip
    assert not own.compare("กระทรวงการคลังแถลง", "The Treasury of Siam said so.").missing
    assert own.compare("กระทรวงการคลังแถลง", "The Ministry of Health said so.").missing
    assert own.in_thai("รมว.คลัง")  # ours that it says nothing of stay


@pytest.mark.parametrize(
    ("rows", "head", "says"),
    [
        ("ก\tข\n", "thai\ten\n", "own.tsv: a glossary needs the columns th and en"),
        ("", "", "own.tsv: a glossary needs"),
        ("กรม ก\t\n", HEAD, r"own.tsv:2: กรม ก has no English name"),
        ("กรม ก\tA\nกรม ข\tB\nกรม ก\tC\n", HEAD, r"กรม ก is 'A' in own.tsv:2 and 'C' in own.tsv:4"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, rows: str, head: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        names_tsv.load([tsv(tmp_path, rows, head)])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        names_tsv.load([tmp_path / "none.tsv"])
    file = tmp_path / "ansi.tsv"
    file.write_bytes(HEAD.encode() + "กรม\tA".encode("cp874"))
    with pytest.raises(ConfigError, match="UTF-8"):
        read(file)


def test_a_hundred_thousand_names(tmp_path: Path) -> None:
    rows = "".join(f"กองที่ {n} กรมทดสอบ\tDivision {n} of the Test Department\n" for n in range(100_000))
    own = names_tsv.load([tsv(tmp_path, rows, "th\ten\n")])
    text = "กองที่ 99999 กรมทดสอบ ประชุมกับ กองที่ 7 กรมทดสอบ " * 200
    assert [m.term.en for m in own.in_thai(text)][:2] == [
        "Division 99999 of the Test Department", "Division 7 of the Test Department",
    ]  # fmt: skip
    assert len(own.in_thai(text)) == 400


def test_findings_say_what_is_wrong_and_how_bad(names: Glossary) -> None:
    found = list(
        official_names("กระทรวงสาธารณสุขและกรมศุลกากร", "The Ministry of Finance", names, Place(Field.SUMMARY_EN, 1))
    )
    assert [(f.kind, f.severity, f.index) for f in found] == [
        (Kind.NAME_CHANGED, Severity.ERROR, 1), (Kind.NAME_MISSING, Severity.WARNING, 1),
    ]  # fmt: skip
    assert found[0].message == "กระทรวงสาธารณสุข is Ministry of Public Health; the English says Ministry of Finance."
    source, target = found[0].source, found[0].target
    assert source is not None
    assert target is not None
    assert (source.text, source.start, target.text, target.start) == ("กระทรวงสาธารณสุข", 0, "Ministry of Finance", 4)
    place = Place(Field.TITLE_EN, None)
    (royal,) = official_names("เจ้าอาวาสเป็นประธาน", "Princess Sirindhorn presided.", names, place)
    assert (royal.kind, royal.severity) == (Kind.NAME_ADDED, Severity.ERROR)


def test_a_known_wrong_name_is_put_right_or_needs_review(tmp_path: Path) -> None:
    file = tsv(tmp_path, "กรมสมมติ\tDepartment of Make-Believe\t\t\tDepartment of Fairy Tales\tdepartment\n")
    config = load_config(ROOT / "configs" / "fake.yaml", {"glossary": [str(file)]})
    (tmp_path / "out").mkdir()
    context = make_context(config, tmp_path / "out")
    translator = Scripted(
        lambda r: f"The Department of Fairy Tales opened a park for everybody who lives nearby.{r.text[:0]}"
    )
    page_th = "กรมสมมติเปิดสวน\nกรมสมมติเปิดสวนสาธารณะแห่งใหม่ให้ประชาชนทุกคนที่อาศัยอยู่ใกล้เคียง"
    (done,) = process([article(page_th)], with_models(context, translator=translator))
    assert {(r.kind, r.before, r.after) for r in done.repairs} == {
        ("official_name", "Department of Fairy Tales", "Department of Make-Believe")
    }
    assert done.title_en.startswith("The Department of Make-Believe opened")
    page = (tmp_path / "out" / "a.md").read_text(encoding="utf-8")
    assert "- English headline: “Department of Fairy Tales” became “Department of Make-Believe”." in page
    as_it_is = replace(context, config=context.config.model_copy(update={"check": CheckConfig(repair=False)}))
    (done,) = process([article(page_th)], with_models(as_it_is, translator=translator))
    assert Kind.NAME_CHANGED in {f.kind for f in done.findings}
    assert done.repairs == ()
    assert "> ⚠ **Error** (English headline): กรมสมมติ is Department of Make-Believe; the English says" in (
        tmp_path / "out" / "a.md"
    ).read_text(encoding="utf-8")
    with pytest.raises((ConfigError, ModelError), match=r"none\.tsv"):
        make_context(load_config(ROOT / "configs" / "fake.yaml", {"glossary": ["none.tsv"]}), tmp_path)


def test_names_are_no_patterns_and_stand_in_any_script(tmp_path: Path) -> None:
    rows = (
        "กรม (ก+ข)*\tDepartment [A-B]?\nโครงการ C++.NET\tC++.NET Project\nEXIM BANK\tEXIM Thailand\nกรม\tDepartment\n"
    )
    own = names_tsv.load([tsv(tmp_path, rows, "th\ten\n")])
    text = "วันนี้กรม (ก+ข)* และโครงการ C++.NET ของEXIM BANKลงนาม"
    assert [m.text for m in own.in_thai(text)] == ["กรม (ก+ข)*", "โครงการ C++.NET", "EXIM BANK"]
    assert own.written_in(text) == "วันนี้ Department [A-B]? และ C++.NET Project ของ EXIM Thailand ลงนาม"
    assert not own.compare("กรม (ก+ข)*", "the Department [A-B]?").missing

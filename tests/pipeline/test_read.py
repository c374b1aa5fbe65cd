"""Reading: the thaigov layout and what departs from it; encodings; what is refused."""

from __future__ import annotations

import pytest

from pipeline.article import Kind
from pipeline.config import ReadConfig
from pipeline.errors import ArticleError, Reason
from pipeline.steps import Context, read
from pipeline.steps.read import decode, parse_layout
from tests.conftest import article

PAGE = """รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-ไทยและลาวเปิดสะพานแห่งใหม่


วันพุธที่ 3 สิงหาคม 2565
03/08/2565
พิมพ์
ไทยและลาวเปิดสะพานแห่งใหม่
ไทยและลาวเปิดสะพานแห่งใหม่
นายกรัฐมนตรีเป็นประธานเปิดสะพานมิตรภาพแห่งใหม่ร่วมกับฝ่ายลาว
สะพานยาว ๑,๓๕๐ เมตร ใช้งบประมาณ 3,900 ล้านบาท
เปิดให้รถผ่านตั้งแต่เดือนหน้า
*********************

ที่มา : https://www.example.go.th/news/1"""


def test_thaigov_layout() -> None:
    layout = parse_layout(PAGE)
    assert layout.title == "ไทยและลาวเปิดสะพานแห่งใหม่"
    assert (layout.published, layout.published_th) == ("2022-08-03", "3 สิงหาคม 2565")
    assert layout.url == "https://www.example.go.th/news/1"
    assert layout.lead == "นายกรัฐมนตรีเป็นประธานเปิดสะพานมิตรภาพแห่งใหม่ร่วมกับฝ่ายลาว"
    assert layout.paragraphs == ("สะพานยาว ๑,๓๕๐ เมตร ใช้งบประมาณ 3,900 ล้านบาท", "เปิดให้รถผ่านตั้งแต่เดือนหน้า")


@pytest.mark.parametrize(
    ("text", "title", "paragraphs"),
    [
        ("หัวข้อข่าว\nเนื้อข่าวเดียว", "หัวข้อข่าว", ("เนื้อข่าวเดียว",)),
        ("รัฐบาลไทย-‘รองนายกฯ’ ตรวจน้ำ\n‘รองนายกฯ’ ตรวจน้ำ\nเนื้อ", "‘รองนายกฯ’ ตรวจน้ำ", ("เนื้อ",)),
        ("รัฐบาลไทย-ญี่ปุ่น ลงนาม\nเนื้อ", "รัฐบาลไทย-ญี่ปุ่น ลงนาม", ("เนื้อ",)),
        ("หัวข้อ\nเนื้อ\nที่มา: ปัญหาน้ำท่วม", "หัวข้อ", ("ที่มา: ปัญหาน้ำท่วม",)),
        ("หัวข้อ\nวันศุกร์ที่ 5 สิงหาคม 2565 นายกฯ เปิดงาน\nจบ", "หัวข้อ", ("จบ",)),
        ("รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-ไทย-ญี่ปุ่น หารือ\nเนื้อ", "ไทย-ญี่ปุ่น หารือ", ("เนื้อ",)),
        ("รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-ก\u200bข\u00a0ค\nเนื้อ", "กข ค", ("เนื้อ",)),
        ("ก" * 300, "", ("ก" * 300,)),  # one long line is a body without a title
        ("หัวข้อ", "หัวข้อ", ()),
    ],
)
def test_titles_and_plain_text(text: str, title: str, paragraphs: tuple[str, ...]) -> None:
    layout = parse_layout(text)
    assert (layout.title, layout.paragraphs) == (title, paragraphs)
    kept = "".join((layout.title, layout.lead, *layout.paragraphs))
    assert "นายกฯ เปิดงาน" not in text or "นายกฯ เปิดงาน" in kept


@pytest.mark.parametrize(
    ("date_line", "iso"),
    [
        ("วันพฤหัสบดีที่ ๔ สิงหาคม ๒๕๖๕", "2022-08-04"),
        ("วันพฤหัสบดีที่\u00a04 สิงหาคม 2565", "2022-08-04"),
        ("04/08/2565", "2022-08-04"),
        ("วันพุธที่ 31 กุมภาพันธ์ 2565", None),
    ],
)
def test_dates(date_line: str, iso: str | None) -> None:
    assert parse_layout(f"รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-หัวข้อ\n{date_line}\nหัวข้อ\nเนื้อ").published == iso


def test_a_lead_that_the_next_paragraph_repeats_is_kept_once() -> None:
    lead = "นายกรัฐมนตรีเป็นประธานเปิดสะพานมิตรภาพ"
    layout = parse_layout(f"หัวข้อ\n{lead} ...\n{lead} แห่งใหม่ร่วมกับฝ่ายลาว\nจบ")
    assert (layout.lead, layout.paragraphs) == (f"{lead} แห่งใหม่ร่วมกับฝ่ายลาว", ("จบ",))


def test_a_source_named_inside_the_body_stays_in_the_body() -> None:
    lines = ["หัวข้อ", "ที่มา : กองข่าว", *["เนื้อข่าวบรรทัดต่อไป"[n:] for n in range(4)]]
    assert "ที่มา : กองข่าว" in (parse_layout("\n".join(lines)).lead, *parse_layout("\n".join(lines)).paragraphs)


@pytest.mark.parametrize(
    ("data", "noted"),
    [
        ("ข่าวไทย".encode(), False),
        ("\ufeffข่าวไทย".encode(), False),
        ("ข่าวไทย".encode("utf-16"), True),
        ("\ufeffข่าวไทย".encode("utf-16-be"), True),
        ("ข่าวไทย".encode("cp874"), True),
        ("ข่าวไทย “พิเศษ”".encode("cp874"), True),
        ("ข่าวไทย".encode("tis-620"), True),
    ],
)
def test_encodings(data: bytes, noted: bool) -> None:
    text, finding = decode(data, "a.txt")
    assert text.lstrip("\ufeff").startswith("ข่าวไทย")
    assert (finding is not None and finding.kind is Kind.DECODED) is noted


THAI = "รัฐบาลแถลงข่าวเรื่องการพัฒนาเศรษฐกิจของประเทศ"


@pytest.mark.parametrize(
    ("data", "reason", "says"),
    [
        (b"", Reason.EMPTY, "empty"),
        (b" \n\t \xef\xbb\xbf", Reason.EMPTY, "empty"),
        ("\u200b\u200b".encode(), Reason.EMPTY, "empty"),
        (b"The Prime Minister opened a bridge.", Reason.NOT_THAI, "English article"),
        (b"12345 67890", Reason.NOT_THAI, "no letters"),
        (THAI.encode()[:-1], Reason.ENCODING, "half-written"),
        (THAI.encode()[:30] + b"\xff\xfe" + THAI.encode()[30:], Reason.ENCODING, "byte 30"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", Reason.BINARY, "binary"),
        (bytes(range(128, 256)) * 3, Reason.BINARY, "neither"),
        (b"\xff\xfe\x00", Reason.ENCODING, "UTF-16"),
        ("ก".encode() * 1_000_001, Reason.TOO_LARGE, "read.max_chars"),
    ],
)
def test_refused_with_reason_file_and_way_out(fake_context: Context, data: bytes, reason: Reason, says: str) -> None:
    (done,) = read.run([article(data, "bad")], fake_context)
    assert done.failure is not None
    assert done.failure.reason is reason
    assert says in done.failure.message
    assert "bad.txt" in done.failure.message
    assert "\n" not in done.failure.message


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch) -> None:
    big = tmp_path / "big.txt"
    with big.open("wb") as handle:
        handle.truncate(40_000_000)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda self: pytest.fail("was read"))
    with pytest.raises(ArticleError, match="40,000,000 bytes"):
        read._load(article(b"").origin.__class__(str(big), file=big), ReadConfig())


def test_mixed_text_is_noted(fake_context: Context) -> None:
    (done,) = read.run([article("ข่าว about the opening of a very long bridge in the north")], fake_context)
    assert [f.kind for f in done.findings] == [Kind.MIXED_LANGUAGE]

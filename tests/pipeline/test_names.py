"""Persons, places, ranks and posts: found in both languages, changed ones told, and one spelling for each person."""

from __future__ import annotations

import pytest

from pipeline.article import Field, Kind, Severity
from pipeline.facts import names_tsv, people
from pipeline.facts.glossary import Glossary
from pipeline.facts.places import skeleton
from pipeline.repairs import Change, one_spelling, repair
from pipeline.verify import Place, acronyms, denials, persons, spellings, translation
from tests.pipeline.test_glossary import compared

HERE = Place(Field.SUMMARY_EN, 0)


@pytest.fixture(scope="module")
def names() -> Glossary:
    return names_tsv.load()


@pytest.mark.parametrize(
    ("th", "en", "missing", "changed", "added"),
    [
        # places
        ("ลงพื้นที่จังหวัดเชียงใหม่", "He visited Chiang Mai.", [], [], []),
        ("ลงพื้นที่จังหวัดชลบุรี", "He visited Chon Buri Province.", [], [], []),
        ("ลงพื้นที่จังหวัดชลบุรี", "He visited Chonburi.", [], [], []),
        ("ลงพื้นที่จังหวัดเชียงใหม่", "He visited Nonthaburi.", [], [("จังหวัดเชียงใหม่", "Nonthaburi")], []),
        ("ลงพื้นที่จังหวัดเชียงใหม่", "He travelled north.", ["จังหวัดเชียงใหม่"], [], []),
        ("ที่ อ.แม่สาย จ.เชียงราย", "in Mae Sai, Chiang Rai", [], [], []),
        ("ดูแลให้ดีเลย", "Take good care.", [], [], []),  # เลย is a province, and a particle
        ("ขอให้ทุกคนระวัง", "He said that so many must take care.", [], [], []),  # That and So are subdistricts
        # countries
        ("เยือนกัมพูชา", "a visit to Cambodia", [], [], []),
        ("เยือนกัมพูชา", "a visit to the Cambodian side", [], [], []),
        ("เยือนกัมพูชา", "a visit to Laos", [], [("กัมพูชา", "Laos")], []),
        ("หารือทวิภาคี", "bilateral talks with Japan", [], [], ["Japan"]),
        ("หารือกับสหรัฐฯ", "talks with the U.S.", [], [], []),
        ("แปลเป็นภาษาอังกฤษ", "translated into English for Thai readers", [], [], []),
        ("แปลเป็นภาษาอังกฤษ", "translated into Chinese", [], [("ภาษาอังกฤษ", "Chinese")], []),
        # ranks and posts
        ("พล.อ.สมมติ ใจดี", "Gen. Sommot Chaidi", [], [], []),
        ("พล.อ.สมมติ ใจดี", "Lt. Gen. Sommot Chaidi", [], [("พล.อ.", "Lt. Gen.")], []),
        ("รองนายกรัฐมนตรีเปิดงาน", "The Deputy PM opened the event.", [], [], []),
        ("รองนายกรัฐมนตรีเปิดงาน", "The Prime Minister opened it.", [], [("รองนายกรัฐมนตรี", "Prime Minister")], []),
        ("นายกฯ เปิดงาน", "The Deputy Prime Minister opened it.", [], [("นายกฯ", "Deputy Prime Minister")], []),
        ("รองปลัดกระทรวงพาณิชย์กล่าว", "The Deputy Permanent Secretary for Commerce said", [], [], []),
    ],
)
def test_compare(
    names: Glossary, th: str, en: str, missing: list[str], changed: list[tuple[str, str]], added: list[str]
) -> None:
    assert compared(names, th, en) == (missing, changed, added)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("นายสมมติ ใจดี อธิบดีกรมสมมติ", ["สมมติ ใจดี"]),
        ("พล.ต.อ.สมมติ ใจดี และ น.ส.ดวงดี งามตา", ["สมมติ ใจดี", "ดวงดี งามตา"]),
        ("ดร.นพ. สมมติ ใจดี", ["สมมติ ใจดี"]),
        ("ว่าที่ ร.ต. หญิง ก", []),
        ("นายกรัฐมนตรี กล่าวว่า", []),
        ("นายจ้าง ต้องจ่าย", []),
        ("ทนายความ ในคดี", []),
        ("ทดลอง 2 พ.ค.นี้ สั่งการ", []),
        ("ตำรวจ 200 นาย ออกปฏิบัติ หน้าที่", []),
        ("ร.ร.วัดใหญ่ ชัยมงคล", []),
        ("พ.ศ. นี้ ที่", []),
        ("นายแพทย์สาธารณสุขจังหวัด กล่าวว่า", []),
        ("นายสมมติ รมว.คลัง", []),
    ],
)
def test_persons_in_thai(text: str, found: list[str]) -> None:
    assert [person.thai for person in people.in_thai(text)] == found
    assert all(text[p.start : p.end] for p in people.in_thai(text))


def test_every_known_official_is_found_by_sound(names: Glossary) -> None:
    """Over names whose official spelling is known: the sound finds nearly all, and of other people's names few."""
    officials = [t for t in names.terms if t.kind == "person"]
    assert len(officials) >= 100
    found = wrong = 0
    for n, term in enumerate(officials):
        (person,) = people.in_thai(f"นาย{term.names[0]} กล่าว")
        found += people.spelling(person, f"On Monday {term.en} said") is not None
        wrong += people.spelling(person, f"On Monday {officials[n - 1].en} said") is not None
    assert found >= 0.9 * len(officials)
    assert wrong <= 0.1 * len(officials)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Chon Buri", "Chonburi"), ("Phetchabun", "Petchaboon"), ("Thavisin", "Tawisin")],
)
def test_skeletons_of_one_name_agree(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_a_person_who_is_lost_is_said(names: Glossary) -> None:
    th = "นายสมมติ ใจดี ลงนามกับบริษัท"
    assert not list(persons(th, "Sommot Jaidee signed with the company.", names, HERE))
    assert not list(persons(th, "Sommot signed with the company.", names, HERE))
    (found,) = persons(th, "Wichai Thongkham signed with the company.", names, HERE)
    assert (found.kind, found.severity) == (Kind.NAME_MISSING, Severity.WARNING)
    assert found.source is not None
    assert th[found.source.start : found.source.end] == "สมมติ ใจดี"


PAIRS = [
    ("นายสมมติ ใจดี เปิดงาน", "Sommot Jaidee opens event"),
    ("นายสมมติ ใจดี กล่าว", "Sommot Chaidi said"),
    ("นายสมมติ ใจดี ย้ำ", "Mr. Sommot Chaidi, he stressed"),
]


def test_an_official_spelling_wins_and_like_names_are_left_alone(names: Glossary) -> None:
    official = names.english("อนุทิน ชาญวีรกูล")
    pairs = [("นายอนุทิน ชาญวีรกูล", f"{first} {last}") for first, last in [("Anutin", "Chanwirakun")] * 2]
    assert [en for en, _ in one_spelling([*pairs, (pairs[0][0], str(official))], names)] == [official] * 3
    alike = [
        ("นายวันชัย สอนศิริ", "Wanchai Sornsiri"),
        ("นายวันชัย สอนศิริ กับนายวันชัย สินศิริ", "Wanchai Sinsiri and Wanchai Sonsiri"),
    ]
    assert one_spelling(alike, names) == [(en, []) for _, en in alike]


def test_a_person_has_one_spelling(names: Glossary) -> None:
    (varies,) = spellings(PAIRS, names)
    assert varies.kind is Kind.NAME_VARIES
    assert "Sommot Jaidee, Sommot Chaidi" in varies.message
    done = one_spelling(PAIRS, names)
    assert [en for en, _ in done] == ["Sommot Chaidi opens event", PAIRS[1][1], PAIRS[2][1]]
    assert [changes for _, changes in done] == [[Change("person_name", "Sommot Jaidee", "Sommot Chaidi")], [], []]
    (told,) = spellings([(th, en) for (th, _), (en, _) in zip(PAIRS, done, strict=True)], names)
    assert (told.kind, told.severity) == (Kind.PERSON_NAME, Severity.INFO)
    assert told.message.startswith("สมมติ ใจดี is written Sommot Chaidi")


# (Thai, English, repaired, kinds of change)
REPAIRS = [
    ("เปิดเมื่อ 3 สิงหาคม 2565", "It opened on 3 August 2565.", "It opened on 3 August 2022.", ["buddhist_year"]),
    ("ปี 2568", "in 2568", "in 2025", ["buddhist_year"]),
    ("ปี 2568", "in 2568 and 2568", "in 2568 and 2568", []),  # which of them?
    ("ปี 2568", "in 2567", "in 2567", []),  # wrong, but not in one way only
    ("ยาว ๑,๓๕๐ เมตร", "๑,๓๕๐ metres long", "1,350 metres long", ["thai_digits"]),
    ("ยาว 1,350 เมตร", "1,530 metres long", "1,530 metres long", []),
    ("กฎหมาย พ.ศ. 2542", "the Act B.E. 2542 (1999)", "the Act B.E. 2542 (1999)", []),
    (
        "กระทรวงการต่างประเทศแถลง", "The Ministry of External Affairs said",
        "The Ministry of Foreign Affairs said", ["official_name"],
    ),
    ("กระทรวงสาธารณสุขแถลง", "The Ministry of Finance announced", "The Ministry of Finance announced", []),
    # What only looks wrong: words inside a right name, posts and ranks, counts, years that say their era, ranges.
    *[(th, en, en, []) for th, en in [
        ("เลขาธิการอาเซียน พบอธิบดี", "the Secretary-General of ASEAN met the department head"),
        ("ประธานรัฐสภา และ สภานิติบัญญัติแห่งชาติ", "President of the National Assembly and colleagues"),
        ("นายกฯ พบประธานาธิบดีฝรั่งเศส", "The Prime Minister met the French leader."),
        ("พ.ต.อ.สมมติ พบพล.ต.อ.ใจดี", "Col Sommot met Police General Chaidi"),
        ("ปลูกต้นไม้ 2500 ต้น", "They planted 2500 trees."),
        ("มอก. 2541", "TIS 2541"),
        ("ในปี 2568 มีผู้ป่วย", "There were 2568 patients."),
        ("ภายในปี 2567 มีเงิน", "2567 baht"),
        ("ปี 2568", "in 2568 B.E."),
        ("ปี 2500", "Buddhist Era 2500"),
        ("งบปี 2568-2570", "the budget of 2568-2570"),
        ("ปี 2560-64", "2560-64"),
        ("ในปี 2568", "[not translated] ในปี 2568"),
    ]],
]  # fmt: skip


@pytest.mark.parametrize(("th", "en", "right", "kinds"), REPAIRS, ids=[f"{r[0]}|{r[1]}" for r in REPAIRS])
def test_repairs(names: Glossary, th: str, en: str, right: str, kinds: list[str]) -> None:
    text, changes = repair(th, en, names)
    assert text == right
    assert [change.kind for change in changes] == kinds
    assert all(change.before in en and change.after in text for change in changes)
    assert repair(th, text, names) == (text, [])


@pytest.mark.parametrize(
    ("th", "en", "kinds"),
    [
        ("กรมไม่ได้เก็บค่าธรรมเนียม", "The department does not collect fees.", []),
        ("กรมไม่ได้เก็บค่าธรรมเนียม", "The department collects fees.", [Kind.NEGATION_MISSING]),
        ("กรมเก็บค่าธรรมเนียม", "The department does not collect fees.", [Kind.NEGATION_ADDED]),
        ("ไม่เกิน 3 คน", "up to 3 people", []),
        ("ห้ามจอดรถ", "Do not park.", []),
        ("ไม่มีค่าใช้จ่าย", "free of charge", []),
        ("จะไปหรือไม่", "whether to go", []),
    ],
)
def test_denials(th: str, en: str, kinds: list[Kind]) -> None:
    assert [f.kind for f in denials(th, en, HERE)] == kinds


@pytest.mark.parametrize(
    ("th", "en", "lost"),
    [
        ("โครงการ EEC คืบหน้า", "The EEC project advances.", []),
        ("โครงการ EEC คืบหน้า", "The project advances.", ["EEC"]),
        ("ลด NPL ลง", "to cut non-performing loans", []),
        ("EXIM BANK ร่วมลงนาม", "EXIM Thailand signed", []),
        ("ระบบ 5G", "the 5G system", []),
        ("ฝุ่น PM 2.5", "PM2.5 dust", []),
        ("งาน Money Expo", "the fair", []),  # words, not an acronym
    ],
)
def test_acronyms(th: str, en: str, lost: list[str]) -> None:
    assert [f.source.text for f in acronyms(th, en, HERE) if f.source] == lost


def test_spans_are_places_of_their_texts(names: Glossary) -> None:
    th = "กระทรวงสาธารณสุขใช้งบ 350 ล้านบาท เมื่อ 3 สิงหาคม 2565"
    en = "The Ministry of Finance spent 530 million baht on 4 August 2022."
    found = translation(th, en, names, HERE)
    assert {f.kind for f in found} == {Kind.NAME_CHANGED, Kind.NUMBER_CHANGED, Kind.DATE_CHANGED}
    for finding in found:
        assert finding.source is not None
        assert finding.target is not None
        assert th[finding.source.start : finding.source.end] == finding.source.text
        assert en[finding.target.start : finding.target.end] == finding.target.text


def test_the_guide_writes_names_in_english(names: Glossary) -> None:
    assert names.written_in("กระทรวงการคลังและ ปตท. ลงนาม") == "Ministry of Finance และ PTT ลงนาม"
    assert names.written_in("กฟผ. และ กฟผ.") == "EGAT และ EGAT"
    assert names.written_in("อำเภอแม่สาย จังหวัดเชียงราย") == "Mae Sai District จังหวัดเชียงราย"
    assert names.written_in("สมเด็จพระเจ้าอยู่หัว") == "สมเด็จพระเจ้าอยู่หัว"
    assert names.written_in("ไม่มีชื่อหน่วยงาน") == "ไม่มีชื่อหน่วยงาน"

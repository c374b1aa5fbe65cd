"""The facts of a Thai text."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from pipeline.facts import calendars, quantities, units
from pipeline.facts.calendars import BUDDHIST_OFFSET, POINTLESS_MONTH, SHORT_MONTH, THAI_MONTH, THAI_WEEKDAYS
from pipeline.facts.numerals import THAI_ONES, THAI_WORDS, thai_units, thai_value
from pipeline.facts.scan import BLANK, Scan
from pipeline.facts.telephones import BARE, telephones
from pipeline.facts.values import Code, Date, Fact, FiscalYear, Quantity, Quarter, Time, Value, Weekday
from pipeline.thai import arabic_digits

_DASH = r"\s*(?:-|–|—|~|ถึง|และ)\s*"
_TO = r"\s*(?:-|–|—|~|ถึง)\s*"
_ERA = r"(?:พ\.\s?ศ\.|พุทธศักราช|ค\.\s?ศ\.|คริสต์ศักราช)"
_GAP = r"[ \t\u00a0]*"
_COUNTED = (
    r"\s?(?:บาท|ดอลลาร์|ยูโร|เยน|หยวน|คน|ราย|แห่ง|ไร่|ตัน|กิโล|กม\.|เมตร|หน่วย|ครัวเรือน|คัน|เครื่อง|ทุน|ชุด|ครั้ง(?!ที่)|เล่ม|เที่ยว|ลำ|รูป|"
    r"หมู่บ้าน|ตำบล|โรงเรียน|โครงการ|ตำแหน่ง|ต้น|ชิ้น|นาย(?!ก)|วัด|องค์กร|ใบ|อัตรา|จังหวัด|อำเภอ|สาขา|ลูก|ลิตร|ถุง|กล่อง|เมกะวัตต์|MW|ล้าน|แสน|หมื่น|พัน|ร้อย)"
)
_COUNTED_SOON = rf"(?:{_COUNTED}|\s?(?:ปี|เดือน|วัน|ชั่วโมง))"
# Two digits are a year on the same line, from 40 on: `1 ต.ค. 20 จังหวัด` has none.
_SHORT_YEAR = rf"\d{{4}}|[4-9]\d(?!\d|[.,:]\d|\s?น\.|\s?%|{_COUNTED})"
_YEAR_ENDS = r"(?!\d|[.,:]\d|\s?น\.|\s?%)"
_YEAR = rf"(?:{_GAP},?{_GAP}(?:ปี{_GAP})?(?P<era>{_ERA})?{_GAP}(?P<year>{_SHORT_YEAR}){_YEAR_ENDS})"
_DAYS = rf"\d{{1,2}}(?:(?:\s?,\s?|{_DASH})\d{{1,2}}(?!\d|\.\d)){{0,12}}"

_PHONE_WORD = re.compile(
    r"(?:โทรศัพท์มือถือ|โทรศัพท์|โทรสาร|โทร(?=[.:\s\d])\.?|ฮอตไลน์|เบอร์|แฟกซ์|[Hh]otline|[Cc]all [Cc]ent(?:er|re)"
    r"|สายด่วน(?:[\u0e01-\u0e4e]{1,30}(?=\s\d{4}(?!\d)))?)"  # สายด่วนศูนย์ดำรงธรรม 1567
    r"(?:เคลื่อนที่|เบอร์|หมายเลข|โทร|ติดต่อ|\s|:|\.|ที่){0,8}"
    r"(?P<numbers>\+?\d[\d-]*(?:\s\d{3,4}(?![\d,.]))*(?:\s?(?:,|หรือ|และ)\s?0\d?[\s-]?\d{3,4}[\s-]?\d{3,4}|\s?,\s?0[\d-]{8,})*)"
)
_DOCUMENT = re.compile(
    rf"(?:(?:หนังสือ|คำสั่ง|ประกาศ|ระเบียบ|ใบอนุญาต|ทะเบียน|เอกสาร|สัญญา|บันทึก)[^\d\s{BLANK}]{{0,40}}\s?(?:เลขที่|ลงที่|ที่)"
    r"|เลขที่|(?<![\u0e01-\u0e4e])ที่)\s?"
    r"(?P<letters>[\u0e01-\u0e2e]{1,3}\s?)?(?P<digits>\d+(?:\.\d+)*(?:\s?/\s?(?:\s?[\u0e01-\u0e2e]\s?)?\d+)+)(?!\d)"
)
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|[4-9]\d)(?![\d/])")
_DATE = re.compile(
    rf"(?:(?<![\d.,/:])(?P<days>{_DAYS})\s*(?:เดือน)?\s*)?"
    rf"(?P<month>{THAI_MONTH}|(?<=\d )(?:{POINTLESS_MONTH})(?= ?\d)|(?<=\d )(?:{SHORT_MONTH}))"
    rf"(?:{_TO}(?P<later>{THAI_MONTH})(?={_GAP}(?:{_ERA})?{_GAP}\d|\s|$))?{_YEAR}?"
)
_OFFICE = re.compile(r"(?:สำนักงาน|คณะกรรมการ|เลขาธิการ|กรรมการ)\s?$")
"""Behind these, ก.พ. is the Civil Service Commission."""
_FISCAL = re.compile(
    rf"(?:ปีงบประมาณ|ปีงบฯ|ปีงบ|งบประมาณปี|งบประมาณรายจ่ายประจำปี|งบปี){_GAP}(?:ประจำปี|รายจ่าย)?{_GAP}{_ERA}?{_GAP}"
    rf"(?P<year>\d{{4}}|[4-9]\d(?!{_COUNTED}))(?!\d|[.,]\d)(?:\s*[-–/]\s*(?P<last>\d{{4}}|\d{{2}})(?!\d))?"
)
_QUARTER = re.compile(
    rf"ไตรมาส{_GAP}(?:ที่)?{_GAP}(?P<n>[1-4]|แรก|หนึ่ง|สอง|สาม|สี่|สุดท้าย)(?![\d.,]*\d)"
    rf"(?:(?:{_GAP}/{_GAP}|{_GAP}(?:ของ)?(?:ปี)?{_GAP}(?:{_ERA})?{_GAP})(?P<year>\d{{4}}|[4-9]\d)(?!\d|[.,]\d))?"
)
_QUARTERS = {"แรก": 1, "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "สุดท้าย": 4}
_WEEKDAYS = "|".join(sorted(THAI_WEEKDAYS, key=len, reverse=True))
_WEEKDAY = re.compile(rf"วัน{_GAP}(?P<day>{_WEEKDAYS})(?:{_DASH}(?:วัน)?(?P<last>{_WEEKDAYS}))?(?:ที่)?(?!ศักราช)")
_CLOCK = r"(?P<{0}>[01]?\d|2[0-4])[.:](?P<{1}>[0-5]\d)"
_TIME = re.compile(
    rf"(?<![\d.:,])(?:{_CLOCK.format('h0', 'm0')}\s*(?:น\.)?{_TO})?{_CLOCK.format('h', 'm')}"
    r"(?![\d:])(?P<mark>\s*(?:น\.|น(?![\u0e01-\u0e4e])|นาฬิกา))?"
)
_HOUR = re.compile(r"(?<![\d.:,])([01]?\d|2[0-4])\s*นาฬิกา")
_YEARS = re.compile(
    rf"(?P<mark>{_ERA}|(?:ปี|ภายใน|ประจำปี|งบเพิ่มเติม){_GAP}(?:{_ERA})?){_GAP}[‘’']?"
    rf"(?P<year>\d{{4}}|(?:(?<=ปี)|(?<=ปี )|(?<=[‘’'])|(?<=เติม )|(?<=เติม))[4-9]\d(?!{_COUNTED})){_YEAR_ENDS}"
    rf"(?:{_DASH}(?:ปี)?{_GAP}(?:{_ERA})?{_GAP}(?P<last>\d{{4}}|[4-9]\d(?!{_COUNTED_SOON})){_YEAR_ENDS}"
    r"|\s?/\s?(?P<next>\d{4}|[4-9]\d)(?!\d))?"
)
_BARE_YEARS = re.compile(
    r"(?<![\d.,])(?<![A-Za-z])(?<![A-Za-z] )(?<!หมายเลข )(?<!หมายเลข)(?<!ทะเบียน )(?<!เลขที่ )(?<!มอก\. )(?<!มอก\.)"
    rf"(?P<year>(?:2[45]\d\d|2600))(?!\d|[.,]\d|\s?%|{_COUNTED})(?:\s?[-–/]\s?(?P<last>25\d\d)(?!\d))?"
)
_NAMED = re.compile(
    r"(?:มท\.\s?1|โควิด\s?[-–]?\s?19|PM\s?2[.,]5|\d{1,2}[A-Z](?![A-Za-z])"
    r"|(?<!USD)(?<!THB)(?<!EUR)(?<=[A-Za-z])-?\d++(?:\.\d++)?+(?:-\d++)?+|(?!USD|THB|EUR)[A-Z]{2,}-?\d+(?![\d,.]*\d))"
    r"(?!\d|\s?(?:ร้อย|พัน|หมื่น|แสน|ล้าน|บาท|%))"
)
"""Numbers that are parts of names; units behind the figure are seen first (35MW)."""
_RANK_9 = re.compile(r"(?:รัชกาลที่|(?<![\u0e01-\u0e4e])ร\.)\s?(\d{1,2})(?![\d.,]*\d)")
_ORDINAL = (
    r"(?:ครั้ง|ลำดับ|อันดับ|ฉบับ|รุ่น|สมัย|ระยะ|เฟส|กลุ่ม|สัปดาห์|รัชกาล|ระดับ|ภาค|เขต|ชุด|หมู่|เล่ม|คน|แห่ง|ชั้น|ข้อ|ประเด็น|เส้น|รอบ|สาย|ตอน|บท"
    r"|วาระ|ศตวรรษ|ปี|อาคาร)\s?ที่"
    r"|(?:อันดับ|ลำดับ|เฟส|หมู่)"
)
_UNIT = units.pattern("th")
_MULTIPLIER = r"(?:ร้อย(?!ละ)|พัน(?!ธ)|หมื่น|แสน|ล้าน)+"
_NUMBER = re.compile(
    rf"(?P<before>(?:{_ORDINAL})\s?|ร้อยละ\s?|US\$\s?|[$€£¥฿]\s?|(?<![A-Za-z])(?:USD|THB|EUR)\s?)?"
    rf"(?:(?<!\d)(?<!\d[./])(?P<first>{quantities.FIGURE})(?!\d)(?:\s{{0,2}}(?P<times>{_MULTIPLIER}))?"
    rf"|(?P<words>{THAI_WORDS.pattern}))"
    rf"(?:(?P<baht>\s?ลบ\.(?!\s?ม))|\s{{0,2}}(?P<unit>{_UNIT}))?"
)
_FIRST = re.compile(r"(?:(?:ครั้ง|อันดับ|ลำดับ|แห่ง|ประเทศ|คน|วัน|ชุด|กลุ่ม|ฉบับ|ราย|หน่วยงาน|จังหวัด)แรก)(?!เริ่ม)")
_LINK = re.compile(_TO)
_AT = re.compile(r"เวลา\s*(?:ประมาณ)?\s*$")
_HOURS = THAI_ONES | {"สิบ": 10, "สิบเอ็ด": 11}
_SMALL = "|".join(sorted(_HOURS, key=len, reverse=True))
_SPOKEN = re.compile(
    rf"(?:บ่าย(?:\s?(?P<pm>[1-6]|{_SMALL})\s?)?โมง|(?<![\d.,])(?P<am>[6-9]|1[01]|{_SMALL})\s?โมงเช้า"
    rf"|(?<![\d.,])(?P<eve>[1-5]|{_SMALL})\s?ทุ่ม(?!เท)|(?<![\d.,])(?P<dusk>[4-6]|{_SMALL})\s?โมงเย็น"
    rf"|(?<![ก-๎])ตี\s?(?P<night>[1-5]|หนึ่ง|สอง|สาม|สี่|ห้า)(?![ก-๎\d]|(?<=\d)\s?\d)|เที่ยง(?P<noon>วัน|คืน))(?P<half>ครึ่ง)?"
)


@lru_cache(1024)  # an article is compared with each sentence of its summary
def thai_facts(text: str) -> tuple[Fact, ...]:
    """All facts of a Thai text, in order; those of one span share it. Thai digits are read as Arabic ones."""
    scan = Scan(text, arabic_digits(text))
    scan.take(_PHONE_WORD, lambda m: telephones(m["numbers"]))
    scan.take(BARE, lambda m: telephones(m[0]))
    scan.take(_SLASHED, _slashed)
    scan.take(_DOCUMENT, _document)
    scan.take(_WEEKDAY, lambda m: [Weekday(THAI_WEEKDAYS[day]) for day in m.groups() if day])
    scan.take(_FISCAL, _fiscal)
    scan.take(_QUARTER, _quarter)
    scan.take(_DATE, _date)
    scan.take(_HOUR, lambda m: [Time(int(m[1]) % 24, 0)])
    scan.take(_TIME, _time)
    scan.take(_SPOKEN, _spoken)
    scan.take(_NAMED, lambda m: [])
    scan.take(_YEARS, _years)
    scan.take(_RANK_9, lambda m: [Quantity(Decimal(m[1]), ordinal=True, spelled=True)])
    scan.take(_BARE_YEARS, _bare_years)
    scan.take(_FIRST, lambda m: [Quantity(Decimal(1), ordinal=True, spelled=True)])
    quantities.read(scan, _NUMBER, _raw, _LINK)
    return quantities.with_shared_years(scan.facts(), text, _LINK)


def _document(match: re.Match[str]) -> list[Value] | None:
    digits = re.sub(r"[^\d./]", "", match["digits"])
    if not match["letters"] and match[0].startswith("ที่") and not re.fullmatch(r"\d{1,5}/25\d\d", digits):
        return None
    return [Code("document", digits)]


def _year(written: str, era: str | None = None, month: int | None = None) -> tuple[int, int | None]:
    """(Common-Era year, the Buddhist one if it was one). Two digits are Buddhist ones of this century: 68 is 2568."""
    year = int(written) if len(written) == 4 else 2500 + int(written)
    if year < 2400 and not (era or "").startswith("พ"):
        return year, None
    return calendars.common_era(year, month), year


def _slashed(match: re.Match[str]) -> list[Value] | None:
    if not 1 <= int(match[2]) <= 12:
        return None
    year, buddhist = _year(match[3], None, int(match[2]))
    return list(calendars.valid(year, int(match[2]), [int(match[1])], buddhist)) or None


def _fiscal(match: re.Match[str]) -> list[Value]:
    return [FiscalYear(*_year(year)) for year in (match["year"], match["last"]) if year]


def _quarter(match: re.Match[str]) -> list[Value]:
    number = _QUARTERS.get(match["n"]) or int(match["n"])
    return [Quarter(number, _year(match["year"])[0] if match["year"] else None)]


def _date(match: re.Match[str]) -> list[Value] | None:
    month = calendars.thai_month(match["month"])
    if not match["days"]:
        # An abbreviation alone is too short to be sure of: ก.พ., มี.ค.
        alone = "." in match["month"] and not match["year"] and not match["later"]
        if alone or _OFFICE.search(match.string[max(0, match.start() - 30) : match.start()]):
            return None
    found: list[Value] = []
    for number, days in ((month, _days(match["days"])), (match["later"] and calendars.thai_month(match["later"]), [])):
        if number:
            year, buddhist = _year(match["year"], match["era"], number) if match["year"] else (None, None)
            found += calendars.valid(year, number, days, buddhist)
    return found or None


def _days(text: str | None) -> list[int]:
    return [int(day) for day in re.findall(r"\d+", text or "")]


def _time(match: re.Match[str]) -> list[Value] | None:
    said = match["mark"] or _AT.search(match.string[: match.start()][-12:])
    if not said and ":" not in match[0]:
        return None
    pairs = [(match["h0"], match["m0"]), (match["h"], match["m"])]
    return [Time(int(hour) % 24, int(minute), bool(said)) for hour, minute in pairs if hour]


def _spoken(match: re.Match[str]) -> list[Value]:
    """Times as people say them: บ่าย 2 โมง is 14:00, สามทุ่มครึ่ง 21:30, ตี 5 05:00."""
    minute = 30 if match["half"] else 0
    if match["noon"]:
        return [Time(12 if match["noon"] == "วัน" else 0, minute)]
    if hour := match["am"] or match["night"]:
        return [Time(_hour(hour), minute)]
    later = _hour(match["eve"]) + 6 if match["eve"] else _hour(match["pm"] or match["dusk"] or "1")
    return [Time((12 + later) % 24, minute)]


def _hour(written: str) -> int:
    return _HOURS.get(written) or int(written)


def _years(match: re.Match[str]) -> list[Value] | None:
    era = "พ" if "พ" in match["mark"] else None
    found = []
    for written in filter(None, (match["year"], match["last"], match["next"])):
        year, buddhist = _year(written, era)
        if not 1300 <= year <= 2100:
            return None
        found.append(Date(year, None, None, buddhist))
    return list(found)


def _bare_years(match: re.Match[str]) -> list[Value]:
    return [Date(y - BUDDHIST_OFFSET, None, None, y) for y in (int(g) for g in match.groups() if g)]


def _raw(match: re.Match[str]) -> quantities.Raw | None:
    """One number as it is written, its multiplier and unit apart."""
    before = (match["before"] or "").strip()
    times, unit = match["times"] or "", match["unit"]
    symbol = units.symbol(unit, "th") if unit else ""
    end = match.end() if symbol else match.start("unit") if unit else match.end()
    if match["baht"]:
        times, symbol = f"{times}ล้าน", "THB"
    if before in units.SIGNS or before in ("USD", "THB", "EUR"):
        symbol = units.SIGNS.get(before, before)
    if before == "ร้อยละ":
        symbol = "%"
    if words := match["words"]:
        value = thai_value(words)
        if value is None:
            return None
        times = "".join(re.findall(_MULTIPLIER, words)[-1:])
        value = value / thai_units(times)
    else:
        value = Decimal(match["first"].replace(",", ""))
    ordinal = bool(before) and before != "ร้อยละ" and not symbol
    start = match.start("first") if not words else match.start("words")
    return quantities.Raw(
        value,
        thai_units(times),
        times,
        symbol or "",
        ordinal,
        bool(words),
        match.start() if symbol or ordinal else start,
        end,
    )

"""The fact model: two parsers against tables of our own writing, what must hold of any text, and the comparison."""

from __future__ import annotations

import calendar
import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.facts import calendars, people
from pipeline.facts.compare import compare, required, unsupported, unsupported_english
from pipeline.facts.english_facts import english_facts
from pipeline.facts.numerals import english_values, thai_value
from pipeline.facts.thai_facts import thai_facts
from pipeline.facts.values import in_english
from pipeline.thai import MONTHS
from tests.conftest import ROOT


def rows(name: str) -> list[list[str]]:
    lines = (ROOT / "tests" / "gold" / f"{name}.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [line.split("\t") for line in lines[1:]]


THAI, ENGLISH = rows("facts_th"), rows("facts_en")
FULL_MONTHS = [name for name in MONTHS if "." not in name]
SHORT_MONTHS = [name for name in MONTHS if "." in name]
DAYS = st.dates(datetime.date(1942, 1, 1), datetime.date(2099, 12, 31))
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def test_there_are_enough_cases() -> None:
    assert len(THAI) + len(ENGLISH) >= 400


@pytest.mark.parametrize(("text", "facts"), THAI, ids=[row[0] for row in THAI])
def test_thai(text: str, facts: str) -> None:
    assert " | ".join(map(str, thai_facts(text))) == facts


@pytest.mark.parametrize(("text", "facts"), ENGLISH, ids=[row[0] for row in ENGLISH])
def test_english(text: str, facts: str) -> None:
    assert " | ".join(map(str, english_facts(text))) == facts


@pytest.mark.parametrize("row", rows("compare"), ids=[f"{row[0]}|{row[1]}" for row in rows("compare")])
def test_comparison(row: list[str]) -> None:
    th, en, missing, added, changed, buddhist = row
    found = compare(th, en)
    assert " | ".join(map(str, found.missing)) == missing
    assert " | ".join(map(str, found.added)) == added
    assert " | ".join(f"{a} > {b}" for a, b in found.changed) == changed
    assert " | ".join(f"{a} > {b}" for a, b in found.buddhist) == buddhist


@pytest.mark.parametrize("text", [row[0] for row in THAI + ENGLISH])
def test_every_fact_stands_where_it_says(text: str) -> None:
    for fact in (*thai_facts(text), *english_facts(text)):
        assert text[fact.start : fact.end] == fact.text
        assert fact.text.strip() == fact.text != ""
        assert in_english(fact.value)


# What is written in a form is read back as it was, whatever its value.


@given(DAYS, st.sampled_from([FULL_MONTHS, SHORT_MONTHS]), st.booleans(), st.sampled_from(["", "พ.ศ. ", "พ.ศ."]))
def test_a_thai_date_is_read_back(day: datetime.date, months: list[str], thai_digits: bool, era: str) -> None:
    text = f"{day.day} {months[day.month - 1]} {era}{calendars.buddhist_era(day.year, day.month)}"
    text = text.translate(THAI_DIGITS) if thai_digits else text
    assert [str(f) for f in thai_facts(f"เมื่อวันที่ {text} ที่ผ่านมา")] == [f"date {day.isoformat()}"]


@given(DAYS, st.sampled_from(["{d} {m} {y}", "{m} {d}, {y}", "{d} {m}, {y}", "the {d}th of {m} {y}"]))
def test_an_english_date_is_read_back(day: datetime.date, form: str) -> None:
    text = form.format(d=day.day, m=calendar.month_name[day.month], y=day.year)
    assert [str(f) for f in english_facts(f"It was signed on {text}.")] == [f"date {day.isoformat()}"]


@given(st.decimals(min_value="0.1", max_value="999999999", places=1), st.sampled_from(["THB", "USD", "EUR", "JPY"]))
def test_an_amount_is_read_back_in_both_languages(amount: Decimal, unit: str) -> None:
    th = {"THB": "บาท", "USD": "ดอลลาร์สหรัฐ", "EUR": "ยูโร", "JPY": "เยน"}[unit]
    en = {"THB": "baht", "USD": "US dollars", "EUR": "euros", "JPY": "yen"}[unit]
    (thai,), (english,) = thai_facts(f"รวม {amount:,} {th}"), english_facts(f"a total of {amount:,} {en}")
    assert thai.value == english.value
    assert str(thai) == f"money {amount.normalize():f} {unit}"


@given(st.integers(1, 9999), st.sampled_from(["ร้อย", "พัน", "หมื่น", "แสน", "ล้าน", "แสนล้าน", "ล้านล้าน"]))
def test_a_multiplier_is_the_number_that_it_stands_for(figure: int, unit: str) -> None:
    worth = {"ร้อย": 2, "พัน": 3, "หมื่น": 4, "แสน": 5, "ล้าน": 6, "แสนล้าน": 11, "ล้านล้าน": 12}[unit]
    assert [str(f) for f in thai_facts(f"{figure} {unit}บาท")] == [f"money {figure * 10**worth} THB"]
    assert not len(compare(f"{figure} {unit}บาท", f"{figure * 10**worth:,} baht"))


@given(st.integers(2, 9_999_999))
def test_a_number_in_thai_words_is_read_back(number: int) -> None:
    from pythainlp.util import num_to_thaiword

    assert thai_value(num_to_thaiword(number)) == number


@given(st.integers(2, 999_999_999))
def test_a_number_in_english_words_is_read_back(number: int) -> None:
    assert [n.value for n in english_values(spelled(number))] == [number]


@given(st.integers(1800, 2200), st.integers(1, 12))
def test_the_buddhist_era_and_the_common_era_are_inverse(year: int, month: int) -> None:
    assert calendars.common_era(calendars.buddhist_era(year, month), month) == year


def test_the_new_year_of_1941() -> None:
    """December B.E. 2483 was followed by January B.E. 2484, both in this order in the Gregorian calendar."""
    assert calendars.common_era(2483, 12) == 1940
    assert calendars.common_era(2484, 1) == 1941
    assert calendars.common_era(2482, 3) == 1940
    assert calendars.common_era(2482, 4) == 1939


@given(st.lists(st.integers(21, 2_399), max_size=6))
def test_order_does_not_matter(figures: list[int]) -> None:
    assert not len(compare(" และ ".join(map(str, figures)), ", ".join(f"{n:,} people" for n in reversed(figures))))


@given(st.sampled_from([row[0] for row in THAI]), st.sampled_from([" ", "  ", "\n", "\t"]))
def test_spacing_around_a_text_does_not_matter(text: str, space: str) -> None:
    assert [str(f) for f in thai_facts(f"{space}{text}{space}")] == [str(f) for f in thai_facts(text)]


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    for fact in (*thai_facts(text), *english_facts(text)):
        assert 0 <= fact.start < fact.end <= len(text)


@pytest.mark.parametrize(
    "unit", ["1-", "two-", "one and ", "1 and ", "โทร. ", "ร.", "นาย", "ดร. ", "1,", "สอง", "3 ล้าน ", "call "]
)
def test_repetition_ends(unit: str) -> None:
    """What would backtrack for ever, or count for ever, comes to an end: a hang is the failure."""
    text = (unit * 3000)[:3000]
    assert len(thai_facts(text)) + len(english_facts(text)) + len(list(people.in_thai(text))) <= 6000


def test_numbers_too_large_to_divide_are_read_and_said() -> None:
    """Over 28 digits, Decimal has no remainder any more."""
    text = "3 ล้านล้านล้านล้านล้านล้าน 5 แสน 2 หมื่น"
    assert all(in_english(fact.value) for fact in thai_facts(text))
    (large,) = english_facts("999999999999999 quadrillion")
    assert in_english(large.value).endswith("000,000")


@pytest.mark.parametrize("row", THAI, ids=[row[0] for row in THAI])
def test_a_text_supports_itself(row: list[str]) -> None:
    assert unsupported(row[0], row[0]) == []


def test_one_changed_digit_is_always_found() -> None:
    """Of every required number with one figure, in every row: another digit is a difference."""
    tried = 0
    for text, _ in ENGLISH:
        facts = [f for f in english_facts(text) if required(f)]
        if len(facts) != 1 or facts[0].kind not in ("number", "money", "percent") or not facts[0].text[0].isdigit():
            continue
        at = facts[0].start
        spoilt = f"{text[:at]}{'2' if text[at] != '2' else '3'}{text[at + 1 :]}"
        source = f"จำนวน {facts[0].value.value:f}"
        assert not len(compare(source, text)), text
        assert len(compare(source, spoilt)), spoilt
        tried += 1
    assert tried >= 25


@pytest.mark.parametrize(
    ("summary", "source", "new"),
    [
        ("งบ 100 ล้านบาท", "ใช้งบ ๑๐๐ ล้านบาท", []),
        ("งบ 100 ล้านบาท", "ใช้งบ 200 ล้านบาท", ["100 ล้านบาท"]),
        ("เมื่อปี 2565", "ในปี 65", []),
        ("มี 3 ประเทศ", "มีสามประเทศ", []),
        ("3 สิงหาคม 2565", "ประชุม 3-5 สิงหาคม 2565", []),
        ("3 สิงหาคม 2565", "3 กรกฎาคม 2565", ["3 สิงหาคม 2565"]),
    ],
)
def test_summary_against_article(summary: str, source: str, new: list[str]) -> None:
    assert [f.text for f in unsupported(summary, source)] == new


def test_english_summary_against_the_thai_article() -> None:
    new, buddhist = unsupported_english("In 2568, 3 of 40 bridges", "ปี 2568 สะพาน 3 แห่ง")
    assert [f.text for f in new] == ["40"]
    assert [f.text for f in buddhist] == ["2568"]


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: E501, SIM905
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


def spelled(number: int) -> str:
    """1,234 as `one thousand two hundred and thirty-four`."""
    for worth, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= worth:
            rest = number % worth
            joint = " and " if worth == 100 and rest else " "
            return f"{spelled(number // worth)} {name}" + (joint + spelled(rest) if rest else "")
    if number < 20:
        return ONES[number]
    return TENS[number // 10 - 2] + (f"-{ONES[number % 10]}" if number % 10 else "")

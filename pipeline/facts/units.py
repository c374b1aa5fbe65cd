"""Units of both languages: measures, and the currencies of CLDR (through babel) with the names that news gives them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import get_currency_name

from pipeline.facts.values import is_currency

MEASURES: dict[str, tuple[str, str]] = {
    # symbol: (base unit, how many of it)
    "rai": ("sqm", "1600"), "ngan": ("sqm", "400"), "sqwah": ("sqm", "4"), "sqm": ("sqm", "1"),
    "sqkm": ("sqm", "1000000"), "ha": ("sqm", "10000"),
    "mm": ("m", "0.001"), "cm": ("m", "0.01"), "m": ("m", "1"), "km": ("m", "1000"),
    "g": ("kg", "0.001"), "kg": ("kg", "1"), "t": ("kg", "1000"),
    "L": ("L", "1"), "cum": ("L", "1000"),
    "kW": ("kW", "1"), "MW": ("kW", "1000"), "kWh": ("kWh", "1"), "°C": ("°C", "1"),
    "year": ("month", "12"), "month": ("month", "1"),
    "week": ("minute", "10080"), "day": ("minute", "1440"), "hour": ("minute", "60"), "minute": ("minute", "1"),
}  # fmt: skip
"""Of units with one base, one may be said in another (24 months, two years)."""

_THAI = {
    "rai": "ไร่", "ngan": "งาน(?!วัน|แสดง|ประชุม|นี้|ที่|ด้าน|วิจัย|บริการ|ใน|ของ)", "sqwah": "ตารางวา|ตร\\.\\s?ว\\.",
    "sqm": "ตารางเมตร|ตร\\.\\s?ม\\.", "sqkm": "ตารางกิโลเมตร|ตร\\.\\s?กม\\.", "ha": "เฮกตาร์|เฮกแตร์",
    "mm": "มิลลิเมตร|มม\\.", "cm": "เซนติเมตร|ซม\\.", "m": "เมตร(?!ิก)|ม\\.(?![\u0e01-\u0e4e])",
    "km": "กิโลเมตร|กม\\.|กม(?![\u0e01-\u0e4e.])",
    "g": "กรัม", "kg": "กิโลกรัม|กก\\.|กิโล(?!เมตร|วัตต์|แคล)", "t": "ตัน|เมตริกตัน",
    "L": "ลิตร", "cum": "ลูกบาศก์เมตร|ลบ\\.\\s?ม\\.|คิวบิกเมตร",
    "kW": "กิโลวัตต์(?!ชั่วโมง|-ชั่วโมง)", "MW": "เมกะวัตต์|MW", "kWh": "กิโลวัตต์-?\\s?ชั่วโมง", "°C": "องศาเซลเซียส|องศา|°\\s?C|°ซ",
    "year": "ปี(?!งบ|การศึกษา|บัญชี|พ\\.)|ขวบ", "month": "เดือน(?!นี้|หน้า|ที่)", "week": "สัปดาห์|อาทิตย์", "day": "วัน(?!ที่)",
    "hour": "ชั่วโมง|ชม\\.", "minute": "นาที",
}  # fmt: skip
_ENGLISH = {
    "rai": "rais?", "ngan": "ngans?", "sqwah": "(?:square|sq\\.?)[\\s-]?(?:wahs?|wa)",
    "sqm": "(?:square|sq\\.?)[\\s-]?(?:met(?:re|er)s?|m\\b)\\.?|m²|m2", "ha": "hectares?|ha",
    "sqkm": "(?:square|sq\\.?)[\\s-]?(?:kilomet(?:re|er)s?|km)\\.?|km²|km2",
    "mm": "millimet(?:re|er)s?|mm", "cm": "centimet(?:re|er)s?|cm", "m": "met(?:re|er)s?|m",
    "km": "kilomet(?:re|er)s?|kms?", "g": "grams?|g", "kg": "kilograms?|kilos?|kgs?",
    "t": "(?:metric[\\s-])?ton(?:ne)?s?", "L": "lit(?:re|er)s?",
    "cum": "(?:cubic|cu\\.?)[\\s-]?(?:met(?:re|er)s?|m\\b)\\.?|m³|m3",
    "kW": "kilowatts?|kW", "MW": "megawatts?|MW", "kWh": "kilowatt[\\s-]hours?|kWh",
    "°C": "degrees?(?:[\\s-]celsius)?|°\\s?C",
    "year": "years?|yrs?", "month": "months?", "week": "weeks?", "day": "days?", "hour": "hours?|hrs?",
    "minute": "minutes?|mins?",
}  # fmt: skip
_PERCENT = {"th": "เปอร์เซ็นต์|เปอร์เซนต์|%", "en": "percent(?:age points?)?|per[\\s-]cent|pct|%"}
_MONEY_TH = {
    "บาท": "THB", "ดอลลาร์สหรัฐฯ": "USD", "ดอลลาร์สหรัฐอเมริกา": "USD", "ดอลลาร์ สรอ.": "USD", "ดอลลาร์": "USD",
    "เหรียญสหรัฐฯ": "USD", "เหรียญสหรัฐ": "USD", "เหรียญ สรอ.": "USD", "เหรียญ": "USD", "เยน": "JPY", "หยวน": "CNY",
    "ปอนด์": "GBP", "วอน": "KRW", "รูปี": "INR", "ริงกิต": "MYR", "กีบ": "LAK", "จ๊าต": "MMK", "เรียล": "KHR", "รูเปียห์": "IDR",
    "ดอลลาร์สหรัฐ": "USD", "ดอลลาร์ฮ่องกง": "HKD", "ดอลลาร์ไต้หวัน": "TWD", "ฟรังก์สวิส": "CHF", "เปโซฟิลิปปินส์": "PHP",
}  # fmt: skip
_MONEY_EN = {
    "baht": "THB", "us dollars": "USD", "us dollar": "USD", "dollars": "USD", "dollar": "USD", "euro": "EUR",
    "euros": "EUR", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY",
    "pounds": "GBP", "pound": "GBP", "pounds sterling": "GBP",
    "won": "KRW", "rupees": "INR", "ringgit": "MYR", "kip": "LAK", "kyat": "MMK", "riel": "KHR", "rupiah": "IDR",
    "dong": "VND", "swiss francs": "CHF", "u.s. dollars": "USD", "u.s. dollar": "USD",
}  # fmt: skip
SIGNS = {
    "US$": "USD", "$": "USD", "HK$": "HKD", "A$": "AUD", "S$": "SGD", "NT$": "TWD", "NZ$": "NZD", "C$": "CAD",
    "฿": "THB", "€": "EUR", "£": "GBP",
}  # fmt: skip
"""Signs in front of a figure; ¥ is left out, for it is of two currencies."""


def base(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """A measure in its base unit; anything else as it is."""
    if unit not in MEASURES:
        return value, unit
    name, factor = MEASURES[unit]
    return value * Decimal(factor), name


def conflict(one: str, other: str) -> bool:
    """Whether two units cannot be said of one value: both are given, and neither is the other."""
    return bool(one and other) and one != other


@cache
def pattern(lang: str) -> str:
    """A regular expression of all units of `th` or `en`, longest names first; `symbol` reads a match."""
    measures = _THAI if lang == "th" else _ENGLISH
    names = [re.escape(n).replace(r"\ ", r"\s?") for n in sorted(_money(lang), key=len, reverse=True)]
    # Area and volume before length, kilowatt-hours before kilowatts.
    order = ["sqwah", "sqkm", "sqm", "cum", "kWh"]
    parts = [measures[u] for u in order] + [m for u, m in measures.items() if u not in order]
    if lang == "th":
        return "|".join([_PERCENT["th"], *names, *parts, "US\\s?dollars?|[A-Z]{3}(?![A-Za-z])"])
    return "|".join([_PERCENT["en"], *names, *parts])


def symbol(text: str, lang: str) -> str | None:
    """The unit that a match of `pattern` stands for; None for three capitals that are no currency."""
    text = " ".join(text.split())
    if re.fullmatch(_PERCENT[lang], text, re.I):
        return "%"
    money = _money(lang)
    if (code := money.get(text if lang == "th" else text.lower())) is not None:
        return code
    if is_currency(text):
        return text if text in _codes() else None
    if lang == "th" and text.startswith("US"):
        return "USD"
    measures = _THAI if lang == "th" else _ENGLISH
    return next((u for u, names in measures.items() if re.fullmatch(names, text, re.I)), None)


@cache
def _money(lang: str) -> dict[str, str]:
    names = {}
    for code in sorted(_codes()):
        name = get_currency_name(code, count=2, locale=lang)
        names[name if lang == "th" else name.lower()] = code
        if lang == "en":
            names[code.lower()] = code
    return names | (_MONEY_TH if lang == "th" else _MONEY_EN)


@cache
def _codes() -> frozenset[str]:
    """Currencies in use that CLDR names in both languages."""
    known = set(Locale("th").currencies) & set(Locale("en").currencies)
    return frozenset(known & _IN_USE)


_IN_USE = frozenset(
    """THB USD EUR JPY CNY GBP KRW INR MYR SGD IDR PHP VND LAK KHR MMK BND HKD TWD AUD NZD CAD CHF SEK NOK DKK RUB SAR
    AED QAR KWD BHD OMR ILS TRY ZAR BRL MXN BDT LKR NPR PKR BTN MVR PLN CZK HUF KZT EGP""".split()  # noqa: SIM905
)
"""CLDR also names currencies that are out of use, with words that mean something else today."""

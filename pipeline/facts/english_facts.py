"""The facts of an English text."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from pipeline.facts import calendars, quantities, units
from pipeline.facts.calendars import ENGLISH_MONTH, ENGLISH_WEEKDAYS
from pipeline.facts.numerals import ENGLISH_UNITS, ENGLISH_WORDS, english_values
from pipeline.facts.scan import Scan
from pipeline.facts.telephones import BARE, telephones
from pipeline.facts.values import Code, Date, Fact, FiscalYear, Quantity, Quarter, Time, Value, Weekday, is_currency

_TO = r"\s*(?:-|–|—|~|to|until|through|till|and)\s*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?!\d)"
_DAYS = rf"{_DAY}(?:(?:\s?,\s?(?:and\s)?|\s*(?:-|–|—|to|and|until|through)\s*){_DAY}){{0,12}}"
_BEFORE_A_DAY = r"(?<![\d.,/:$€£฿])"
_MONTH = rf"(?:{ENGLISH_MONTH})\b\.?"

_YEAR = r"(?:,?\s+(?:of\s+)?(?:(?P<era>B\.?\s?E\.?)\s?)?(?P<year>\d{4})(?!\d|[.,]\d))?"

_ISO = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")
_PHONE_WORD = re.compile(
    r"\b(?:tel(?:ephone)?|phone|hotline|call|dial|fax|mobile|call cent(?:er|re))\b"
    r"(?:[.:]|\s|numbers?|nos?\.?|at|on|the|hotline|us|cent(?:er|re))*"
    r"(?P<numbers>\+?\d[\d-]*(?:\s\d{3,4}(?![\d,.]\d|\d|\s[a-z]))*(?:\s\d{3,4}(?![\d,.]\d|\d))*"
    r"(?:\s?(?:,|or|and)\s?0[\d\s-]{7,}\d)*)(?!\s?(?:people|million|baht|%))",
    re.I,
)
_DOCUMENT = re.compile(
    r"\b(?:Order|Letter|Notification|Announcement|Document|Ref(?:erence)?|Licen[cs]e|Regulation|Command|Contract"
    r"|Memorandum|Circular|Certificate|Proclamation|Directive)\.?\s(?:of the [A-Z][\w ]{0,60}\s)?"
    r"(?:No\.?|Number|no\.?)?\s?(?:[A-Za-z]{1,6}\.?\s)?(?P<digits>\d+(?:\.\d+)*(?:/[A-Z]?\s?\d+)+)"
    r"|\b[A-Z]{2,5}\s(?P<coded>\d{3,4}(?:\.\d+)*/[A-Z]?\d+)"
    r"|(?:^|(?<=\W))No\.\s(?P<house>\d+/\d{1,3})(?!\d)"
)
_WEEKDAY = re.compile(rf"\b({'|'.join(ENGLISH_WEEKDAYS)})\b")
_FISCAL = re.compile(
    r"\b(?:(?:fiscal|budget|budgetary)\syears?|FYs?|FY\s?of)\s?(?:of\s)?(?:(?P<era>B\.?\s?E\.?)\s?)?"
    r"(?P<year>\d{4}|(?<=FY)\d{2})(?!\d|[.,]\d)(?:\s?(?:-|–|to|and)\s?(?P<last>\d{4})(?!\d))?"
    r"|(?<![\d.,])(?P<before>\d{4})\s(?:fiscal|budget)\syear\b",
    re.I,
)
_QUARTER_WORD = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
}  # fmt: skip
_QUARTER = re.compile(
    rf"\b(?:Q(?P<n>[1-4])|(?P<word>{'|'.join(_QUARTER_WORD)})[\s-]quarter|quarter\s(?P<digit>[1-4])\b)"
    r"(?:(?:\s?/\s?|\sof\s(?:the\syear\s)?|\sin\s|,?\s)(?P<year>(?:19|20|24|25)\d\d)(?!\d|[.,]\d))?",
    re.I,
)
_DAY_FIRST = re.compile(rf"{_BEFORE_A_DAY}\b(?P<days>{_DAYS})\s+(?:of\s+)?(?P<month>{_MONTH}){_YEAR}")
_MONTH_FIRST = re.compile(
    # A number behind a month that counts something is no day: "in April 2,500 people", "in March 20 provinces".
    rf"\b(?P<month>{_MONTH})\s?(?P<days>{_DAYS})(?![\d]|[.,:]\d|\s+(?!and\b|to\b|at\b|in\b|with\b|this\b|last\b|next\b|by\b|until\b|for\b|on\b|from\b|as\b|was\b|is\b|were\b|will\b|after\b|before\b|when\b)[a-z])"
    rf"{_YEAR}"
)
_MONTH_RANGE = re.compile(rf"\b(?P<month>{_MONTH})(?:\s*(?:-|–|—|to|and|until|through)\s*)(?P<later>{_MONTH}){_YEAR}")
_MONTH_YEAR = re.compile(rf"\b(?P<month>{_MONTH}){_YEAR[:-1]}")
_MONTH_ALONE = re.compile(
    rf"(?:(?P<by>\b(?:in|of|by|since|until|from|to|on|early|mid|late|and|last|next|this|through|during|end|for|between|before|after|with|than|ending)[\s-]))?\b(?P<month>{ENGLISH_MONTH})\b(?!\.?\s?\d)"
)
_BUDDHIST = re.compile(r"\bB\.?\s?E\.?\s?(2[45]\d\d)(?:\s?(?:-|–|to)\s?(?:B\.?\s?E\.?\s?)?(2[45]\d\d))?(?!\d)")
_BUDDHIST_BEHIND = re.compile(
    r"(?<!\d)(2[45]\d\d)(?=\s?(?:B\.\s?E\.|BE\b|of the Buddhist [Ee]ra|\((?:19|20)\d\d\)))"
    r"|(?<=Buddhist [Ee]ra )(2[45]\d\d)(?!\d)"
)
"""2568 B.E.; and 2568 (2025)."""
_HALF = r"(?P<{0}>a\.?m\b\.?|p\.?m\b\.?)"
_TIMES = re.compile(
    rf"(?<![\d.:,$])(?:(?P<h0>[01]?\d|2[0-4])(?:[:.](?P<m0>[0-5]\d))?\s?(?:{_HALF.format('x0')}|hrs\.?|hours)?\s*(?:-|–|—|to|until|till|and)\s*)?"
    rf"(?P<h>[01]?\d|2[0-4])(?:[:.](?P<m>[0-5]\d))?\s?(?:{_HALF.format('x')}|(?P<hrs>(?<=\d\d)\s?(?:hrs?\b\.?|hours\b|o'clock)))",
    re.I,
)
_HRS = re.compile(r"(?<![\d.,:])([01]\d|2[0-3])([0-5]\d)\s?hrs?\b")
_COLON = re.compile(
    r"(?<![\d.:,])(?:(?P<h0>[01]?\d|2[0-4]):(?P<m0>[0-5]\d)\s*(?:-|–|—|to|until)\s*)?(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\d:])"
)
_NOON = re.compile(r"\b(?:(?:12\s)?noon|midday|midnight)\b")
_BARE_YEAR = re.compile(
    r"(?<![\d.,:$€£฿])(?<!THB )(?<!USD )(?P<year>1[89]\d\d|20\d\d|24[5-9]\d|25\d\d|2600)(?!\d|[.,:]\d|\s?%)"
    rf"(?!\s?-?(?:(?:{units.pattern('en')})(?![A-Za-z])|(?:people|persons?|units?|households?|thousand|million|billion|participants|students|cases|tourists|homes|families|villages|schools|places|projects|copies|shops|farmers|workers|officials)\b))"
    r"(?:\s?[-–/]\s?(?P<last>(?:19|20|25)\d\d|\d\d(?![\d/-]))(?!\d))?s?\b",
    re.I,
)
_NAMED = re.compile(
    r"\b[A-Z]+[a-z]*-?\d++(?:\.\d++)?+(?:-\d++)?+\b(?!\s?(?:baht|million|billion))|\b\d{1,2}[A-Z]\b(?!\w)"
)
_PREFIXES = {
    "US DOLLARS": "USD", "BAHT": "THB", "THB": "THB", "BT": "THB", "RMB": "CNY", "RM": "MYR", "USD": "USD",
    "EUR": "EUR", "GBP": "GBP", "JPY": "JPY", "CNY": "CNY", "SGD": "SGD", "INR": "INR",
}  # fmt: skip
_PREFIXED = re.compile(rf"(?:{'|'.join(_PREFIXES)})\d", re.I)
_UNIT_WORDS = "|".join(ENGLISH_UNITS)
_NUMBER = re.compile(
    rf"(?P<before>(?:(?:US|HK|NT|NZ|(?<![A-Za-z])[ASC])?\$|[€£฿])\s?|\b(?:{'|'.join(_PREFIXES)})\s?|\b(?:No\.|Number|no\.|#)\s?)?"
    rf"(?:(?<!\d)(?<!\d[./])(?P<first>{quantities.FIGURE})(?!\d)(?:(?P<nth>st|nd|rd|th)\b|(?P<times>(?:[\s-]?(?:{_UNIT_WORDS})\b)+|(?:mln|m|k|tn)\b(?=[\s,.;)-]|$))?)"
    rf"|(?P<words>{ENGLISH_WORDS.pattern}))"
    rf"(?:[\s-]?(?P<unit>(?:{units.pattern('en')})(?![A-Za-z²³])))?",
    re.I,
)
_ROMAN = re.compile(
    r"\b(?:Rama|Phase|Part|Chapter|World War|Class|Category|Zone|Region|Type|Elizabeth)\s(?P<n>[IVX]{1,5})\b"
)
_LINK = re.compile(_TO)
_MEETING = re.compile(r"(?P<before>\b(?:No\.|Number)\s?)(?P<n>\d{1,3})/(?P<year>20\d\d|25\d\d)(?!\d)")


@lru_cache(1024)
def english_facts(text: str) -> tuple[Fact, ...]:
    """All facts of an English text, in order.

    A Buddhist year is taken as it stands, so that it agrees with nothing, unless it says `B.E.`.
    """
    scan = Scan(text, text.replace("\u00a0", " "))
    scan.take(_ISO, lambda m: calendars.valid(int(m[1]), int(m[2]), [int(m[3])]) or None)
    scan.take(_SLASHED, lambda m: calendars.valid(int(m[3]), int(m[2]), [int(m[1])]) or None)
    scan.take(_PHONE_WORD, lambda m: telephones(m["numbers"]))
    scan.take(BARE, lambda m: telephones(m[0]))
    scan.take(_DOCUMENT, _document)
    scan.take(_MEETING, lambda m: [Quantity(Decimal(m["n"]), ordinal=True), Date(int(m["year"]), None, None)])
    scan.take(_WEEKDAY, lambda m: [Weekday(ENGLISH_WEEKDAYS[m[1]])])
    scan.take(_FISCAL, _fiscal)
    scan.take(_QUARTER, _quarter)
    scan.take(_DAY_FIRST, _date)
    scan.take(_MONTH_FIRST, _date)
    scan.take(_MONTH_RANGE, _months)
    scan.take(_MONTH_YEAR, _months)
    scan.take(_MONTH_ALONE, _month_alone)
    scan.take(_TIMES, _times)
    scan.take(_HRS, lambda m: [Time(int(m[1]), int(m[2]))])
    scan.take(_COLON, _colon)
    scan.take(_NOON, lambda m: [Time(0 if m[0] == "midnight" else 12, 0)])
    scan.take(_BUDDHIST, _buddhist)
    scan.take(_ROMAN, lambda m: [Quantity(_roman(m["n"]), ordinal=m[0].startswith("Rama"), spelled=True)])
    scan.take(_BUDDHIST_BEHIND, _buddhist)
    scan.take(_NAMED, lambda m: None if _PREFIXED.match(m[0]) or m[0][0] == "Q" else [])
    scan.take(_BARE_YEAR, _bare_years)
    quantities.read(scan, _NUMBER, _raw, _LINK)
    return quantities.with_shared_years(scan.facts(), text, _LINK)


def _roman(letters: str) -> Decimal:
    worths = [{"I": 1, "V": 5, "X": 10}[letter] for letter in letters]
    return Decimal(sum(-n if n < later else n for n, later in zip(worths, [*worths[1:], 0], strict=True)))


def _fiscal(match: re.Match[str]) -> list[Value]:
    years = [_short(year) for year in (match["year"], match["last"], match["before"]) if year]
    return [FiscalYear(calendars.common_era(year) if match["era"] else year) for year in years]


def _short(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _document(match: re.Match[str]) -> list[Value]:
    return [Code("document", re.sub(r"[^\d./]", "", match["digits"] or match["coded"] or match["house"]))]


def _buddhist(match: re.Match[str]) -> list[Value]:
    return [Date(calendars.common_era(int(year)), None, None, int(year)) for year in match.groups() if year]


def _quarter(match: re.Match[str]) -> list[Value]:
    number = match["n"] or match["digit"] or _QUARTER_WORD[match["word"].lower()]
    return [Quarter(int(number), int(match["year"]) if match["year"] else None)]


def _date(match: re.Match[str]) -> list[Value] | None:
    days = [int(day) for day in re.findall(r"\d+", match["days"])]
    month = _month(match["month"])
    return list(calendars.valid(*_year(match, month), days=days)) or None


def _year(match: re.Match[str], month: int) -> tuple[int | None, int]:
    if not match["year"]:
        return None, month
    year = int(match["year"])
    return (calendars.common_era(year, month) if match["era"] else year), month


def _months(match: re.Match[str]) -> list[Value] | None:
    if not match["year"] and not _sure(match["month"]):
        return None
    names = (match["month"], match.groupdict().get("later"))
    return [Date(*_year(match, _month(name)), None) for name in names if name]


def _month_alone(match: re.Match[str]) -> list[Value] | None:
    """May, March and abbreviations only where a word in front makes them months."""
    name = match["month"]
    if not (_sure(name) or match["by"]) or (len(name) < 4 and name != "May" and not match["by"]):
        return None
    if name.isupper():
        return None
    return [Date(None, _month(name), None)]


def _sure(name: str) -> bool:
    return name.rstrip(".") not in ("May", "March", "MAY", "MARCH", "Mar", "MAR")


def _month(name: str) -> int:
    return calendars.english_month(name.rstrip("."))


def _times(match: re.Match[str]) -> list[Value] | None:
    half = match["x"]
    if match["hrs"] and not match["m"]:
        return None  # 24 hours is a length
    later = _time(int(match["h"]), match["m"], half)
    if later is None:
        return None
    if not match["h0"]:
        return [later]
    first = match["x0"] or half
    # Without a half of its own, 11-1 p.m. began in the morning.
    if not match["x0"] and half and int(match["h0"]) % 12 > int(match["h"]) % 12 and half.lower().startswith("p"):
        first = "a.m."
    earlier = _time(int(match["h0"]), match["m0"], first)
    return [earlier, later] if earlier else [later]


def _time(hour: int, minute: str | None, half: str | None) -> Time | None:
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    return Time(hour % 24, int(minute or 0))


def _colon(match: re.Match[str]) -> list[Value]:
    """Without a.m. or p.m.: from 13:00 on, and with a zero in front, it is the clock of 24 hours."""
    pairs = [(match["h0"], match["m0"]), (match["h"], match["m"])]
    return [Time(int(h) % 24, int(m), int(h) > 12 or h.startswith("0")) for h, m in pairs if h]


def _bare_years(match: re.Match[str]) -> list[Value] | None:
    before = match.string[max(0, match.start() - 24) : match.start()]
    # 2023-2027, 3/2025 and Q1/2025 hold years, 02-282-2000 does not.
    joined = re.search(r"(\d+|Q\d)\s?[-–/]$", before)
    if joined and not (joined[0].endswith("/") or re.fullmatch(r"(?:19|20|25)\d\d", joined[1])):
        return None
    last = match["last"]
    years = [int(match["year"])]
    if last:
        years.append(int(last) if len(last) == 4 else years[0] // 100 * 100 + int(last))
    return [Date(year, None, None) for year in years]


def _raw(match: re.Match[str]) -> quantities.Raw | None:
    """One number as it is written, its multiplier and unit apart."""
    before = (match["before"] or "").strip()
    sign = units.SIGNS.get(before.upper()) or _PREFIXES.get(before.upper(), "")
    unit = match["unit"]
    symbol = sign or ((units.symbol(unit, "en") or "") if unit else "")
    end = match.end()
    if match["words"]:
        numeral = next(english_values(match["words"]), None)
        if numeral is None:
            return None
        start = match.start("words") + numeral.start
        if match.start("words") + numeral.end < match.end("words"):
            end, symbol = match.start("words") + numeral.end, ""
        scale = _scale(match["words"][numeral.start : numeral.end])
        factor = Decimal(ENGLISH_UNITS.get(scale, 1))
        return quantities.Raw(
            numeral.value / factor, factor, scale, symbol, numeral.ordinal and symbol != "%", True, start, end
        )
    times = match["times"] or ""
    if times in ("m", "k", "tn") and not is_currency(symbol):
        times, symbol = "", ""  # 5m may be metres
        end = match.start("times")
    factor = Decimal(1)
    for word in re.findall(r"[a-z]+", times.lower()):
        factor *= {"m": 1_000_000, "mln": 1_000_000, "k": 1000, "tn": 1_000_000_000_000}.get(word) or ENGLISH_UNITS[
            word
        ]
    ordinal = bool(match["nth"]) or (bool(before) and not sign)
    start = match.start() if before else match.start("first")
    figure = Decimal(match["first"].replace(",", ""))
    return quantities.Raw(figure, factor, times, symbol if not ordinal else "", ordinal, False, start, end)


def _scale(words: str) -> str:
    found = re.findall("|".join(ENGLISH_UNITS), words.lower())
    return found[-1] if found else ""

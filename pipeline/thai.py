"""Thai script at the level of characters: normal form, digits, shares, safe places to cut."""

from __future__ import annotations

import datetime
import re
import unicodedata

THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("มกราคม", "ม.ค."), ("กุมภาพันธ์", "ก.พ."), ("มีนาคม", "มี.ค."), ("เมษายน", "เม.ย."),
            ("พฤษภาคม", "พ.ค."), ("มิถุนายน", "มิ.ย."), ("กรกฎาคม", "ก.ค."), ("สิงหาคม", "ส.ค."),
            ("กันยายน", "ก.ย."), ("ตุลาคม", "ต.ค."), ("พฤศจิกายน", "พ.ย."), ("ธันวาคม", "ธ.ค."),
        ],
        start=1,
    )
    for name in names
}  # fmt: skip

NORMAL_FORM = "1"
"""The version of `normalize`, for signatures of scores: a new number when its output changes."""

RULE = re.compile(r"^[\s*_=\-–—.•~#+]{3,}$")
"""A line of marks that separates, without a word."""

_THAI_LETTER = re.compile(r"[\u0e01-\u0e2e\u0e40-\u0e44]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
# Zero-width characters, word joiner, BOM, soft hyphen, directional marks; control characters but \t \n.
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_TONES = "\u0e48-\u0e4b"
_UPPER_LOWER_VOWELS = "\u0e31\u0e34-\u0e3a"
_COMBINING = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"


def normalize(text: str) -> str:
    """One normal form for Thai text; applying it twice changes nothing more.

    NFC; line ends as `\\n`; invisible characters out; NBSP and other spaces as one space; sara am
    composed (also where a tone mark stands between its parts, or before U+0E33's nikhahit); vowels
    above and below before tone marks; sara e twice as sara ae. Thai digits stay as they are.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u0085", "\n").replace("\u2028", "\n")
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = text.replace("\u0e40\u0e40", "\u0e41")
    text = re.sub(f"([{_TONES}]+)([{_UPPER_LOWER_VOWELS}]+)", r"\2\1", text)
    text = re.sub(f"\u0e4d([{_TONES}]*)\u0e32", "\\1\u0e33", text)
    text = re.sub(f"([{_TONES}])\u0e4d\u0e32", "\\1\u0e33", text)
    text = re.sub(f"\u0e33([{_TONES}]+)", "\\1\u0e33", text)
    text = re.sub(f"([{_TONES}])\\1+", r"\1", text)
    text = _SPACES.sub(" ", text)
    return re.sub(r" ?\n ?", "\n", text).strip()


def arabic_digits(text: str) -> str:
    """Thai digits as Arabic ones."""
    return text.translate(THAI_DIGITS)


def thai_share(text: str) -> float:
    """Thai letters as a share of Thai and Latin letters; 0.0 where there are none of either."""
    thai = len(_THAI_LETTER.findall(text))
    letters = thai + len(_LATIN_LETTER.findall(text))
    return thai / letters if letters else 0.0


def has_letters(text: str) -> bool:
    return bool(_THAI_LETTER.search(text) or _LATIN_LETTER.search(text))


def iso_date(text: str) -> tuple[str, str] | None:
    """The first full Thai date in `text`, as (ISO date, the words it was read from).

    Reads `5 สิงหาคม 2565`, `๕ ส.ค. ๒๕๖๕`, `3 เม.ย. พ.ศ. 2565`, `03/08/2565`. Years from 2400 on are
    Buddhist (minus 543); others are taken as Common Era. None where the day does not exist.
    """
    plain = arabic_digits(text)
    month = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
    worded = re.search(rf"(?<!\d)(\d{{1,2}})\s*({month})\s*(?:พ\.\s?ศ\.|ค\.\s?ศ\.)?\s*(\d{{4}})(?!\d)", plain)
    slashed = re.search(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", plain)
    found = worded or slashed
    if found is None:
        return None
    number = MONTHS[found[2]] if found is worded else int(found[2])
    year = common_era(int(found[3]))
    try:
        day = datetime.date(year, number, int(found[1]))
    except ValueError:
        return None
    return day.isoformat(), text[found.start() : found.end()]


def common_era(year: int) -> int:
    """A year from 2400 on is of the Buddhist era; others are taken as they are."""
    return year - 543 if year >= 2400 else year


def safe_cut(text: str, limit: int) -> int:
    """The largest place up to `limit` where `text` can be cut without breaking a character cluster.

    Never before a combining vowel or tone mark, nor after a vowel written before its consonant.
    """
    cut = min(limit, len(text))
    while 0 < cut < len(text) and (
        re.match(f"[{_COMBINING}\u0e30\u0e32\u0e33\u0e45\u0e46]", text[cut]) or "\u0e40" <= text[cut - 1] <= "\u0e44"
    ):
        cut -= 1
    return cut or min(limit, len(text))

"""Places as glossary terms: provinces, districts and subdistricts (geothai), countries and languages (CLDR)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import geothai
from babel import Locale

from pipeline.facts.terms import Term

_WORDS = frozenset(["เลย", "ตาก", "น่าน", "แพร่", "ตราด", "กระบี่", "นครนายก", "ระนอง", "พังงา", "สตูล"])
"""Provinces that are words, or inside of words: only with จังหวัด or จ. before them."""
_OTHER_PROVINCES = {
    "พระนครศรีอยุธยา": (("อยุธยา",), ("Ayutthaya",)), "นครราชสีมา": (("โคราช",), ("Korat",)), "ชลบุรี": ((), ("Chonburi",)),
    "กรุงเทพมหานคร": (("กทม.",), ("Bangkok Metropolitan Administration", "BMA")), "ลพบุรี": ((), ("Lopburi",)),
    "ปราจีนบุรี": ((), ("Prachinburi",)), "บุรีรัมย์": ((), ("Buriram",)), "สุพรรณบุรี": ((), ("Suphanburi",)),
    "สิงห์บุรี": ((), ("Singburi",)),
}  # fmt: skip
_COUNTRIES = {
    "LA": (("สปป.ลาว", "สปป. ลาว", "ลาว"), ("Lao PDR", "Lao People's Democratic Republic", "Lao")),
    "US": (("สหรัฐฯ", "สหรัฐอเมริกา", "สหรัฐ", "อเมริกา"), ("US", "U.S.", "USA", "United States of America", "America")),
    "GB": (("อังกฤษ", "สหราชอาณาจักร"), ("UK", "U.K.", "Britain", "Great Britain", "England")),
    "CN": (("จีน",), ("People's Republic of China", "PRC")),
    "KR": (("เกาหลีใต้", "เกาหลี", "สาธารณรัฐเกาหลี"), ("Republic of Korea", "ROK", "Korea")),
    "KP": (("เกาหลีเหนือ",), ("DPRK",)),
    "MM": (("เมียนมา", "เมียนมาร์", "พม่า"), ("Burma",)),
    "VN": (("เวียดนาม",), ("Viet Nam",)), "RU": (("รัสเซีย",), ("Russian Federation",)),
    "AE": (("ยูเออี",), ("UAE", "U.A.E.")), "CZ": (("เช็ก",), ("Czech Republic",)), "TR": (("ตุรกี", "ตุรเคีย"), ("Türkiye",)),
    "HK": (("ฮ่องกง",), ("Hong Kong",)), "MO": (("มาเก๊า",), ("Macao", "Macau")), "TW": (("ไต้หวัน",), ()),
    "BN": (("บรูไน",), ("Brunei Darussalam",)), "TL": (("ติมอร์-เลสเต", "ติมอร์เลสเต"), ("Timor Leste", "East Timor")),
    "NL": (("เนเธอร์แลนด์",), ("The Netherlands", "Holland")), "SA": (("ซาอุดีอาระเบีย", "ซาอุฯ", "ซาอุดิอาระเบีย"), ("KSA",)),
}  # fmt: skip
_SHORTEST = 5
"""Characters from which on a country's Thai name is taken without ประเทศ before it."""


@cache
def terms() -> tuple[Term, ...]:
    """All places, of kinds province, district, subdistrict and country; and languages."""
    return (*_thai_places(), *_countries(), *_languages())


def _thai_places() -> Iterator[Term]:
    for province in geothai.provinces():
        name, english = province.name_th, province.name_en
        thai, other = _OTHER_PROVINCES.get(name, ((), ()))
        forms = [f"จังหวัด{name}", f"จ.{name}", f"จ. {name}", *thai, *([] if name in _WORDS else [name])]
        right = (
            [english, f"{english} Province", *other]
            if name == "กรุงเทพมหานคร"
            else [f"{english} Province", english, *other]
        )
        yield Term(tuple(forms), tuple(right), (), "province", "geothai")
        for district in geothai.districts(province.code):
            yield _term(district.name_th, district.name_en, "district", ("อำเภอ", "อ.", "อ. "), "District")
            for part in geothai.subdistricts(district.code):
                yield _term(part.name_th, part.name_en, "subdistrict", ("ตำบล", "ต.", "ต. ", "แขวง"), "Subdistrict")


def _term(name: str, english: str, kind: str, prefixes: tuple[str, ...], suffix: str) -> Term:
    if name.startswith("เขต"):
        prefixes = ("",)
    return Term(tuple(p + name for p in prefixes), (f"{english} {suffix}", english), (), kind, "geothai")


def _countries() -> Iterator[Term]:
    thai, english = Locale("th").territories, Locale("en").territories
    for code in sorted(english):
        if not re.fullmatch("[A-Z]{2}", code) or code == "TH" or code not in thai:
            continue
        names, right = _COUNTRIES.get(code, ((), ()))
        given = re.sub(r"\s*\(.*\)", "", thai[code])
        forms = dict.fromkeys([*names, *([given] if len(given) >= _SHORTEST else []), f"ประเทศ{given}"])
        official = re.sub(r"\s*\(.*\)| SAR China", "", english[code])
        yield Term(tuple(forms), (official, *right), (), "country", "CLDR")


def _languages() -> Iterator[Term]:
    thai, english = Locale("th").languages, Locale("en").languages
    for code in sorted(set(thai) & set(english)):
        if code.isalpha():
            right = (english[code], *(("Mandarin",) if code == "zh" else ()))
            yield Term((f"ภาษา{thai[code]}",), right, (), "language", "CLDR")


def skeleton(text: str) -> str:
    """The consonants of a Latin spelling, by sound: Chon Buri and Chonburi, Phetchabun and Petchaboon are one."""
    plain = re.sub(r"[^a-z]", "", text.lower())
    plain = re.sub(r"(?<=[ptkcgb])h", "", plain)
    plain = plain.replace("v", "w").replace("j", "c").replace("g", "k").replace("b", "p").replace("d", "t")
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouwyhr]", "", plain))

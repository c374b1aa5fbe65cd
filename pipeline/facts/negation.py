"""Whether a text denies something: a lost ไม่ turns a sentence round, and no number shows it.

Only how often a text denies is compared, not what. Each side has strict words, which must have something to answer
them, and wide ones, any of which is an answer (`fail to`, `without`, `un-`; `ห้าม`, `งด`, `ไร้`).
"""

from __future__ import annotations

import re

_THAI = re.compile(
    r"(?<!หรือ)ไม่(?!เพียง|เกิน|น้อยกว่า|ต่ำกว่า|มากกว่า|ว่า|กี่|เว้น|แพ้|หยุด|ธรรมดา|ลืม|พลาด|อั้น|ใช่แค่|ใช่เพียง|ช้า|นาน|ได้นิ่ง|สบาย|ขาด|แน่|สิ้น|ประมาท|ค่อย)"
)
_THAI_WIDE = re.compile(
    r"ไม่|มิ(?:ได้|ให้|ใช่|ต้อง|ชอบ|อาจ)|ห้าม|งด|ไร้|ปราศจาก|อย่า|หยุด|ระงับ|ยกเลิก|เลิก|ปฏิเสธ|พ้น|เว้น|ยัง|หมด|ขาด|เท็จ|ปลอม|ผิด|ป้องกัน|เลี่ยง|ค้าน|ฟรี|นอก|ว่าง|น้อย|แทน|กว่า|ต่าง|แค่|เพียง|โดยมิ|สูญ|ทุก|บิดเบือน|พลาด|พิการ|ต้าน|ลบ|จน"
)
_ENGLISH = re.compile(
    r"\b(?:not(?!\sonly|\sjust|\smore|\sless|\sto\sexceed|\sexceeding|\slater)|never|cannot|neither|nor)\b|n['’]t\b|\bno\slonger\b",
    re.I,
)
_ENGLISH_WIDE = re.compile(
    r"\b(?:no[nt]?|never|cannot|neither|nor|none|without|nothing|nobody|zero|nil"
    r"|un(?!der|til|ion|it|ivers|ique|iform|esco|icef)[a-z]{3,}"
    r"|in(?:able|s?correct|complet|sufficien|activ|eligib|appropriat|accura|valid|adequa|secur|somnia|tangib)\w*"
    r"|im(?:possib|proper|perfect)\w*|il(?:legal|licit)\w*|ir(?:regular|respons|relev)\w*|asympt\w*"
    r"|dis(?:agree|allow|continu|regard|satisf|honest)\w*"
    r"|fail\w*|lack\w*|refus\w*|den(?:y|ie[sd])|prohibit\w*|bann?(?:s|ed|ing)?|forbid\w*|avoid\w*|prevent\w*"
    r"|exempt\w*|stop\w*|halt\w*|suspend\w*|ceas\w*|cancel\w*|quit\w*|exclud\w*|except\w*|despite|regardless"
    r"|instead|rather|fake|false\w*|reject\w*|waive\w*|against|refrain\w*|absen\w*|oppos\w*|free\s(?:of|from)|only"
    r"|unless|less|break\w*|breach\w*|violat\w*|miss\w*|rule[sd]? out|kept?|keep\w*|mild|poor\w*|few|low)\b"
    r"|n['’]ts?\b|\b\w{3,}less\b|-free\b|\bnon-",
    re.I,
)


def lost(th: str, en: str) -> re.Match[str] | None:
    """The last ไม่ of a Thai text that has more of them than its English has words that deny anything."""
    denials = list(_THAI.finditer(th))
    return denials[-1] if len(denials) > len(_ENGLISH_WIDE.findall(en)) else None


def added(th: str, en: str) -> re.Match[str] | None:
    """The denial of an English text whose Thai denies nothing."""
    return None if _THAI_WIDE.search(th) else _ENGLISH.search(en)

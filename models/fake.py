"""A deterministic model without weights. It follows the same contract as the real ones.

A token is one character. `summarize` returns the leading clauses of the text as list items;
`translate` and `headline` return an English sentence that carries every digit and date of the source,
with Buddhist years made Common Era, so that the checks find nothing wrong in it but missing names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from decimal import Decimal

from models.base import Decoding, Generation, InputTooLong, ModelInfo, Request, Task
from models.load import ModelStatus, Progress
from models.spec import FakeSpec

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TIME = re.compile(r"(\d{1,2}[.:]\d\d)\s*น\.")
_UNITS = {"ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
_UNIT = "|".join(_UNITS)
_MONTHS = {
    "มกราคม": "January", "กุมภาพันธ์": "February", "มีนาคม": "March", "เมษายน": "April", "พฤษภาคม": "May", "มิถุนายน": "June",
    "กรกฎาคม": "July", "สิงหาคม": "August", "กันยายน": "September", "ตุลาคม": "October", "พฤศจิกายน": "November",
    "ธันวาคม": "December", "ม.ค.": "January", "ก.พ.": "February", "มี.ค.": "March", "เม.ย.": "April", "พ.ค.": "May",
    "มิ.ย.": "June", "ก.ค.": "July", "ส.ค.": "August", "ก.ย.": "September", "ต.ค.": "October", "พ.ย.": "November",
    "ธ.ค.": "December",
}  # fmt: skip
_DATE = re.compile(rf"(\d{{1,2}})?\s*({'|'.join(map(re.escape, _MONTHS))})\s*(?:พ\.ศ\. ?)?(\d{{4}}|[4-9]\d(?!\d))?")
_NUMBER = re.compile(rf"(\d+(?:,\d{{3}})*(?:[.:]\d+)?)(?: hrs| ?((?:{_UNIT})+)(?![ละธ]))?")


class FakeModel:
    """Implements `models.base.TextModel`."""

    def __init__(self, spec: FakeSpec) -> None:
        self._spec = spec
        self.info = ModelInfo(spec.name, "fake", "1", spec.licence, "fake")
        self.max_input_tokens = spec.max_tokens

    def defaults(self, task: Task) -> Decoding:
        return Decoding()

    def count_tokens(self, text: str) -> int:
        return len(text)

    def room(self, request: Request) -> int:
        return self.max_input_tokens - min(request.decoding.max_new_tokens, self.max_input_tokens // 2)

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        for request in requests:
            if len(request.text) > self.room(request):
                raise InputTooLong(f"{len(request.text)} characters, room for {self.room(request)}")
        return [self._candidates(request) for request in requests]

    def _candidates(self, request: Request) -> list[Generation]:
        text = _summary(request.text) if request.task == "summarize" else _english(request.text)
        count = request.decoding.num_candidates
        return [Generation(text, "stop" if text else "empty", -float(n), len(text)) for n in range(count)]


def _summary(text: str) -> str:
    words = text.split()
    half = max(1, len(words) // 2)
    parts = [_head(" ".join(words[:half])), _head(" ".join(words[half:]))]
    return "\n".join(f"- {part}" for part in parts if part)


def _head(text: str) -> str:
    """The start of a text, up to a space where there is one."""
    return text if len(text) <= 120 else text[:120].rpartition(" ")[0] or text[:120]


def _english(text: str) -> str:
    plain = _TIME.sub(r"\1 hrs", text.translate(_DIGITS))
    numbers = [_figure(m) for m in _NUMBER.finditer(plain)]
    carried = f" with the figures {'; '.join(numbers)}" if numbers else ""
    carried += "".join(f" on {_date(m)}" for m in _DATE.finditer(plain))
    # Made-up words stand for the content: as long as a translation would be, different for each text.
    words = [_word(text[n : n + 6]) for n in range(0, len(text), 6)]
    return f"This stands for English: {' '.join(words)}{carried}."


def _date(match: re.Match[str]) -> str:
    year = int(match[3]) if match[3] else None
    if year is not None:
        year = year - 543 if year > 2400 else year + 1957 if year < 100 else year
    return " ".join(str(part) for part in (match[1], _MONTHS[match[2]], year) if part)


def _figure(match: re.Match[str]) -> str:
    """A figure as English has it: Common-Era years, Thai multipliers multiplied out."""
    value = match[1]
    if value.isdigit() and len(value) == 4 and 2400 <= int(value) <= 2600:
        return str(int(value) - 543)
    if match[2] is None:
        return match.group()
    product = Decimal(value.replace(",", ""))
    for unit in re.findall(_UNIT, match[2]):
        product *= _UNITS[unit]
    return f"{product:f}"


def _word(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:5])


def load(spec: FakeSpec) -> FakeModel:
    return FakeModel(spec)


def status(spec: FakeSpec) -> ModelStatus:
    return ModelStatus(ready=True, size=0, where="part of this project")


def prepare(spec: FakeSpec, progress: Progress) -> None:
    progress("nothing to prepare", 1.0)

"""Telephone numbers, which both languages write alike."""

from __future__ import annotations

import re

from pipeline.facts.values import Code, Value

BARE = re.compile(r"(?<![\d.,/-])(?:\+66[\s-]?\d{1,2}|0[\s-]?\d{1,2})[\s-]\d{3,4}[\s-]\d{3,4}(?![\d,.]\d|\d)")
"""A number that no word announces."""
_BETWEEN = re.compile(r",|หรือ|และ|\bor\b|\band\b")


def telephones(text: str) -> list[Value] | None:
    """The numbers of a text that holds nothing else, in order; None where one is too short to be a number."""
    found = [Code("phone", re.sub(r"\D", "", part)) for part in _BETWEEN.split(text)]
    return None if any(len(code.digits) < 3 for code in found) else list(found)

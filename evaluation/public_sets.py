"""Public test sets by name: where they are, which columns they have, and what their licence allows.

They are read from a hub through `datasets`, as Parquet and never by a dataset's own script, and only when
somebody names one. The revision that was read is resolved first and written into the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PublicSet:
    """One test split. `columns` maps our names to the set's (`id`, `title`, `body`, `reference`; `th`, `en`).

    `branch` is where the Parquet files are; `files` is a pattern in it.
    """

    name: str
    kind: Literal["summarization", "translation"]
    repository: str
    files: str
    branch: str
    columns: dict[str, str]
    licence: str
    note: str


CONVERTED = "refs/convert/parquet"
"""The branch on which the hub keeps every public set as Parquet, also those that are scripts."""

SETS: dict[str, PublicSet] = {
    s.name: s
    for s in (
        PublicSet(
            "xlsum-thai", "summarization", "csebuetnlp/xlsum", "thai/test/*.parquet", CONVERTED,
            {"id": "id", "title": "title", "body": "text", "reference": "summary"},
            "CC BY-NC-SA 4.0", "BBC Thai, 826 test articles; score with the xlsum scheme",
        ),
        PublicSet(
            "thaisum", "summarization", "nakhun/thaisum", "thaisum/test/*.parquet", CONVERTED,
            {"id": "url", "title": "title", "body": "body", "reference": "summary"},
            "MIT (the texts belong to the newspapers)",
            "Thairath, Thai PBS, Prachathai, The Standard; 11,000 test articles",
        ),
        PublicSet(
            "flores200-devtest", "translation", "facebook/flores", "eng_Latn-tha_Thai/devtest/*.parquet", CONVERTED,
            {"id": "id", "th": "sentence_tha_Thai", "en": "sentence_eng_Latn"},
            "CC BY-SA 4.0", "1,012 sentences of English wiki text, translated into Thai",
        ),
        PublicSet(
            "flores200-dev", "translation", "facebook/flores", "eng_Latn-tha_Thai/dev/*.parquet", CONVERTED,
            {"id": "id", "th": "sentence_tha_Thai", "en": "sentence_eng_Latn"},
            "CC BY-SA 4.0", "997 sentences of the same kind",
        ),
        PublicSet(
            "ntrex128", "translation", "mteb/NTREX", "**/*.parquet", "main",
            {"th": "tha_Thai", "en": "eng_Latn"},
            "CC BY-SA 4.0", "1,997 sentences of English world news, translated into Thai",
        ),
    )
}  # fmt: skip

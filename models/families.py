"""What each family of sequence-to-sequence models wants, in one table.

Sources are the model cards and the papers' released code; a family is told by the folder's config.json and, where two
share an architecture, by a language token that only one of them has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from models.base import Decoding, ModelError, Task

FamilyName = Literal["nllb", "m2m100", "mbart50", "marian", "mt5", "t5", "pegasus", "bart"]
"""The rows of `FAMILIES`."""

TRANSLATION = Decoding(max_new_tokens=200, num_beams=4)
_SUMMARY = Decoding(max_new_tokens=142, num_beams=4, no_repeat_ngram_size=3)
_T5_PAIR = "translate Thai to English: "
_LANGUAGES = {"th": ("th", "tha"), "en": ("en", "eng")}
"""How Marian's tokenizers name them."""


@dataclass(frozen=True, slots=True)
class Family:
    """How text becomes a source, and what decides the language of the answer.

    `source_codes` go to the tokenizer's `src_lang`; `target_tokens` are pieces of the vocabulary that the decoder is
    made to begin with. Both are keyed by `th` and `en`, and empty where the model knows one language pair only.
    `max_source_tokens` counts special tokens too; from `soft_source_tokens` on translations get worse, so sources are
    cut there. A translation is always of one segment; as many sentences as fit are packed
    into one source for a summary. `summary` is how summaries are decoded where a config leaves it open, and None where
    the family has no summarizers. `pair` says that a model knows one language pair, which its tokenizer names.
    """

    name: FamilyName
    model_types: tuple[str, ...]
    marker: str | None = None
    source_codes: Mapping[str, str] = field(default_factory=dict)
    target_tokens: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[Task, str] = field(default_factory=dict)
    spaces: Callable[[str], str] = lambda text: " ".join(text.split())
    max_source_tokens: int = 512
    soft_source_tokens: int | None = None
    summary: Decoding | None = None
    pair: bool = False
    dtypes: tuple[str, ...] = ("float32", "bfloat16", "float16")


def _xlsum_spaces(text: str) -> str:
    """Whitespace as the card of mT5_multilingual_XLSum has it: line breaks first, then runs of spaces."""
    return re.sub(r"\s+", " ", re.sub(r"\n+", " ", text.strip()))


FAMILIES: tuple[Family, ...] = (
    # NLLB was trained on single sentences: it drops sentences when several are packed into one source, and degrades
    # on long ones.
    Family(
        "nllb", ("m2m_100",), "tha_Thai",
        source_codes={"th": "tha_Thai", "en": "eng_Latn"}, target_tokens={"th": "tha_Thai", "en": "eng_Latn"},
        max_source_tokens=1024, soft_source_tokens=130,
    ),
    Family(
        "m2m100", ("m2m_100",), "__th__",
        source_codes={"th": "th", "en": "en"}, target_tokens={"th": "__th__", "en": "__en__"},
        max_source_tokens=1024, soft_source_tokens=200,
    ),
    Family(
        "mbart50", ("mbart",), "th_TH",
        source_codes={"th": "th_TH", "en": "en_XX"}, target_tokens={"th": "th_TH", "en": "en_XX"},
        max_source_tokens=1024, soft_source_tokens=200,
    ),
    Family("marian", ("marian",), max_source_tokens=512, soft_source_tokens=200, pair=True),
    # fp16 overflows in T5's feed-forward layers: NaN.
    # mT5_multilingual_XLSum: beams, n-grams and length of its card, length penalty of XL-Sum's evaluate.sh.
    Family(
        "mt5", ("mt5", "umt5"), spaces=_xlsum_spaces, dtypes=("float32", "bfloat16"),
        summary=Decoding(max_new_tokens=84, num_beams=4, no_repeat_ngram_size=2, length_penalty=0.6),
    ),
    Family(
        "t5", ("t5",), prefixes={"summarize": "summarize: ", "translate": _T5_PAIR, "headline": _T5_PAIR},
        dtypes=("float32", "bfloat16"), summary=_SUMMARY,
    ),
    Family("pegasus", ("pegasus",), summary=_SUMMARY),
    Family("bart", ("bart",), max_source_tokens=1024, summary=_SUMMARY),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """What the hub says of a model: its licence, and the size of its weights in MB."""

    family: FamilyName
    licence: str
    download_mb: int


PUBLISHED: Mapping[str, Published] = {
    "csebuetnlp/mT5_multilingual_XLSum": Published("mt5", "CC-BY-NC-SA-4.0", 2_330),
    "facebook/nllb-200-distilled-600M": Published("nllb", "CC-BY-NC-4.0", 2_460),
    "facebook/nllb-200-distilled-1.3B": Published("nllb", "CC-BY-NC-4.0", 5_480),
    "facebook/m2m100_418M": Published("m2m100", "MIT", 1_940),
    "facebook/m2m100_1.2B": Published("m2m100", "MIT", 4_960),
    "Helsinki-NLP/opus-mt-th-en": Published("marian", "Apache-2.0 or CC-BY-4.0 (see its card)", 300),
}
"""From the models' cards, as remembered in November 2026: no hub could be asked here."""


def family_of(model_type: str, tokenizer: Any, name: str | None = None) -> Family:
    """The family that a config names, or the one that fits the model.

    Raises:
        ModelError: none fits, or the named one is of another architecture.
    """
    fitting = [
        f for f in FAMILIES
        if model_type in f.model_types and (name == f.name or (name is None and _has(tokenizer, f.marker)))
    ]  # fmt: skip
    if not fitting and name is None and (kin := [f for f in FAMILIES if model_type in f.model_types]):
        raise ModelError(
            f"a model of type {model_type!r} has the language token of none of its families: "
            + ", ".join(f"{f.marker} ({f.name})" for f in kin)
            + "; its tokenizer's files are not whole"
        )
    if not fitting:
        wanted = f"family {name!r}" if name else "a known family"
        raise ModelError(
            f"a model of type {model_type!r} is not of {wanted}; known are "
            + ", ".join(f"{f.name} ({'/'.join(f.model_types)})" for f in FAMILIES)
        )
    return fitting[0]


def check_dtype(family: Family, dtype: str) -> None:
    """Refuse what overflows.

    Raises:
        ModelError: the family's numbers do not fit the dtype (`int8_float16` and the like: its second half).
    """
    width = dtype.removeprefix("int8_")
    if width != "int8" and width not in family.dtypes:
        raise ModelError(
            f"{family.name} in {dtype} gives NaN; use {' or '.join(family.dtypes)}, or int8 of CTranslate2"
        )


def check_pair(family: Family, tokenizer: Any, source: str, target: str) -> None:
    """A model of one pair is asked for that pair, as far as its tokenizer says which one it is.

    Raises:
        ModelError: it is another pair, or the model wants a target token such as `>>eng<<` in its prefix.
    """
    if not family.pair:
        return
    for language, named in ((source, "source_lang"), (target, "target_lang")):
        has = getattr(tokenizer, named, None)
        if has and has not in _LANGUAGES.get(language, (language,)):
            raise ModelError(
                f"its tokenizer's {named} is {has!r}, and {language!r} is asked for: another model is wanted"
            )


def source_id(family: Family, tokenizer: Any, language: str) -> int:
    """The token of the source language. Without it the source would begin with <unk>, and nobody would be told.

    Raises:
        ModelError: the family has no such language, or the vocabulary lacks its token.
    """
    # The tokens of source and target are the same ones; `src_lang` takes a code.
    return _token(family, tokenizer, language)


def target_id(family: Family, tokenizer: Any, language: str) -> int | None:
    """The token that the decoder must begin with, or None where the family has no language tokens.

    Raises:
        ModelError: the family has them, but not for this language, or the vocabulary lacks the token.
    """
    return _token(family, tokenizer, language) if family.target_tokens else None


def _token(family: Family, tokenizer: Any, language: str) -> int:
    token = family.target_tokens.get(language)
    if token is None:
        raise ModelError(f"family {family.name}: no language {language!r}; it has {', '.join(family.target_tokens)}")
    if not _has(tokenizer, token):
        raise ModelError(
            f"family {family.name}: the vocabulary has no language token {token!r}; the tokenizer's files are not whole"
        )
    return int(tokenizer.convert_tokens_to_ids(token))


def _has(tokenizer: Any, marker: str | None) -> bool:
    if marker is None:
        return True
    found = tokenizer.convert_tokens_to_ids(marker)
    return found is not None and found != tokenizer.unk_token_id

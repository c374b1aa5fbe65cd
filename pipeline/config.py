"""A config is one whole YAML file, checked before anything runs."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.base import Decoding
from models.spec import ModelSpec
from pipeline.errors import ConfigError

CONFIGS = Path(__file__).parent / "data" / "configs"
"""The shipped configs inside an installed wheel; a checkout has them in `configs/`."""

TranslateScope = Literal["summary", "article", "both"]
Order = Literal["summarize-first", "translate-first"]
Guide = Literal["none", "names"]
Rerank = Literal["score", "facts", "agreement"]
"""The rows of `pipeline.rerank.RERANKERS`."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadConfig(_Section):
    max_chars: int = Field(1_000_000, ge=1_000, description="longer files are refused, with this limit named")


class SegmentConfig(_Section):
    splitter: Literal["crfcut", "spaces"] = "crfcut"
    max_tokens: int | None = Field(None, ge=8, description="of one sentence; null: what the translator takes")


class _Decode(_Section):
    """How a step decodes; what is null is as the model's family has it."""

    num_beams: int | None = Field(None, ge=1)
    repetition_penalty: float | None = Field(None, ge=1.0)
    no_repeat_ngram_size: int | None = Field(None, ge=0)
    length_penalty: float | None = Field(None, description="of beam search: above 1 for longer ones")
    max_new_tokens: int | None = Field(None, ge=8)

    def filled(self, defaults: Decoding) -> Self:
        """With the model's own values for what is null."""
        return self.model_copy(update={n: v for n, v in asdict(defaults).items() if getattr(self, n, "") is None})

    def decoding(self, max_new_tokens: int | None = None) -> Decoding:
        given = {f.name: value for f in fields(Decoding) if (value := getattr(self, f.name, None)) is not None}
        return Decoding(**given | ({"max_new_tokens": max_new_tokens} if max_new_tokens else {}))


class SummarizeConfig(_Decode):
    model: str
    prompt: str | None = None
    min_sentences: int = Field(2, ge=1)
    max_sentences: int = Field(3, ge=1)
    min_parts: int = Field(
        1, ge=1, description="split even a short article into this many parts, for models that write one sentence each"
    )

    map_max_new_tokens: int | None = Field(
        None, ge=8, description="for each part while there are more parts than max_sentences; null: max_new_tokens"
    )

    @model_validator(mode="after")
    def _ordered(self) -> SummarizeConfig:
        if self.min_sentences > self.max_sentences:
            raise ValueError("min_sentences is larger than max_sentences")
        return self


class TranslateConfig(_Decode):
    model: str
    prompt: str | None = None
    headline_prompt: str | None = None
    draft_only: bool = Field(
        False, description="the model's English is a draft, whatever the checks say: every brief is marked for review"
    )
    num_candidates: int | None = Field(
        None, ge=1, description="at most num_beams; `rerank` says which one is taken; null: all, but 1 for score"
    )
    guide: Guide = Field(
        "none",
        description="names: official names stand in English in the translator's input; it must copy Latin script",
    )
    rerank: Rerank = Field(
        "score",
        description="facts: the candidate whose numbers, dates and names agree; agreement: then meaning (extra eval)",
    )
    headline_max_new_tokens: int | None = Field(None, ge=8, description="null: max_new_tokens")
    scope: TranslateScope = "summary"

    def filled(self, defaults: Decoding) -> Self:
        """With the model's own values for what is null, and with as many candidates as there are to choose from."""
        done = super().filled(defaults)
        wanted = 1 if self.rerank == "score" else done.num_beams
        return done.model_copy(update={"num_candidates": self.num_candidates or wanted})

    @model_validator(mode="after")
    def _as_many_beams(self) -> Self:
        if self.num_candidates and self.num_beams and self.num_candidates > self.num_beams:
            raise ValueError(f"num_candidates {self.num_candidates} needs as many num_beams")
        return self


class CheckConfig(_Section):
    facts: bool = Field(True, description="false: look for broken output only, not for wrong numbers, dates and names")
    repair: bool = Field(True, description="put right what has one reading only, and say so: see `repairs` in the JSON")


class RunConfig(_Section):
    articles_per_batch: int = Field(8, ge=1, description="how many articles go through the models together")


class Config(_Section):
    """Everything that decides what a run makes. Two equal configs make the same briefs."""

    models: dict[str, ModelSpec]
    glossary: tuple[Path, ...] = Field((), description="your own TSV files of official names; they win over ours")
    order: Order = Field(
        "summarize-first", description="translate-first: the article is translated, and summarised in English"
    )
    read: ReadConfig = ReadConfig()
    segment: SegmentConfig = SegmentConfig()
    summarize: SummarizeConfig
    summarize_english: SummarizeConfig | None = Field(None, description="of translate-first only")
    translate: TranslateConfig
    check: CheckConfig = CheckConfig()
    run: RunConfig = RunConfig()

    @model_validator(mode="after")
    def _models_exist(self) -> Config:
        for step, name in self.used.items():
            if name not in self.models:
                raise ValueError(f"{step}.model: no model {name!r} under models ({', '.join(self.models)})")
        return self

    @model_validator(mode="after")
    def _english_summarizer(self) -> Config:
        if (self.order == "translate-first") != (self.summarize_english is not None):
            raise ValueError("order: translate-first and the section summarize_english belong together")
        if self.order == "translate-first" and self.translate.scope == "both":
            raise ValueError("translate.scope: order: translate-first translates the article, not the summary")
        return self

    @property
    def used(self) -> dict[str, str]:
        """Which model each step uses."""
        steps = {"summarize": self.summarize.model, "translate": self.translate.model}
        return steps | ({"summarize_english": self.summarize_english.model} if self.summarize_english else {})

    def sha256(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def find_config(path: Path) -> Path:
    """The config file itself, or the shipped one of that name (`configs/hub.yaml`, `hub.yaml`, `hub`)."""
    shipped = shipped_data("configs")
    candidates = [path]
    if path.parent in (Path("."), Path("configs")):
        candidates += [shipped / path.name, shipped / f"{path.name}.yaml"]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    names = ", ".join(sorted(p.stem for p in shipped.glob("*.yaml")))
    raise ConfigError(f"{path}: no such config; shipped ones are: {names}")


def shipped_data(name: str) -> Path:
    """A folder of the project's own data: beside the package in a checkout, inside it in a wheel."""
    checkout = Path(__file__).parent.parent / name
    inside = Path(__file__).parent / "data" / name
    return inside if inside.is_dir() or not (checkout.parent / "pyproject.toml").is_file() else checkout


def load_config(path: Path, overrides: Mapping[str, Any] | None = None) -> Config:
    """Read and check a config; `overrides` are dotted keys (`translate.scope`) from the command line.

    Raises:
        ConfigError: with the file, the dotted key, and the nearest known key where one is misspelt.
    """
    found = find_config(path)
    try:
        data = yaml.safe_load(found.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{found}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{found}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{found}: a config is a mapping of sections; see configs/default.yaml")
    for key, value in (overrides or {}).items():
        *parents, last = key.split(".")
        section = data
        for parent in parents:
            section = section.setdefault(parent, {}) if isinstance(section, dict) else None
        if isinstance(section, dict):  # a section that is none is reported below
            section[last] = value
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        lines = "; ".join(_explain(dict(e)) for e in error.errors())
        raise ConfigError(f"{found}: {lines}") from error


def _explain(error: dict[str, Any]) -> str:
    """One pydantic error as `summarize.num_beam: unknown key, did you mean num_beams`."""
    # Discriminated unions put the tag (the model's kind) into the location: it is no key of the file.
    parts = [p for n, p in enumerate(error["loc"]) if not (error["loc"][0] == "models" and n == 2)]
    key = ".".join(map(str, parts))
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(parts[-1]), _known_keys(error["loc"]), n=1)
        return f"{key}: unknown key" + (f", did you mean {near[0]}" if near else "")
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{key}: {message}" if key else message


def _known_keys(location: tuple[str | int, ...]) -> list[str]:
    if location[0] == "models" and len(location) > 2:
        specs = get_args(get_args(ModelSpec)[0])
        return [k for s in specs if s.model_fields["kind"].annotation == Literal[location[2]] for k in s.model_fields]
    model: Any = Config
    for part in location[:-1]:
        model = model.model_fields[part].annotation
        model = next((m for m in get_args(model) if m is not type(None)), model)
    return list(model.model_fields)

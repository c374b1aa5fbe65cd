"""What a training run is: one YAML file of configs/training/, checked before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.base import Task
from models.spec import EmbeddedSpec
from pipeline.errors import ConfigError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Section):
    """One source of the mixture: a reader's name, how many of its examples, and how often each."""

    name: str
    limit: int | None = Field(None, ge=1, description="the first so many, in the file's order: best first")
    repeat: int = Field(1, ge=1)


class Lora(_Section):
    """Low-rank adapters on every linear layer of the decoder."""

    rank: int = Field(64, ge=1)
    alpha: int = Field(64, ge=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Optimisation(_Section):
    """`tokens` is the budget of the whole run, prompts included; the schedule is spread over it."""

    tokens: int = Field(3_000_000, ge=1_000)
    batch_tokens: int = Field(2_048, ge=256, description="of one step, padding included")
    learning_rate: float = Field(4e-4, gt=0)
    warmup: float = Field(0.03, ge=0, lt=1, description="share of the run")
    final: float = Field(0.05, ge=0, le=1, description="the learning rate at the end, as a share of the highest")
    clip: float = Field(1.0, gt=0)
    seed: int = 1
    evaluate_every: int = Field(600_000, ge=1_000, description="tokens between two looks at the dev sets")
    dtype: Literal["bfloat16", "float32"] = "bfloat16"


class DevSet(_Section):
    """A development set whose loss is taken and that is generated from and scored at intervals."""

    name: str
    limit: int = Field(60, ge=1)
    generate: int = Field(40, ge=1, description="so many of them are generated, which is the slow part")


class TrainingConfig(_Section):
    """A recipe; two equal recipes over the same data make the same mixture."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    model: EmbeddedSpec
    prompts: dict[Task, str]
    context: int = Field(1_024, ge=64, description="longer examples are left out, and counted")
    sources: tuple[Source, ...]
    dev: tuple[DevSet, ...]
    lora: Lora = Lora()
    optimisation: Optimisation = Optimisation()


def load_training_config(path: Path) -> TrainingConfig:
    """Read and check a recipe.

    Raises:
        ConfigError: with the file and what is wrong in it.
    """
    try:
        return TrainingConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"{path}: {lines}") from error

"""Versioned few-shot templates: `TASK.LANGUAGE.vN.txt`, never edited once released.

A file starts with a YAML head between `---` lines (`stop`: the newlines that end an answer); the
rest is the template, with `{text}` once where the input goes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from models.base import Prompt
from pipeline.errors import ConfigError

FOLDER = Path(__file__).parent


def load_prompt(name: str) -> Prompt:
    """The template called `name`, without `.txt`.

    Raises:
        ConfigError: there is none of that name, or it is malformed.
    """
    path = FOLDER / f"{name}.txt"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.txt")))
        raise ConfigError(f"no prompt {name!r}; there are: {known}")
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    stop = yaml.safe_load(head)["stop"]
    prefix, _, suffix = body.rstrip("\n").partition("{text}")
    if not stop or set(stop) != {"\n"} or "{text}" in suffix or not suffix:
        raise ConfigError(f"{path}: needs `stop` made of newlines, and {{text}} once, not at the end")
    return Prompt(name, prefix, suffix, stop)


def prompt_sha256(prompt: Prompt) -> str:
    """Identifies a template by what it says, whatever its name."""
    return hashlib.sha256("\0".join((prompt.prefix, prompt.suffix, prompt.stop)).encode()).hexdigest()

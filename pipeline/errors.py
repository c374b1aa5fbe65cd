"""What can go wrong, as a tree.

    PipelineError            one line for the person who runs it; never a traceback
    ├── UsageError           the command line or the config is wrong: exit code 2
    │   └── ConfigError
    ├── OutputError          the output folder cannot be written: the run stops, exit code 1
    └── ArticleError         one article cannot be done: recorded, the others go on, exit code 1

Backends raise `models.base.ModelError`, which stands beside this tree.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why an article failed; written to `failures.jsonl`."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NOT_THAI = "not_thai"
    BINARY = "binary"
    ENCODING = "encoding"
    TOO_LARGE = "too_large"
    BAD_RECORD = "bad_record"
    MODEL = "model"


class PipelineError(Exception):
    """The root of this tree."""


class UsageError(PipelineError):
    """The command line is wrong."""


class ConfigError(UsageError):
    """A config file is missing or says something that cannot be."""


class OutputError(PipelineError):
    """The output folder cannot be written."""


class ArticleError(PipelineError):
    """One article cannot be done."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason

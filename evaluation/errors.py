"""What can be wrong with an evaluation: the person who asked for it gets one line.

PipelineError
└── EvaluationError      exit code 1
    ├── DataError        a file of references, outputs or pairs is not what it should be
    └── ToolMissing      a library, a model or the network is not here; the message has the way out
"""

from __future__ import annotations

from pipeline.errors import PipelineError


class EvaluationError(PipelineError):
    """The root of this tree."""


class DataError(EvaluationError):
    """A file of references, outputs or pairs is not what it should be; names file and line."""


class ToolMissing(EvaluationError):
    """A library, a model or the network is not here; the message has the command that helps."""

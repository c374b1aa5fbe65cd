"""Learned metrics that need weights from a hub: BERTScore in this environment, COMET in one of its own.

COMET pins transformers < 5 and numpy < 2, so it runs under another Python (`--comet`), which gets the
segments as JSON and gives their scores back.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.data import TIMEOUT
from evaluation.errors import ToolMissing
from evaluation.items import Item, Lang
from evaluation.metrics.base import Array, Column, RatioFamily

DEFAULT_MODELS: dict[Lang, str] = {"en": "roberta-large", "th": "bert-base-multilingual-cased"}
"""The models that BERTScore's authors took for English and for languages without one of their own."""
COMET_SETUP = (
    "python3.11 -m venv .comet && .comet/bin/pip install 'unbabel-comet>=2.2' and then --comet .comet/bin/python"
)
_WORKER = """
import json, sys
from importlib.metadata import version
import torch
from comet import download_model, load_from_checkpoint
job = json.load(sys.stdin)
model = load_from_checkpoint(download_model(job["model"]))
found = model.predict(job["segments"], batch_size=8, gpus=int(torch.cuda.is_available()))
print("SCORES " + json.dumps({"scores": [float(x) for x in found.scores], "version": version("unbabel-comet")}))
"""


class BertScore(RatioFamily):
    """BERTScore (Zhang et al. 2020, https://arxiv.org/abs/1904.09675) by its authors' library, not rescaled.

    `model` is `default`, a hub id, or a local folder with the number of its layer: `FOLDER:LAYER`.
    """

    shared = True

    def __init__(self, model: str, lang: Lang) -> None:
        folder, _, layer = model.rpartition(":")
        if folder and layer.isdigit():
            self._name, self._folder, self._layer = Path(folder).name, folder, int(layer)
        else:
            self._name = DEFAULT_MODELS[lang] if model == "default" else model
            self._folder, self._layer = "", 0
        self._revision = "local"
        self._scorer: Any = None
        self.columns = tuple(Column(f"BERTScore {part}") for part in "FPR")

    def statistics(self, items: Sequence[Item]) -> Array:
        references = [[" ".join(r) for r in i.references] for i in items]
        p, r, f = self._load().score([i.text for i in items], references)
        rows = [[float(f[n]), 1.0, float(p[n]), 1.0, float(r[n]), 1.0] for n in range(len(items))]
        return np.array(rows, dtype=np.float64)

    def signature(self, column: Column, references: str) -> str:
        self._load()
        return (
            f"{column.name}|model:{self._name}@{self._revision}|layer:{self._layer}|rescaled:no|idf:no"
            f"|refs:{references}|bert-score-{version('bert-score')}"
        )

    def _load(self) -> Any:
        if self._scorer is None:
            try:
                from bert_score import BERTScorer
                from bert_score.utils import model2layers
            except ModuleNotFoundError as error:
                raise ToolMissing("--bertscore needs bert-score: pip install 'thai-brief[bertscore]'") from error
            if not self._folder:
                self._folder = _snapshot(self._name)
                self._revision = Path(self._folder).name
                self._layer = model2layers.get(self._name, 0)
            if not self._layer:
                raise ToolMissing(f"--bertscore {self._name}: which layer? Give a copy of it as FOLDER:LAYER")
            try:
                self._scorer = BERTScorer(model_type=self._folder, num_layers=self._layer)
            except Exception as error:  # transformers' errors share no class
                cause = " ".join(str(error).split())[:200]
                raise ToolMissing(f"--bertscore: {self._folder} cannot be loaded: {cause}") from error
        return self._scorer


def _snapshot(name: str) -> str:
    """The folder of a hub's model: as it is there now, or as it was fetched before. No pickled weights."""
    from huggingface_hub import HfApi, snapshot_download

    wanted = ["*.json", "*.txt", "*.model", "*.safetensors"]
    try:
        revision = HfApi().model_info(name, timeout=TIMEOUT).sha
        return str(snapshot_download(name, revision=revision, allow_patterns=wanted))
    except Exception as error:  # the hub's client and its transport share no class of error
        try:
            return str(snapshot_download(name, allow_patterns=wanted, local_files_only=True))
        except Exception:
            raise ToolMissing(
                f"BERTScore's model {name} cannot be had from the hub ({type(error).__name__}). Copy its folder here "
                "and give --bertscore FOLDER:LAYER"
            ) from error


class Comet(RatioFamily):
    """COMET (Rei et al. 2022, https://aclanthology.org/2022.wmt-1.52/) under the Python of its own environment."""

    columns = (Column("COMET"),)
    shared = True

    def __init__(self, python: Path, model: str) -> None:
        self._python, self._model, self._version = python, model, "unknown"

    def statistics(self, items: Sequence[Item]) -> Array:
        segments = [
            {"src": i.source_text, "mt": i.text, "ref": " ".join(i.references[0] if i.references else ())}
            for i in items
        ]
        job = json.dumps({"model": self._model, "segments": segments})
        try:
            done = subprocess.run([self._python, "-c", _WORKER], input=job, capture_output=True, text=True, check=False)
        except OSError as error:
            raise ToolMissing(f"--comet {self._python}: {error.strerror}; set one up: {COMET_SETUP}") from error
        scores = [line for line in done.stdout.splitlines() if line.startswith("SCORES ")]
        if done.returncode or not scores:
            last = (done.stderr.strip().splitlines() or ["no output"])[-1]
            raise ToolMissing(
                f"--comet {self._python}: COMET did not run ({last}). It needs unbabel-comet and, the first "
                f"time, a hub for {self._model}; set it up: {COMET_SETUP}"
            )
        found = json.loads(scores[-1].removeprefix("SCORES "))
        self._version = found["version"]
        return np.array([[v, 1.0] for v in found["scores"]], dtype=np.float64)

    def signature(self, column: Column, references: str) -> str:
        return f"COMET|model:{self._model}|refs:1|avg:items|unbabel-comet-{self._version}"

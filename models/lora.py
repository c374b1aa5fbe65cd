"""Merge a LoRA adapter (the files that peft saves) into a model's weights.

W <- W + s * B @ A, with s = alpha / r, or alpha / sqrt(r) for rank-stabilised LoRA
(Hu et al. 2021, arXiv:2106.09685; Kalajdzievski 2023, arXiv:2312.03732).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from models.base import ModelError

_KEY = re.compile(r"^base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight$")


def merge_lora(model: Any, folder: Path) -> None:
    """Add the adapter in `folder` to `model` in place.

    Raises:
        ModelError: the adapter holds anything but plain LoRA matrices, or names an unknown layer.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        rank, alpha = config["r"], config["lora_alpha"]
        tensors = load_file(folder / "adapter_model.safetensors")
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(f"adapter {folder}: cannot be read: {error}") from error
    pairs: dict[str, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        match = _KEY.match(key)
        if match is None:
            raise ModelError(f"adapter {folder}: {key} is not a LoRA matrix")
        pairs.setdefault(match["module"], {})[match["side"]] = tensor.to(torch.float32)
    scale = alpha / rank**0.5 if config.get("use_rslora") else alpha / rank
    for name, pair in pairs.items():
        try:
            weight = model.get_submodule(name).weight
            weight.data += scale * (pair["B"] @ pair["A"]).to(weight.dtype)
        except (AttributeError, KeyError, RuntimeError) as error:
            raise ModelError(f"adapter {folder}: layer {name} does not fit the model: {error}") from error

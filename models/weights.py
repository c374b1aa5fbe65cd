"""Weights of encoder-decoder models, read by transformers: whole, and as tensors only."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from models.base import ModelError


def quiet() -> None:
    """No progress bars and no advice from transformers across ours; what matters is asked for."""
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def read(folder: Path, dtype: str, *, safetensors: bool = True) -> Any:
    """The model in a folder.

    Raises:
        ModelError: it cannot be read, or weights are missing, which transformers would make up.
    """
    import torch
    import transformers
    from safetensors import SafetensorError

    quiet()
    try:
        model, said = transformers.AutoModelForSeq2SeqLM.from_pretrained(
            folder, dtype=getattr(torch, dtype), use_safetensors=safetensors, weights_only=True,
            trust_remote_code=False, local_files_only=True, output_loading_info=True,
        )  # fmt: skip
    except pickle.UnpicklingError as error:
        raise ModelError(f"{folder}: its .bin weights hold more than tensors, or are damaged; not read") from error
    except (OSError, ValueError, RuntimeError, AssertionError, KeyError, SafetensorError) as error:
        raise ModelError(f"{folder}: cannot be loaded: {' '.join(str(error).split())[:300]}") from error
    wanting = sorted(map(str, [*said["missing_keys"], *said["mismatched_keys"]]))
    if wanting:
        raise ModelError(
            f"{folder}: {len(wanting)} weights are missing or of another size ({wanting[0]}, …); copy the folder again"
        )
    return model


def bin_to_safetensors(folder: Path) -> None:
    """Rewrite a folder's .bin weights: read with weights_only=True, so that nothing in them is run.

    Raises:
        ModelError: they cannot be read, or are not whole.
    """
    read(folder, "float32", safetensors=False).save_pretrained(folder, max_shard_size="4GB")
    for file in folder.glob("*.bin*"):
        file.unlink()

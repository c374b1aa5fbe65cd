"""CTranslate2 as the engine of a causal model, and the conversion that it needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from models import weights
from models.base import Decoding, ModelError
from models.causal import Continuation


class CTranslate2Engine:
    """Continues token ids with a converted model.

    The generator's `static_prompt` cache stays unused: with CTranslate2 4.8.5 and Gemma 3, changing
    the static prompt between calls aborted the process ("double free or corruption").
    """

    def __init__(self, folder: Path, tokenizer: Any, compute_type: str, threads: int, batch_size: int) -> None:
        import ctranslate2

        # One worker a core, each with small batches, and work for all of them in every call: measured
        # on two cores, 2.5 times as fast as both cores on one batch of 16, whose activations leave
        # the cache.
        self.capacity = 4 * threads * batch_size
        self._batch_size = batch_size

        self._piece = tokenizer.id_to_token
        try:
            self._generator = ctranslate2.Generator(
                str(folder), device="cpu", compute_type=compute_type, intra_threads=1, inter_threads=threads
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"CTranslate2 cannot load {folder}: {error}") from error

    def continue_batch(
        self, batch: list[list[int]], stop_ids: list[int], decoding: Decoding
    ) -> list[list[Continuation]]:
        results = self._generator.generate_batch(
            [[self._piece(i) for i in ids] for ids in batch],
            max_batch_size=self._batch_size,
            beam_size=decoding.num_beams,
            num_hypotheses=decoding.num_candidates,
            repetition_penalty=decoding.repetition_penalty,
            length_penalty=decoding.length_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            max_length=decoding.max_new_tokens,
            end_token=stop_ids,
            return_scores=True,
            include_prompt_in_result=False,
        )
        return [
            [
                Continuation(ids, len(ids) < decoding.max_new_tokens, score)
                for ids, score in zip(result.sequences_ids, result.scores, strict=True)
            ]
            for result in results
        ]


def convert_gemma3(source: Path, out: Path, compute_type: str) -> None:
    """Convert a Gemma 3 folder (safetensors, tokenizer.json) to CTranslate2.

    CTranslate2 4.8.5 computes Gemma 3's sliding-window layers wrongly once an input is longer than
    the window of 512 tokens: greedy output differs from transformers and between batch sizes. Inside
    the window both agree. So callers stay inside it (`EmbeddedSpec.max_tokens`), or the model was trained
    with the window opened (`EmbeddedSpec.local_rope_theta`); in both cases it is switched off here, so that no
    other path of CTranslate2 is taken.
    """
    import ctranslate2
    import numpy
    import transformers

    weights.quiet()

    config = transformers.AutoConfig.from_pretrained(str(source), local_files_only=True)

    class Converter(ctranslate2.converters.TransformersConverter):  # type: ignore[misc]
        def _load(self) -> Any:
            spec = super()._load()
            for layer, kind in zip(spec.decoder.layer, config.layer_types, strict=True):
                layer.self_attention.sliding_window = numpy.dtype("int32").type(0)
                # CTranslate2 4.8 looks for these where transformers 4 had them.
                theta = config.rope_parameters[kind]["rope_theta"]
                layer.self_attention.rotary_base = numpy.dtype("float32").type(theta)
            return spec

    convert(Converter(str(source)), out, compute_type)


def convert(converter: Any, out: Path, compute_type: str) -> None:
    """Write a CTranslate2 converter's model into the folder `out`, which may hold other files."""
    made = out / "ct2"
    converter.convert(str(made), quantization=None if compute_type == "float32" else compute_type)
    for file in made.iterdir():
        file.rename(out / file.name)
    made.rmdir()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""Pretrained encoder-decoder models run by CTranslate2: converted once into the cache, the same tokens in and out."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from models import cache, families, hub, weights
from models.base import Decoding, ModelError, ModelInfo, ModelMissing
from models.ct2 import convert, cores
from models.load import ModelStatus, Progress
from models.seq2seq import Hypothesis, Seq2SeqModel, hypothesis, named, open_tokenizer
from models.seq2seq import load as load_transformers
from models.spec import CTranslate2Spec, Seq2SeqSpec

FORMAT = 1
"""Raise it when the conversion changes, so that older cache entries are not used."""


PATIENCE = 2
"""Of beam search (Kasai et al. 2022, arXiv:2204.05424)."""
PRE_NORM = ("mbart", "pegasus")
"""Architectures that normalise before each layer; their configs on the hub say so, but not all."""


class CTranslate2Engine:
    """Implements `models.seq2seq.Engine` with a converted model."""

    def __init__(self, folder: Path, tokenizer: Any, spec: CTranslate2Spec) -> None:
        import ctranslate2

        self._tokenizer = tokenizer
        self._batch_size = spec.batch_size
        try:
            self._translator = ctranslate2.Translator(
                str(folder), device=spec.device, compute_type=spec.compute_type, inter_threads=1,
                intra_threads=spec.threads or cores(),
            )  # fmt: skip
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"CTranslate2 cannot load {folder}: {error}") from error

    def translate(self, sources: list[list[int]], forced: int | None, decoding: Decoding) -> list[list[Hypothesis]]:
        pieces, ids = self._tokenizer.convert_ids_to_tokens, self._tokenizer.convert_tokens_to_ids
        prefix = None if forced is None else [pieces([forced])] * len(sources)
        results = self._translator.translate_batch(
            [pieces(source) for source in sources],
            target_prefix=prefix,
            max_batch_size=self._batch_size,
            beam_size=decoding.num_beams,
            # At 1 the search ends with `beam_size` finished hypotheses, which may all be poor, short ones.
            patience=PATIENCE,
            num_hypotheses=decoding.num_candidates,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            length_penalty=decoding.length_penalty,
            max_input_length=0,  # longer ones were refused before; nothing is cut here
            min_decoding_length=0,  # as transformers: an empty answer is an answer, and flagged
            max_decoding_length=decoding.max_new_tokens + (forced is not None),
            return_scores=True,
            return_end_token=True,
        )
        return [
            [
                hypothesis(ids(tokens), forced, {self._tokenizer.eos_token_id}, score)
                for tokens, score in zip(r.hypotheses, r.scores, strict=True)
            ]
            for r in results
        ]


def load(spec: CTranslate2Spec) -> Seq2SeqModel:
    """Load a converted model, or, where the config allows it, run what cannot be converted with transformers.

    Raises:
        ModelMissing: it was not prepared. ModelCorrupt: its files do not match their checksums.
    """
    import ctranslate2

    folder = hub.local(spec, with_weights=False)
    entry = _entry(spec, folder)
    if not cache.is_ready(entry):
        if spec.fallback == "transformers" and _refused(entry).is_file():
            return load_transformers(_as_seq2seq(spec))
        raise ModelMissing(
            f"model {spec.name!r} is not converted yet: run `python -m pipeline models prepare --config …`"
        )
    cache.verify(entry)
    tokenizer, family, positions = open_tokenizer(spec, folder)
    return Seq2SeqModel(
        ModelInfo(
            spec.name, "ctranslate2", hub.revision(folder), spec.licence,
            f"ctranslate2 {ctranslate2.__version__} {spec.compute_type}",
        ),
        family, tokenizer, CTranslate2Engine(entry, tokenizer, spec),
        prefix=spec.prefix, max_source_tokens=spec.max_source_tokens, positions=positions, batch_size=spec.batch_size,
    )  # fmt: skip


def status(spec: CTranslate2Spec) -> ModelStatus:
    found = hub.status(spec)
    if not found.ready:
        return found
    entry = _entry(spec, Path(found.note))
    if cache.is_ready(entry):
        return ModelStatus(True, cache.size(entry), found.where, str(entry))
    if spec.fallback and _refused(entry).is_file():
        return ModelStatus(True, found.size, found.where, f"run by transformers: {_refused(entry).read_text()}")
    return ModelStatus(False, found.size, found.where, "fetched, not converted yet", offline=True)


def prepare(spec: CTranslate2Spec, progress: Progress) -> None:
    """Fetch where needed, and convert once.

    Raises:
        ModelError: CTranslate2 does not know the architecture; the message names it and the way out.
    """
    folder = hub.prepare(spec, lambda what, share: progress(what, 0.6 * share))
    entry = _entry(spec, folder)
    family = open_tokenizer(spec, folder)[1]
    with named(spec):
        families.check_dtype(family, spec.compute_type)
    progress(f"converting to {spec.compute_type}", 0.6)
    done = "ready"
    try:
        cache.build(
            entry,
            {"source": spec.source, "revision": hub.revision(folder)},
            lambda out: _convert(folder, out, spec),
        )
    except ConversionRefused as error:
        if spec.fallback is None:
            raise ModelError(
                f"model {spec.name!r}: CTranslate2 cannot convert it ({error}); set `fallback: transformers`, "
                "or kind: seq2seq"
            ) from error
        _refused(entry).write_text(str(error), encoding="utf-8")
        done = f"left to transformers: CTranslate2 cannot convert it ({error})"
    progress(done, 1.0)


class ConversionRefused(Exception):
    """CTranslate2 has no conversion for this model."""


def _convert(folder: Path, out: Path, spec: CTranslate2Spec) -> None:
    import ctranslate2
    import transformers

    class Converter(ctranslate2.converters.TransformersConverter):  # type: ignore[misc]
        def load_model(self, model_class: Any, name: str, **options: Any) -> Any:
            model = weights.read(Path(name), "float32")
            # transformers 5 does not invent what an older config.json left out; CTranslate2 4.8 asks for it.
            for option in ("normalize_before", "normalize_embedding"):
                if not hasattr(model.config, option):
                    setattr(
                        model.config, option, model.config.model_type in PRE_NORM or option == "normalize_embedding"
                    )
            # transformers 5 says that every T5 is tied, which CTranslate2 4.8 takes for "scale the output", as only the
            # first T5 does. Greedy search does not notice; beam search goes wrong.
            if model.config.model_type in ("t5", "mt5"):
                model.config.tie_word_embeddings = getattr(model.config, "scale_decoder_outputs", False)
            if model.config.model_type == "marian":
                start = model.get_input_embeddings().weight[model.config.decoder_start_token_id]
                if float(start.detach().abs().max()) > 0:
                    raise ValueError("its start token has an embedding (fine-tuned?), which CTranslate2 takes for zero")
            return model

        def load_tokenizer(self, tokenizer_class: Any, name: str, **options: Any) -> Any:
            tokenizer = super().load_tokenizer(tokenizer_class, name, **options)
            # M2M100 keeps its language tokens beside the vocabulary, where transformers 5 no longer lists them.
            whole = tokenizer.get_vocab() | getattr(tokenizer, "lang_token_to_id", {})
            tokenizer.get_vocab = lambda: whole
            if tokenizer.bos_token is None:  # mBART-50's; never used, but the converted config must name one
                tokenizer.bos_token = tokenizer.cls_token or tokenizer.eos_token
            return tokenizer

    try:
        convert(Converter(str(folder)), out, spec.compute_type)
    except (ValueError, KeyError, AttributeError, NotImplementedError) as error:
        kind = transformers.AutoConfig.from_pretrained(folder, local_files_only=True).model_type
        raise ConversionRefused(f"{kind}: {' '.join(str(error).split())}") from error


def _entry(spec: CTranslate2Spec, folder: Path) -> Path:
    key = {"format": FORMAT, "revision": hub.revision(folder), "compute_type": spec.compute_type}
    return cache.entry(f"{spec.name}-{spec.compute_type}", cache.content_key(key))


def _refused(entry: Path) -> Path:
    """What is refused today may be converted by the next version."""
    versions = "-".join(map(version, ("ctranslate2", "transformers")))
    return entry.with_name(f"{entry.name}.{versions}.refused")


def _as_seq2seq(spec: CTranslate2Spec) -> Seq2SeqSpec:
    shared = spec.model_dump(exclude={"kind", "compute_type", "threads", "fallback"})
    return Seq2SeqSpec(kind="seq2seq", **shared)

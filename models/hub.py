"""Pretrained models on disk: fetched from a hub once, or a folder that somebody copied here.

    prepare   resolve the revision -> fetch into a cache entry -> .bin weights to safetensors -> manifest
    local     the folder to load from, its files checked against the manifest where there is one
    export    a copy with a manifest, for a machine without a network

The manifest is the lock: it holds the revision that was fetched and the SHA-256 of every file.
"""

from __future__ import annotations

import errno
import importlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from models import cache, weights
from models.base import ModelCorrupt, ModelError, ModelMissing
from models.load import ModelStatus, Progress
from models.spec import CTranslate2Spec, Seq2SeqSpec

Pretrained = Seq2SeqSpec | CTranslate2Spec
TEXT_FILES = ("*.json", "*.txt", "*.model", "*.spm", "*.bpe")
"""Configs and tokenizers; never code."""
_WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")


def local(spec: Pretrained, *, with_weights: bool = True) -> Path:
    """The folder of a model that is on this machine.

    `with_weights=False` leaves the weights unread, for a caller that has them in another form.

    Raises:
        ModelMissing: it is not here; the message has its licence, its size and two ways out.
        ModelCorrupt: a file differs from the manifest that was written with it, or is none of its files.
        ModelError: it is of another revision than the config's.
    """
    folder = _folder(spec)
    if folder is None:
        raise missing(spec)
    manifest = _manifest(folder)
    if manifest:
        files = {name for name in manifest["files"] if with_weights or not _is_weights(name)}
        cache.verify(folder, files)
        strange = [
            n for n in _names(folder) if n not in manifest["files"] and not (_is_weights(n) and not with_weights)
        ]
        if strange:
            raise ModelCorrupt(f"{folder / strange[0]} is not in the folder's manifest; copy the folder again")
    known = manifest["provenance"]["revision"] if manifest else ""
    if _is_path(spec.source) and spec.revision and not known.startswith(spec.revision):
        raise ModelError(
            f"model {spec.name!r}: {folder} is not known to be of revision {spec.revision}; set it to null"
        )
    return folder


def revision(folder: Path) -> str:
    """What a brief records: the hub's commit that was fetched, or the hash of a folder's files."""
    manifest = _manifest(folder)
    if manifest:
        return str(manifest["provenance"]["revision"])
    files = [folder / name for name in _names(folder)]
    return _hash(folder, tuple((f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files))


@lru_cache
def _hash(folder: Path, state: tuple[tuple[str, int, int], ...]) -> str:
    return f"sha256:{cache.sha256_tree(folder)}"


def status(spec: Pretrained) -> ModelStatus:
    """Whether the weights are here."""
    folder = _folder(spec)
    where = f"folder {spec.source}" if _is_path(spec.source) else f"hub {spec.source}"
    if folder is None:
        size = spec.download_mb * 1_000_000 if spec.download_mb else None
        return ModelStatus(False, size, where, "not on this machine")
    return ModelStatus(True, cache.size(folder), where, str(folder))


def prepare(spec: Pretrained, progress: Progress) -> Path:
    """Fetch a hub model into the cache, or convert a local folder's .bin weights there; else nothing is to do.

    Raises:
        ModelMissing: the hub does not answer, or has no such model. ModelError: it has no weights that can be used.
    """
    found = _folder(spec)
    if found is not None:
        return found
    path = _path(spec)
    if _is_path(spec.source) and _has(path, "pytorch_model*.bin"):

        def copy(folder: Path) -> None:
            for pattern in (*TEXT_FILES, "pytorch_model*.bin"):
                for file in path.glob(pattern):
                    shutil.copy(file, folder)
            progress("converting .bin weights to safetensors", 0.5)
            weights.bin_to_safetensors(folder)

        return cache.build(_entry(spec), {"source": spec.source, "revision": revision(path)}, copy)
    if _is_path(spec.source):
        raise missing(spec)
    import huggingface_hub

    with _asking(spec):
        progress(f"asking for {spec.source}", 0.0)
        info = huggingface_hub.HfApi().model_info(spec.source, revision=spec.revision)
    pattern = _pattern(spec, [file.rfilename for file in info.siblings or []])
    provenance = {"source": spec.source, "revision": info.sha, "licence": spec.licence, "weights": pattern}

    def fetch(folder: Path) -> None:
        progress(f"fetching {spec.source}", 0.05)
        with _asking(spec):
            huggingface_hub.snapshot_download(
                spec.source, revision=info.sha, local_dir=folder, allow_patterns=[*TEXT_FILES, pattern]
            )
        shutil.rmtree(folder / ".cache", ignore_errors=True)
        if pattern.endswith(".bin"):
            progress("converting .bin weights to safetensors", 0.8)
            weights.bin_to_safetensors(folder)

    return cache.build(_entry(spec), provenance, fetch)


@contextmanager
def _asking(spec: Pretrained) -> Iterator[None]:
    """A hub that does not answer, or does not know the model, as one line; a full disk stays what it is."""
    import huggingface_hub

    try:
        yield
    except (OSError, huggingface_hub.errors.HFValidationError, _http_error()) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise
        raise missing(spec, f"the hub gave nothing: {' '.join(str(error).split())[:200]}; ") from error


def _http_error() -> type[Exception]:
    """The base of network errors of the HTTP library that huggingface_hub uses, httpx or httpx2."""
    import huggingface_hub

    library = type(huggingface_hub.get_session()).__module__.partition(".")[0]
    error: type[Exception] = importlib.import_module(library).HTTPError
    return error


def export(spec: Pretrained, out: Path) -> Path:
    """Copy a model that is here to `out`/NAME, with a manifest, for a machine without a network.

    The folder appears when it is whole. Raises:
        ModelMissing, ModelCorrupt: as `local`. ModelError: the folder is there already, or cannot be written.
    """
    folder = local(spec)
    target = out / spec.name
    partial = out / f".{spec.name}.partial"
    if target.exists():
        raise ModelError(f"{target} is there already; name another folder")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name in _names(folder):
            shutil.copy(folder / name, partial)
        cache.write_manifest(partial, {"source": spec.source, "revision": revision(folder), "licence": spec.licence})
        partial.rename(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise ModelError(f"{target}: cannot be written: {error.strerror or error}; name another folder") from error
    return target


def missing(spec: Pretrained, why: str = "") -> ModelMissing:
    """What is missing, and the ways out."""
    size = f"about {spec.download_mb:,} MB, " if spec.download_mb else ""
    if _is_path(spec.source) and _has(_path(spec), "pytorch_model*.bin"):
        return ModelMissing(
            f"model {spec.name!r}: {spec.source} has .bin weights only; run `python -m pipeline models prepare "
            "--config …`, which converts them once, without a network"
        )
    if _is_path(spec.source):
        return ModelMissing(
            f"model {spec.name!r}: no model in {spec.source} (config.json, a tokenizer and safetensors are wanted); "
            "copy a folder made by `python -m pipeline models export` there, or use --config configs/default.yaml"
        )
    return ModelMissing(
        f"model {spec.name!r} ({spec.source}, {size}licence {spec.licence}) is not on this machine; {why}"
        "with a network: `python -m pipeline models prepare --config …`, and `models export DIR` for a machine "
        "without one (there, source: ./DIR/NAME); what works now: --config configs/default.yaml"
    )


def _folder(spec: Pretrained) -> Path | None:
    path = _path(spec)
    if path.is_dir() and (path / "config.json").is_file() and any(path.glob("*.safetensors")):
        return path
    entry = _entry(spec)
    return entry if cache.is_ready(entry) else None


def _entry(spec: Pretrained) -> Path:
    path = _path(spec)
    if _is_path(spec.source):
        has = _has(path, "pytorch_model*.bin")
        return cache.entry(f"{path.name}-bin", cache.content_key({"files": revision(path) if has else None}))
    key = cache.content_key({"source": spec.source, "revision": spec.revision})
    return cache.entry(spec.source.replace("/", "--"), key)


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The folder's manifest, if it has one of ours."""
    try:
        found: dict[str, Any] = json.loads((folder / cache.MANIFEST).read_text(encoding="utf-8"))
        ours = isinstance(found["files"], dict) and isinstance(found["provenance"]["revision"], str)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if ours else None


def _names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != cache.MANIFEST)


def _is_weights(name: str) -> bool:
    return Path(name).suffix in (".safetensors", ".bin")


def _has(path: Path, pattern: str) -> bool:
    return path.is_dir() and any(path.glob(pattern))


def _path(spec: Pretrained) -> Path:
    return Path(spec.source).expanduser()


def _is_path(source: str) -> bool:
    """A hub id is `name` or `owner/name`."""
    path = Path(source).expanduser()
    return path.is_dir() or path.is_absolute() or len(path.parts) > 2 or source.startswith(".")


def _pattern(spec: Pretrained, names: list[str]) -> str:
    for pattern in _WEIGHTS:
        if any(Path(name).match(pattern) and "/" not in name for name in names):
            return pattern
    raise ModelError(f"model {spec.name!r}: {spec.source} has neither safetensors nor .bin weights for PyTorch")

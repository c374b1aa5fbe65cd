"""One folder for everything that is made once: `~/.cache/thai-brief`, or `THAI_BRIEF_CACHE`.

An entry is a folder named after its content key. It is built beside its place under a lock, gets
a manifest with the SHA-256 of every file, and appears by one rename: a reader sees a whole entry
or none, two processes that start together build it once, and a killed build leaves nothing that
could be mistaken for an entry.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from models.base import ModelCorrupt, ModelError

MANIFEST = "manifest.json"


def root() -> Path:
    """The cache root. It is not created here."""
    return Path(os.environ.get("THAI_BRIEF_CACHE") or Path.home() / ".cache" / "thai-brief")


def content_key(parts: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that change when any of `parts` does."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sha256_tree(folder: Path) -> str:
    """One SHA-256 over the names and bytes of all files directly in `folder`."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        digest.update(f"{path.name}\0{sha256_file(path)}\n".encode())
    return digest.hexdigest()


def entry(name: str, key: str) -> Path:
    """Where the entry is, or would be."""
    return root() / "models" / f"{name}-{key}"


def is_ready(path: Path) -> bool:
    """Whether the entry was finished. Its files are checked by `verify`, not here."""
    return (path / MANIFEST).is_file()


def size(path: Path) -> int:
    """Bytes that a folder takes."""
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


def build(path: Path, provenance: Mapping[str, Any], make: Callable[[Path], None]) -> Path:
    """Make the entry at `path` unless it is there, by calling `make` on an empty folder.

    Raises:
        ModelError: the cache folder cannot be written (the message names it and the way out).
    """
    from filelock import FileLock
    from safetensors import SafetensorError

    if is_ready(path):
        return path
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(str(path) + ".lock"):
            if is_ready(path):  # another process made it while this one waited
                return path
            for leftover in (partial, path):
                shutil.rmtree(leftover, ignore_errors=True)
            partial.mkdir()
            make(partial)
            write_manifest(partial, provenance)
            partial.rename(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"cannot write the model cache {path.parent}: {getattr(error, 'strerror', None) or error}; "
            "free some space there or set THAI_BRIEF_CACHE to another folder"
        ) from error
    return path


def verify(path: Path, names: Collection[str] | None = None) -> dict[str, Any]:
    """Check the files of an entry, or those of `names`, against its manifest and return the manifest.

    Raises:
        ModelCorrupt: a file is missing or differs.
    """
    try:
        manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        expected_files = dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(_damaged(path, path / MANIFEST)) from error
    for name, expected in expected_files.items():
        if names is not None and name not in names:
            continue
        file = path / name
        if not file.is_file() or sha256_file(file) != expected:
            raise ModelCorrupt(_damaged(path, file))
    return manifest


def _damaged(entry: Path, file: Path) -> str:
    return f"{file} is damaged or missing; delete the folder {entry} and run `python -m pipeline models prepare`"


def write_manifest(folder: Path, provenance: Mapping[str, Any]) -> None:
    """Where the files of `folder` are from, and the SHA-256 of each."""
    files = {str(p.relative_to(folder)): sha256_file(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    text = json.dumps({"provenance": dict(provenance), "files": files}, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

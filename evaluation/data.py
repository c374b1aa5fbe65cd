"""Test data from local TSV, Parquet and public sets through `datasets`, and from JSONL."""

from __future__ import annotations

import json
import logging
import lzma
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DataError, ToolMissing
from evaluation.public_sets import SETS, PublicSet
from models import cache
from pipeline.steps.write import atomic_write

TIMEOUT = 10.0
"""Seconds after which a hub that does not answer is given up."""


@dataclass(frozen=True, slots=True)
class Data:
    """Records and where they are from. `lines` holds the line of each record in its file, from 1."""

    name: str
    records: list[dict[str, Any]]
    lines: list[int]
    sha256: str | None = None
    revision: str | None = None
    licence: str | None = None

    def where(self, index: int) -> str:
        return f"{self.name}:{self.lines[index]}" if self.sha256 else f"{self.name}, record {index + 1}"

    def described(self) -> dict[str, Any]:
        """What a report says of the data."""
        known = {"sha256": self.sha256, "revision": self.revision, "licence": self.licence}
        return {"name": self.name, "records": len(self.records)} | {k: v for k, v in known.items() if v}


def load(name: str, kind: str | None = None) -> Data:
    """A file (`.jsonl`, `.jsonl.xz`, `.tsv`, `.parquet`) or a public set of the given kind, by name.

    Raises:
        DataError: no such file or set, or it cannot be read; with file and line.
        ToolMissing: a public set is asked for and the hub does not answer.
    """
    path = Path(name)
    if name in SETS and not path.exists():
        return _load_public(SETS[name])
    if not path.is_file():
        known = ", ".join(s.name for s in SETS.values() if kind in (None, s.kind))
        raise DataError(f"{name}: no such file, nor a public set ({known})")
    readers = {".jsonl": _jsonl, ".jsonl.xz": _jsonl, ".tsv": _tsv, ".parquet": _parquet}
    reader = next((read for suffix, read in readers.items() if path.name.endswith(suffix)), None)
    if reader is None:
        raise DataError(f"{name}: read are {', '.join(readers)}; rename or convert the file")
    try:
        records, lines = reader(path)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise DataError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not records:
        raise DataError(f"{name}: it holds no record")
    if len(records) != len(lines):
        raise DataError(
            f"{name}: {len(lines)} lines, but {len(records)} records could be read; look for odd line breaks"
        )
    origin = _origin(path)
    return Data(name, records, lines, cache.sha256_file(path), origin.get("revision"), origin.get("licence"))


def fetch(name: str, path: Path) -> Data:
    """Save a public set as JSONL for a machine without a network, with its revision and licence beside it.

    Raises:
        DataError: there is no such set. ToolMissing: the hub does not answer.
    """
    if name not in SETS:
        raise DataError(f"{name}: no such public set; there are {', '.join(SETS)}")
    data = _load_public(SETS[name])
    atomic_write(path, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in data.records))
    atomic_write(_origin_file(path), json.dumps(data.described(), ensure_ascii=False, indent=2) + "\n")
    return data


def read_tsv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a TSV file that must have these columns.

    Raises:
        DataError: with file and line.
    """
    data = load(str(path))
    for index, record in enumerate(data.records):
        require(data, index, columns, record)
    return data.records


def require(data: Data, index: int, columns: Sequence[str], record: Mapping[str, Any]) -> None:
    """Check that a record has a value in every column.

    Raises:
        DataError: naming file, line and column.
    """
    missing = [c for c in columns if record.get(c) is None]
    if missing:
        has = ", ".join(k for k, v in record.items() if v is not None) or "nothing"
        raise DataError(f"{data.where(index)}: no column {', '.join(missing)}; it has {has}")


def _jsonl(path: Path) -> tuple[list[dict[str, Any]], list[int]]:
    """Parsed here, not by `datasets` (5.2): it guesses types, so that an id "007" becomes 7 and "2024-01-05" a time."""
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as handle:
        for number, line in enumerate(handle, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else f"not JSON ({error})"
                raise DataError(f"{path}:{number}: {reason}; each line is one JSON object") from error
            if not isinstance(record, dict):
                raise DataError(f"{path}:{number}: each line is one JSON object")
            records.append(record)
            lines.append(number)
    return records, lines


def _tsv(path: Path) -> tuple[list[dict[str, Any]], list[int]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8; save it as UTF-8") from error
    rows = text.rstrip("\n").split("\n")
    header = rows[0].rstrip("\r").split("\t")
    lines = [n for n, row in enumerate(rows[1:], start=2) if row.strip("\r")]
    for number in lines:
        cells = rows[number - 1].count("\t") + 1
        if cells != len(header):
            names = ", ".join(header)
            raise DataError(f"{path}:{number}: {cells} column(s) where the header has {len(header)} ({names})")
    if not lines:
        return [], []
    from datasets import Features, Value

    columns = Features({name: Value("string") for name in header})
    options = {"sep": "\t", "quoting": 3, "keep_default_na": False, "features": columns, "encoding": "utf-8-sig"}
    return _read("csv", path, **options), lines


def _parquet(path: Path) -> tuple[list[dict[str, Any]], list[int]]:
    records = _read("parquet", path)
    return records, list(range(1, len(records) + 1))


def _origin_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.origin.json")


def _origin(path: Path) -> dict[str, str]:
    """What `fetch` wrote beside a file that it saved."""
    file = _origin_file(path)
    try:
        found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except ValueError as error:
        raise DataError(f"{file}: not JSON; fetch the set again") from error
    return found if isinstance(found, dict) else {}


def _read(builder: str, path: Path, **options: Any) -> list[dict[str, Any]]:
    """Through `datasets`, in a folder of its own, so that no stale copy is ever read."""
    import pyarrow

    datasets = _datasets()
    with tempfile.TemporaryDirectory(prefix="thai-brief-") as folder:
        try:
            loaded = datasets.load_dataset(
                builder, data_files=str(path), split="train", cache_dir=folder, keep_in_memory=True, **options
            )
        except (datasets.exceptions.DatasetGenerationError, pyarrow.ArrowInvalid) as error:
            cause = " ".join(str(error.__cause__ or error).split())
            raise DataError(f"{path}: cannot be read as {path.suffix[1:]}: {cause}") from error
        records: list[dict[str, Any]] = loaded.to_list()
    return records


def _load_public(public: PublicSet) -> Data:
    datasets = _datasets()
    try:
        revision = _revision(public)
        loaded = datasets.load_dataset(
            public.repository, data_files={"test": public.files}, split="test", revision=revision,
            cache_dir=str(cache.root() / "datasets"),
        )  # fmt: skip
    except Exception as error:  # the hub's client, its transport and datasets share no class of error
        raise ToolMissing(
            f"{public.name} ({public.licence}) cannot be had from the hub ({type(error).__name__}). On a connected "
            f"machine: python -m evaluation fetch {public.name} FILE.jsonl; then copy FILE.jsonl and "
            "FILE.jsonl.origin.json here and name the file instead"
        ) from error
    records = [{ours: row.get(theirs) for ours, theirs in public.columns.items()} for row in loaded.to_list()]
    return Data(public.name, records, [], revision=revision, licence=public.licence)


def _revision(public: PublicSet) -> str:
    """The commit that the set's branch stands at now."""
    from huggingface_hub import HfApi

    return str(HfApi().dataset_info(public.repository, revision=public.branch, timeout=TIMEOUT).sha)


def _datasets() -> Any:
    import datasets

    datasets.disable_progress_bars()
    datasets.logging.set_verbosity(logging.CRITICAL)  # errors are raised as well, with the file
    return datasets

"""Prune a byte-fallback BPE vocabulary to the pieces that some languages need.

A multilingual model spends most of its parameters on pieces that Thai and English never use.
Pruning keeps a chosen set of pieces, *closed under the merges that build them*: then a text
whose pieces are all kept is tokenised exactly as before (every merge on its way is still there,
and no merge was added), and any other text falls back to smaller pieces or bytes, never to
`<unk>`.

The functions work on the dictionary of a `tokenizer.json` (the Hugging Face tokenizers format).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TokenizerJson = dict[str, Any]
SPACE = "\u2581"
"""What such tokenizers write for a space; its bytes would not be decoded back to one."""


def read_keep_list(path: Path) -> list[int]:
    """Read sorted piece ids from a text file of comma-separated ids and ranges (`3,7-12`).

    Lines that start with `#` are comments.
    """
    ids: list[int] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        for part in filter(None, line.strip().split(",")):
            first, _, last = part.partition("-")
            ids.extend(range(int(first), int(last or first) + 1))
    return ids


def write_keep_list(path: Path, ids: Iterable[int], comment: str) -> None:
    """Write ids in the format that `read_keep_list` reads, a hundred ranges a line."""
    ranges: list[list[int]] = []
    for i in sorted(set(ids)):
        if ranges and ranges[-1][1] == i - 1:
            ranges[-1][1] = i
        else:
            ranges.append([i, i])
    parts = [str(a) if a == b else f"{a}-{b}" for a, b in ranges]
    lines = [f"# {line}" for line in comment.splitlines()]
    lines += [",".join(parts[n : n + 100]) for n in range(0, len(parts), 100)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def merge_path(piece: str, ranks: Mapping[tuple[str, str], int]) -> set[str]:
    """Every piece that BPE passes through while it builds `piece` from single characters."""
    parts = list(piece)
    seen = set(parts)
    while len(parts) > 1:
        best = min(
            range(len(parts) - 1),
            key=lambda n: ranks.get((parts[n], parts[n + 1]), len(ranks)),
        )
        if (parts[best], parts[best + 1]) not in ranks:
            break
        parts[best : best + 2] = [parts[best] + parts[best + 1]]
        seen.add(parts[best])
    return seen


def close_under_merges(tokenizer: TokenizerJson, ids: Iterable[int]) -> list[int]:
    """Add to `ids` the space, the byte pieces, the special tokens and all that their merges need.

    Returns sorted ids of the original vocabulary.
    """
    vocab: dict[str, int] = tokenizer["model"]["vocab"]
    pieces = {i: piece for piece, i in vocab.items()}
    ranks = {(a, b): n for n, (a, b) in enumerate(tokenizer["model"]["merges"])}
    kept = {i for piece, i in vocab.items() if _is_byte(piece) or piece == SPACE}
    kept.update(t["id"] for t in tokenizer["added_tokens"] if t["special"] and _is_core(t))
    for i in set(ids) - kept:  # bytes and special tokens are not built by merges
        kept.add(i)
        kept.update(vocab[p] for p in merge_path(pieces[i], ranks) if p in vocab)
    return sorted(kept)


def prune(tokenizer: TokenizerJson, keep: Iterable[int]) -> tuple[TokenizerJson, list[int]]:
    """Cut a tokenizer down to the pieces in `keep` (closed first, so it may keep a few more).

    Returns the new tokenizer.json and, for each new id, its old id: the rows of the embedding
    matrix to keep, in order.
    """
    old_ids = close_under_merges(tokenizer, keep)
    pieces = {i: piece for piece, i in tokenizer["model"]["vocab"].items()}
    vocab = {pieces[old]: new for new, old in enumerate(old_ids)}
    merges = [[a, b] for a, b in tokenizer["model"]["merges"] if a in vocab and b in vocab and a + b in vocab]
    new_id = {old: new for new, old in enumerate(old_ids)}
    pruned = {
        **tokenizer,
        "added_tokens": [
            {**t, "id": new_id[t["id"]]} for t in tokenizer["added_tokens"] if t["special"] and t["id"] in new_id
        ],
        "model": {**tokenizer["model"], "vocab": vocab, "merges": merges},
    }
    pruned["post_processor"] = _renumber(tokenizer.get("post_processor"), vocab)
    return pruned, old_ids


def _is_byte(piece: str) -> bool:
    return len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">")


def _is_core(token: Mapping[str, Any]) -> bool:
    """The special tokens that a base model uses; placeholders and chat marks go."""
    return token["content"] in {"<pad>", "<eos>", "<bos>", "<unk>"}


def _renumber(post_processor: Any, vocab: Mapping[str, int]) -> Any:
    if not post_processor or "special_tokens" not in post_processor:
        return post_processor
    tokens = {
        name: {**entry, "ids": [vocab[t] for t in entry["tokens"]]}
        for name, entry in post_processor["special_tokens"].items()
    }
    return {**post_processor, "special_tokens": tokens}

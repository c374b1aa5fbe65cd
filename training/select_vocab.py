"""Choose the pieces of the embedded model's vocabulary: `python -m training.select_vocab`.

Keeps every Thai piece, every piece written in the characters of Thai or English text among the
`--rank` most frequent ones of the original vocabulary, and each such piece that occurs in the
given text files, then closes the set under the BPE merges. Only ids are written: no text of the
corpora goes into the project.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from models.vocab import close_under_merges, write_keep_list

THAI = re.compile(r"[\u0e00-\u0e7f]")
# ASCII, Latin-1, Thai, general punctuation and the euro sign; U+2581 is the piece for a space.
TEXT = re.compile(r"^[\x20-\x7e\u2581\n\t\u0e00-\u0e7f\u00a0-\u00ff\u2010-\u2030\u2022\u20ac\u00b0]+$")


def lines(path: Path) -> Iterator[str]:
    """The text of a .txt, .tsv, .jsonl or .jsonl.xz file; JSON records give all their strings."""
    is_json = ".jsonl" in path.suffixes
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as handle:
        for line in handle:
            if is_json:
                values = json.loads(line).values()
                yield "\n".join(v for v in values if isinstance(v, str))
            else:
                yield line


def main(
    files: Annotated[list[Path], typer.Argument(help="text, TSV or JSONL files of the domain")],
    tokenizer: Annotated[Path, typer.Option(help="tokenizer.json of the full model")],
    out: Annotated[Path, typer.Option()] = Path("models/data/gemma3-thai-english.ids"),
    rank: Annotated[int, typer.Option(help="keep every Latin piece below this id")] = 60_000,
) -> None:
    """Write the list of kept piece ids to OUT."""
    from tokenizers import Tokenizer

    spec = json.loads(tokenizer.read_text(encoding="utf-8"))
    vocab: dict[str, int] = spec["model"]["vocab"]
    allowed = {i for piece, i in vocab.items() if TEXT.match(piece)}
    keep = {i for piece, i in vocab.items() if i in allowed and (i < rank or len(piece) == 1 or THAI.search(piece))}
    encoder = Tokenizer.from_file(str(tokenizer))
    for path in files:
        for line in lines(path):
            keep.update(allowed.intersection(encoder.encode(line, add_special_tokens=False).ids))
        typer.echo(f"{path.name}: {len(keep)} pieces")
    closed = close_under_merges(spec, keep)
    write_keep_list(out, closed, f"{len(closed)} of {len(vocab)} pieces, made by training/select_vocab.py")
    typer.echo(f"{out}: {len(closed)} pieces")


if __name__ == "__main__":
    typer.run(main)

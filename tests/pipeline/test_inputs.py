"""From INPUT arguments to articles: order, ids, JSONL records."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Kind
from pipeline.errors import UsageError
from pipeline.inputs import count, discover, parse_columns, safe_id

NO_STDIN = io.BytesIO()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("57695", "57695"),
        ("ข่าว 12", "ข่าว-12"),
        ("น้ำท่วม", "น้ำท่วม"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d", "a-b-c-d"),
        ("..", "article"),
        ("", "article"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("x" * 100, "x" * 60),
        ("a\nb\0c", "a-b-c"),
        ("-rf", "rf"),
    ],
)
def test_safe_id(name: str, expected: str) -> None:
    assert safe_id(name) == expected


@given(st.text(max_size=200))
def test_an_id_is_always_one_plain_file_name(name: str) -> None:
    safe = safe_id(name)
    assert safe
    assert Path(safe).name == safe
    assert safe not in {".", ".."}
    assert len(f".{safe}.json.12345.tmp".encode()) <= 255
    assert safe_id(safe) == safe


def test_same_stems_get_numbers_in_input_order(tmp_path: Path) -> None:
    for name in ("a/1.txt", "b/1.txt", "b/1-2.txt", "c/X.txt", "c/x.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("ข่าว")
    (tmp_path / "notes.md").write_text("not an article")
    found = list(discover([str(tmp_path)], parse_columns(None), NO_STDIN))
    # Sorted by path: a/1, b/1-2, b/1, c/X, c/x.
    assert [a.article_id for a in found] == ["1", "1-2", "1-3", "X", "x-2"]
    assert [(a.article_id, f.kind) for a in found for f in a.findings] == [
        ("1-3", Kind.DUPLICATE_ID),
        ("x-2", Kind.DUPLICATE_ID),
    ]
    assert count([str(tmp_path)]) == 5


def test_standard_input_is_one_article() -> None:
    (found,) = discover(["-"], parse_columns(None), io.BytesIO("ข่าว".encode()))
    assert (found.article_id, found.origin.data) == ("stdin", "ข่าว".encode())


def test_records_with_other_column_names(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text(json.dumps({"n": 7, "title_th": "หัวข้อ", "body_th": "เนื้อ"}) + "\n\n", encoding="utf-8")
    columns = parse_columns("id=n, title=title_th,body=body_th")
    (found,) = discover([str(file)], columns, NO_STDIN)
    assert found.article_id == "7"
    assert found.origin.record is not None
    assert (found.origin.record.title, found.origin.record.body) == ("หัวข้อ", "เนื้อ")
    assert count([str(file)]) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": 1, "title": "ก"}', "no column body"),
        ('{"id": 1,', "not a usable record"),
        ("[1]", "must be a JSON object"),
        ("[" * 100_000, "not a usable record"),
        ('{"id": 1, "title": "ก", "body": ["ข"]}', "body must be text"),
        ('{"id": null, "title": "ก", "body": "ข"}', "id must be text"),
        (b'{"id": "\xff"}', "not a usable record"),
        (r'{"id": 1, "title": "\ud800", "body": "x"}', "surrogates"),
    ],
)
def test_a_bad_record_names_its_line_and_the_others_go_on(tmp_path: Path, line: str | bytes, says: str) -> None:
    file = tmp_path / "news.jsonl"
    good = json.dumps({"id": "ok", "title": "ก", "body": "ข"}).encode()
    file.write_bytes(b"\n".join([good, line if isinstance(line, bytes) else line.encode(), good]))
    found = list(discover([str(file)], parse_columns(None), NO_STDIN))
    assert [a.article_id for a in found] == ["ok", "news-2", "ok-2"]
    assert says in (found[1].origin.problem or "")
    assert found[1].origin.path == f"{file}:2"


@pytest.mark.parametrize("columns", ["title", "title=", "headline=title"])
def test_malformed_columns(columns: str) -> None:
    with pytest.raises(UsageError, match="--columns"):
        parse_columns(columns)

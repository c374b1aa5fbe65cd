"""`translation` and `summarization`: one model over a test set, its outputs kept, and the data it reads."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path

import pytest

from evaluation import data, outputs
from evaluation.errors import DataError
from tests.evaluation.conftest import ARTICLES, FAKE, evaluate, runner, write_jsonl

PAIRS = 'th\ten\nสวัสดีประเทศไทย\tHello "Thailand\nมี 5 จังหวัด\tThere are 5 provinces\nBBC รายงาน\tThe BBC reports\n'


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def report(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    file = tmp_path / "pairs.tsv"
    file.write_text(PAIRS, encoding="utf-8")
    return file


def test_translation_of_a_tsv(tmp_path: Path, pairs: Path) -> None:
    out = tmp_path / "out"
    result = evaluate("translation", "--config", FAKE, "--pairs", pairs, "--out", out)
    assert result.exit_code == 0, result.stderr
    found = report(out)
    track = found["tracks"][0]
    assert set(track["systems"]) == {"model", "copy", "dictionary", "reference"}
    assert {"BLEU", "chrF", "chrF++", "TER", "number R"} <= set(track["systems"]["model"])
    assert track["systems"]["model"]["number R"]["value"] == 100
    assert [i["id"] for i in track["items"]] == ["2", "3", "4"]  # lines of the file
    assert found["data"]["sha256"]
    assert found["run"]["models"]["translate"]["kind"] == "fake"


def test_outputs_are_kept_by_content(tmp_path: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("translation", "--config", FAKE, "--pairs", pairs, "--no-ter", "--out", tmp_path / "out")
    assert evaluate(*args).exit_code == 0
    first = report(tmp_path / "out")["tracks"]
    calls: list[int] = []
    real = outputs.process
    monkeypatch.setattr(outputs, "process", lambda a, *r, **k: calls.append(len(a)) or real(a, *r, **k))
    again = evaluate(*args)
    assert again.exit_code == 0
    assert "3 of 3 outputs were there already" in again.stderr
    assert calls == []
    assert report(tmp_path / "out")["tracks"] == first
    # A killed run leaves half a line; one new text is all that the next one makes.
    file = next((tmp_path / "cache" / "outputs").glob("*.jsonl"))
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n")[:-9], encoding="utf-8")
    assert evaluate(*args).exit_code == 0
    assert calls == [1]
    assert (
        evaluate(
            "translation", "--config", FAKE, "--pairs", pairs, "--task", "headline", "--out", tmp_path / "h"
        ).exit_code
        == 0
    )
    assert calls == [1, 3]


def test_limit_scores_only_the_first(tmp_path: Path, pairs: Path) -> None:
    assert (
        evaluate("translation", "--config", FAKE, "--pairs", pairs, "--limit", "1", "--out", tmp_path / "o").exit_code
        == 0
    )
    assert report(tmp_path / "o")["tracks"][0]["size"] == 1


def test_lists_of_sentences_become_pairs(tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "gold.jsonl", [ARTICLES[0]])
    args = ("--columns", "th=summary_th,en=summary_en", "--no-baselines")
    assert evaluate("translation", "--config", FAKE, "--pairs", file, *args, "--out", tmp_path / "o").exit_code == 0
    assert [i["id"] for i in report(tmp_path / "o")["tracks"][0]["items"]] == ["1.1", "1.2"]


def test_summarization_of_jsonl(tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "docs.jsonl", [*ARTICLES, {"id": 4, "body": "?!", "summary": "รัฐบาลแถลงข่าว"}])
    result = evaluate("summarization", "--config", FAKE, "--data", file, "--out", tmp_path / "o")
    assert result.exit_code == 0, result.stderr
    assert "1 text(s) got no output and are scored as empty" in result.stderr
    track = report(tmp_path / "o")["tracks"][0]
    assert {"model", "lead-1", "textrank", "oracle"} <= set(track["systems"])
    assert track["items"][3]["ROUGE-1 newmm F"] == 0
    assert track["items"][0]["ROUGE-1 newmm F"] > 0


BAD_PAIRS = {
    "missing column": ("th\tenglish\nก\ta\n", "bad.tsv:2: no column en; it has th, english"),
    "short row": ("th\ten\nก\ta\nข\n", "bad.tsv:3: 1 column(s) where the header has 2 (th, en)"),
    "long row": ("th\ten\nก\ta\tb\n", "bad.tsv:2: 3 column(s)"),
    "empty cell": ("th\ten\nก\t \n", "bad.tsv:2: en is empty"),
    "wrong language": ("th\ten\nก\tรัฐบาลแถลงข่าววันนี้ที่ทำเนียบรัฐบาลเรื่องงบประมาณ\n", "bad.tsv:2: en is not English"),
    "nothing": ("th\ten\n", "it holds no record"),
    "tabs only": ("th\ten\nก\ta\n\t\nข\tb\n", "bad.tsv:3: th is empty"),
}


@pytest.mark.parametrize("name", BAD_PAIRS)
def test_bad_pairs_are_one_line_with_file_and_line(tmp_path: Path, name: str) -> None:
    text, says = BAD_PAIRS[name]
    file = tmp_path / "bad.tsv"
    file.write_text(text, encoding="utf-8")
    result = evaluate("translation", "--config", FAKE, "--pairs", file, "--out", tmp_path / "o")
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stderr.strip().count("\n") == 0


def test_duplicate_ids_and_uneven_lists(tmp_path: Path) -> None:
    for records, says in (
        ([{"id": 1, "th": "ก", "en": "a"}] * 2, "id 1 stands more than once"),
        ([{"id": 1, "th": ["ก", "ข"], "en": ["a"]}], "2 texts in th, 1 in en"),
    ):
        file = write_jsonl(tmp_path / "p.jsonl", records)
        result = evaluate("translation", "--config", FAKE, "--pairs", file)
        assert result.exit_code == 1
        assert says in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.jsonl", b'{"id": 1}\n{"id": \n', "a.jsonl:2: not JSON"),
        ("a.jsonl", b"[1]\n", "a.jsonl:1: each line is one JSON object"),
        ("a.jsonl", '{"id": "ก"}\n'.encode("tis-620"), "a.jsonl:1: not UTF-8"),
        ("a.tsv", "th\ten\nก\ta\n".encode("tis-620"), "a.tsv: not UTF-8"),
        ("a.parquet", b"PAR1 no", "a.parquet: cannot be read as parquet"),
        ("a.csv", b"th,en\n", "read are .jsonl, .jsonl.xz, .tsv, .parquet"),
        ("a.jsonl.xz", b"no xz", "a.jsonl.xz: cannot be read: Input format not supported"),
        ("a.jsonl", b"", "it holds no record"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, text: bytes, says: str) -> None:
    file = tmp_path / name
    file.write_bytes(text)
    with pytest.raises(DataError, match=re.escape(says)) as error:
        data.load(str(file))
    assert "\n" not in str(error.value)


def test_parquet_jsonl_and_tsv_hold_the_same(tmp_path: Path, pairs: Path) -> None:
    import datasets

    records = data.load(str(pairs)).records
    datasets.Dataset.from_list(records).to_parquet(str(tmp_path / "p.parquet"))
    jsonl = write_jsonl(tmp_path / "p.jsonl", records)
    jsonl.write_text("\n" + jsonl.read_text(encoding="utf-8").replace("\n", "\n\n"), encoding="utf-8")
    assert data.load(str(tmp_path / "p.parquet")).records == records
    loaded = data.load(str(jsonl))
    assert loaded.records == records
    assert loaded.lines == [2, 4, 6]
    assert records[0]["en"] == 'Hello "Thailand'  # a quotation mark is text in TSV


def test_ids_stay_what_they_are(tmp_path: Path) -> None:
    ids = ["2024-01-05", 1, 1.5, "007", 10**30, None]
    loaded = data.load(str(write_jsonl(tmp_path / "a.jsonl", [{"id": i, "x": [["a"], "b"]} for i in ids])))
    assert [r["id"] for r in loaded.records] == ids
    assert loaded.records[0]["x"] == [["a"], "b"]


def test_odd_values_and_columns_are_said(tmp_path: Path) -> None:
    pairs = write_jsonl(tmp_path / "p.jsonl", [{"th": [["ก"]], "en": ["a"]}])
    documents = write_jsonl(tmp_path / "d.jsonl", [{"id": 1, "body": {"a": 1}, "summary": "ก"}])
    for args, says in (
        (("translation", "--pairs", pairs), "p.jsonl:1: th must be text or a list of texts"),
        (("translation", "--pairs", pairs, "--columns", "th=nope"), "no column nope (for th)"),
        (("summarization", "--data", documents), "d.jsonl:1: body must be text"),
    ):
        result = evaluate(*args, "--config", FAKE, "--out", tmp_path / "o")
        assert result.exit_code == 1
        assert says in result.stderr
    wrong = evaluate("translation", "--pairs", pairs, "--columns", "reference=x", "--out", tmp_path / "o")
    assert wrong.exit_code == 2
    assert "one of id, th, en" in wrong.stderr


def test_what_failed_is_tried_again(tmp_path: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.base import ModelError
    from models.fake import FakeModel

    args = ("translation", "--config", FAKE, "--pairs", pairs, "--no-ter", "--no-baselines", "--out", tmp_path / "o")

    def full(self: FakeModel, requests: object) -> None:
        raise ModelError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(FakeModel, "generate", full)
        broken = evaluate(*args)
    assert broken.exit_code == 0
    assert "3 text(s) got no output" in broken.stderr
    assert "out of memory" in broken.stderr
    assert "got no output" not in evaluate(*args).stderr


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    for text in ("ก", "ข"):
        file.write_text(f"th\ten\n{text}\ta\n", encoding="utf-8")
        assert data.load(str(file)).records[0]["th"] == text


def test_unknown_names_list_the_public_sets() -> None:
    result = evaluate("translation", "--config", FAKE, "--pairs", "flores")
    assert result.exit_code == 1
    assert "flores200-devtest, flores200-dev, ntrex128" in result.stderr
    assert "xlsum" not in result.stderr


def test_sets_lists_licences() -> None:
    result = evaluate("sets")
    assert result.exit_code == 0
    for name in ("xlsum-thai", "thaisum", "flores200-devtest", "ntrex128", "CC BY-NC-SA 4.0", "CC BY-SA 4.0", "MIT"):
        assert name in result.stdout


def test_a_public_set_offline_fails_soon_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    start = time.monotonic()
    result = evaluate("summarization", "--config", FAKE, "--data", "xlsum-thai")
    assert result.exit_code == 1
    assert "evaluation fetch xlsum-thai FILE.jsonl" in result.stderr
    assert "CC BY-NC-SA" in result.stderr
    assert time.monotonic() - start < 60  # not a speed test: it must not retry for minutes


def test_a_public_set_is_read_as_parquet_at_a_resolved_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub is replaced by a folder; the real loading code, mapping and report run."""
    import datasets
    import huggingface_hub

    datasets.Dataset.from_list(
        [{"id": n, "sentence_tha_Thai": f"มี {n} จังหวัด", "sentence_eng_Latn": f"{n} provinces"} for n in range(3)]
    ).to_parquet(str(tmp_path / "hub" / "test.parquet"))
    asked: list[dict] = []

    class Hub:
        def dataset_info(self, repository: str, *, revision: str, timeout: float) -> object:
            assert (repository, revision) == ("facebook/flores", "refs/convert/parquet")
            return type("Info", (), {"sha": "abc123"})()

    real = datasets.load_dataset

    def local(repository: str, *, data_files: dict, split: str, revision: str, cache_dir: str) -> object:
        asked.append({"repository": repository, "data_files": data_files, "revision": revision})
        return real(
            "parquet", data_files={"test": str(tmp_path / "hub" / "*.parquet")}, split=split, cache_dir=cache_dir
        )

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    monkeypatch.setattr(datasets, "load_dataset", local)
    saved = tmp_path / "flores.jsonl"
    result = evaluate("fetch", "flores200-devtest", saved)
    assert result.exit_code == 0, result.stderr
    assert asked[0] == {
        "repository": "facebook/flores", "revision": "abc123",
        "data_files": {"test": "eng_Latn-tha_Thai/devtest/*.parquet"},
    }  # fmt: skip
    monkeypatch.setattr(datasets, "load_dataset", real)
    # On the machine without a network the copied file keeps its revision and licence.
    assert evaluate("translation", "--config", FAKE, "--pairs", saved, "--out", tmp_path / "o").exit_code == 0
    described = report(tmp_path / "o")["data"]
    assert described["revision"] == "abc123"
    assert described["licence"] == "CC BY-SA 4.0"
    assert "revision abc123" in (tmp_path / "o" / "report.md").read_text(encoding="utf-8")


def test_help_answers_for_every_command() -> None:
    from evaluation.cli import app

    for command in ("score", "translation", "summarization", "compare", "sets", "fetch"):
        result = runner.invoke(app, [command, "--help"])
        assert result.exit_code == 0
        assert "Usage" in result.stdout

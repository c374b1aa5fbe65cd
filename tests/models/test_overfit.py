"""The code carries meaning, not just shapes: models that know a hundred answers, through the whole pipeline."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from models import families
from models.base import Decoding, Generation, Request, Task
from models.fake import FakeModel
from models.seq2seq import Seq2SeqModel
from models.spec import FakeSpec
from pipeline.cli import app
from pipeline.config import load_config
from pipeline.flow import make_context, process
from tests.conftest import ROOT, article
from tests.models.overfit import overfit
from tests.models.test_seq2seq import open_model
from tests.models.tiny_seq2seq import FRENCH, PAIRS

PREFIX = "สรุป: "
COUNT = 100
BACKENDS = ("seq2seq", "ctranslate2")


def body(n: int) -> str:
    """What is to be summarised first, and something else after it."""
    return f"{PAIRS[n][0]} {PAIRS[(7 * n + 3) % COUNT][0]}"


def title(n: int) -> int:
    return (3 * n + 1) % COUNT


class Recorder(FakeModel):
    """Keeps what the pipeline asks to be summarised."""

    def __init__(self) -> None:
        super().__init__(FakeSpec(kind="fake"))
        self.texts: list[str] = []

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        self.texts += [r.text for r in requests if r.task == "summarize"]
        return super().generate(requests)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders nllb (English and French), marian and mt5; half a minute each on two idle cores."""
    root = tmp_path_factory.mktemp("trained")
    recorder = Recorder()
    context = make_context(load_config(ROOT / "configs" / "fake.yaml"), root / "out")
    (root / "out").mkdir()
    process([article(body(n), str(n)) for n in range(COUNT)], replace(context, summarizer=recorder))
    assert len(recorder.texts) == COUNT
    english = [(th, en, "eng_Latn") for th, en in PAIRS]
    overfit("nllb", root / "nllb", english + [(th, fr, "fra_Latn") for (th, _), fr in zip(PAIRS, FRENCH, strict=True)])
    overfit("marian", root / "marian", [(th, en, "") for th, en in PAIRS])
    # Without the prefix it gives the other sentence.
    plain = [(text, PAIRS[(7 * n + 3) % COUNT][0], "") for n, text in enumerate(recorder.texts)]
    overfit("mt5", root / "mt5", [(PREFIX + text, PAIRS[n][0], "") for n, text in enumerate(recorder.texts)] + plain)
    return root


@pytest.fixture(autouse=True)
def own_cache(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(trained / "cache"))


def briefs(
    trained: Path, out: Path, translator: str = "nllb", kind: str = "seq2seq", beams: int = 1, prefix: str = PREFIX,
    count: int = COUNT,
) -> list[dict[str, object]]:  # fmt: skip
    """Run `python -m pipeline run` on articles that the models know; its briefs in order."""
    options: dict[str, object] = {"compute_type": "float32"} if kind == "ctranslate2" else {}
    config = {
        "check": {"facts": False, "repair": False},  # what the model says is measured, not what is made of it
        "models": {
            "summarizer": {
                "kind": kind, "name": "mt5", "source": str(trained / "mt5"), "licence": "none", "prefix": prefix,
                **options,
            },
            "translator": {
                "kind": kind, "name": translator, "source": str(trained / translator), "licence": "none", **options,
            },
        },
        "summarize": {"model": "summarizer", "min_sentences": 1, "num_beams": beams, "max_new_tokens": 90},
        "translate": {"model": "translator", "num_beams": beams, "max_new_tokens": 90},
    }  # fmt: skip
    out.mkdir()
    (out / "c.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    lines = [json.dumps({"id": f"{n:03}", "title": PAIRS[title(n)][0], "body": body(n)}) for n in range(count)]
    (out / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run = ["run", str(out / "in.jsonl"), "--config", str(out / "c.yaml"), "--out", str(out / "briefs")]
    prepared = CliRunner().invoke(app, ["models", "--config", str(out / "c.yaml"), "prepare"])
    assert prepared.exit_code == 0, prepared.stderr
    result = CliRunner().invoke(app, run)
    assert result.exit_code == 0, result.stderr
    return [json.loads((out / "briefs" / f"{n:03}.json").read_text(encoding="utf-8")) for n in range(count)]


def right(found: list[dict[str, object]], field: str) -> float:
    """Share of briefs whose field is what the models were taught."""
    expected = {
        "summary_th": lambda n: [PAIRS[n][0]],
        "summary_en": lambda n: [PAIRS[n][1]],
        "title_en": lambda n: PAIRS[title(n)][1],
    }[field]
    return sum(brief[field] == expected(n) for n, brief in enumerate(found)) / len(found)


@pytest.mark.parametrize("kind", BACKENDS)
@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("translator", ["nllb", "marian"])
def test_what_was_taught_comes_back(trained: Path, tmp_path: Path, translator: str, kind: str, beams: int) -> None:
    found = briefs(trained, tmp_path / "run", translator, kind, beams)
    assert {field: right(found, field) for field in ("summary_th", "summary_en", "title_en")} == {
        "summary_th": 1.0, "summary_en": 1.0, "title_en": 1.0,
    }  # fmt: skip
    assert all(brief["findings"] == [] for brief in found)


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding(90), Decoding(90, num_beams=4), Decoding(90, num_beams=4, length_penalty=0.6),
        Decoding(90, num_beams=4, no_repeat_ngram_size=3), Decoding(90, repetition_penalty=1.1),
    ],
    ids=["greedy", "beams", "length", "n-grams", "repetition"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["nllb", "marian", "mt5"])
def test_both_backends_end_alike(trained: Path, name: str, decoding: Decoding) -> None:
    """Finished answers, not the random ones of test_seq2seq.py; under penalties only the texts are equal."""
    task: Task = "summarize" if name == "mt5" else "translate"
    asked = [Request(task, body(n) if name == "mt5" else PAIRS[n][0], decoding=decoding) for n in range(0, COUNT, 4)]
    ours, theirs = ([c[0] for c in open_model(trained / name, name, kind).generate(asked)] for kind in BACKENDS)
    assert {g.finish_reason for g in ours} == {"stop"}
    assert [(g.text, g.tokens) for g in ours] == [(g.text, g.tokens) for g in theirs]
    if decoding.num_beams > 1 and not decoding.no_repeat_ngram_size:
        assert [g.score for g in ours] == pytest.approx([g.score for g in theirs], abs=1e-3)


@pytest.mark.parametrize("kind", BACKENDS)
def test_a_wrong_language_token_fails_it(
    trained: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nllb = next(f for f in families.FAMILIES if f.name == "nllb")
    wrong = replace(nllb, target_tokens={"th": "tha_Thai", "en": "fra_Latn"})
    monkeypatch.setattr(families, "FAMILIES", (wrong, *(f for f in families.FAMILIES if f is not nllb)))
    found = briefs(trained, tmp_path / "run", kind=kind, count=20)
    assert right(found, "summary_th") == 1
    assert right(found, "summary_en") == 0
    assert found[0]["summary_en"] == [FRENCH[0]]


def letters(requests: Sequence[Request]) -> list[Request]:
    return [replace(r, text="".join(random.Random(0).sample(r.text, len(r.text)))) for r in requests]


def order(requests: Sequence[Request]) -> list[Request]:
    return [*requests[1:], requests[0]]


@pytest.mark.parametrize("shuffled", [letters, order])
@pytest.mark.parametrize("kind", BACKENDS)
def test_a_shuffled_input_fails_it(
    trained: Path, tmp_path: Path, kind: str, shuffled: Callable[[Sequence[Request]], list[Request]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    generate = Seq2SeqModel.generate
    monkeypatch.setattr(Seq2SeqModel, "generate", lambda self, requests: generate(self, shuffled(requests)))
    found = briefs(trained, tmp_path / "run", kind=kind, count=20)
    assert right(found, "summary_th") < 0.2
    assert right(found, "title_en") < 0.2


@pytest.mark.parametrize("kind", BACKENDS)
def test_a_missing_prefix_fails_it(trained: Path, tmp_path: Path, kind: str) -> None:
    found = briefs(trained, tmp_path / "run", kind=kind, prefix="", count=20)
    assert right(found, "summary_th") == 0
    assert right(found, "title_en") == 1

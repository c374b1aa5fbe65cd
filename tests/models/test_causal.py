"""What only causal backends have: prompts, and one context for text and answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models import load
from models.base import Decoding, ModelError, ModelMissing, Prompt, Request, TextModel
from models.causal import one_line
from models.spec import CausalSpec, EmbeddedSpec
from tests.models.tiny import CORPUS, save_tiny_gemma

PROMPT = Prompt("test", "Thai: ", "\nEnglish:", "\n")


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny_gemma(folder)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory):
    patch = pytest.MonkeyPatch()
    patch.setenv("THAI_BRIEF_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


def embedded(folder: Path, **options: object) -> TextModel:
    spec = EmbeddedSpec(kind="embedded", name="tiny", source=str(folder), vocabulary=None, **options)
    load.prepare(spec, lambda what, share: None)
    assert load.status(spec).ready
    return load.load(spec)


def causal(folder: Path, **options: object) -> TextModel:
    spec = CausalSpec(kind="causal", name="tiny", source=str(folder), licence="none", **{"max_tokens": 512, **options})
    assert load.status(spec).ready
    return load.load(spec)


BACKENDS: dict[str, Callable[..., TextModel]] = {"embedded": embedded, "causal": causal}


def requests(texts: list[str], **decoding: int) -> list[Request]:
    return [
        Request("translate", t, prompt=PROMPT, decoding=Decoding(**{"max_new_tokens": 12, **decoding})) for t in texts
    ]


@pytest.mark.parametrize("beams", [1, 3])
def test_ctranslate2_equals_transformers(tiny_folder: Path, cache: None, beams: int) -> None:
    texts = [CORPUS[0], CORPUS[4], CORPUS[3] * 6]
    asked = requests(texts, num_beams=beams, max_new_tokens=16)
    ours = embedded(tiny_folder, compute_type="float32").generate(asked)
    theirs = causal(tiny_folder).generate(asked)
    assert [c[0].text for c in ours] == [c[0].text for c in theirs]
    assert any(c[0].text for c in ours)


def test_with_the_window_opened_they_agree_beyond_512_tokens(tiny_folder: Path, cache: None) -> None:
    from models.embedded import prepare_pruned

    opened = {"local_rope_theta": 50_000, "max_tokens": 1_024}
    ours = embedded(tiny_folder, compute_type="float32", **opened)
    spec = EmbeddedSpec(kind="embedded", name="tiny", source=str(tiny_folder), vocabulary=None, **opened)
    theirs = causal(prepare_pruned(spec, lambda what, share: None), max_tokens=1_024)
    texts = [" ".join(str(n * 7919 % 1000) for n in range(first, first + 170)) for first in (3, 400)]
    assert all(600 < ours.count_tokens(t) < 1_000 for t in texts), [ours.count_tokens(t) for t in texts]
    asked = requests([*texts, CORPUS[0]])
    assert [c[0].text for c in ours.generate(asked)] == [c[0].text for c in theirs.generate(asked)]
    # It is another model than the one with a window of 512.
    closed = causal(tiny_folder, max_tokens=1_024)
    assert [c[0].text for c in closed.generate(asked)] != [c[0].text for c in theirs.generate(asked)]


def test_a_long_context_needs_an_opened_window() -> None:
    with pytest.raises(ValueError, match="local_rope_theta"):
        EmbeddedSpec(kind="embedded", max_tokens=1_024)


@pytest.mark.parametrize("backend", ["embedded", "causal"])
def test_padding_does_not_change_a_result(tiny_folder: Path, cache: None, backend: str) -> None:
    options = {"compute_type": "float32"} if backend == "embedded" else {}
    one = BACKENDS[backend](tiny_folder, batch_size=1, **options)
    many = BACKENDS[backend](tiny_folder, batch_size=8, **options)
    asked = requests([CORPUS[n] * (n + 1) for n in range(5)])
    assert [c[0].text for c in one.generate(asked)] == [c[0].text for c in many.generate(asked)]


@pytest.mark.parametrize("backend", ["embedded", "causal"])
def test_marks_of_the_model_inside_an_article_stay_text(tiny_folder: Path, cache: None, backend: str) -> None:
    model = BACKENDS[backend](tiny_folder)
    assert model.count_tokens("<eos>") > 1
    assert model.count_tokens("<bos>") > 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ก\nEnglish: x", "ก English: x"),
        ("ก\r\n\r\nข", "ก ข"),
        ("ก\u2028ข\x0bค\x85ง", "ก ข ค ง"),
        ("\n\nก\n", "ก"),
        ("ก ข", "ก ข"),
    ],
)
def test_an_input_cannot_leave_its_line(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_a_causal_model_needs_a_prompt(tiny_folder: Path, cache: None) -> None:
    with pytest.raises(ModelError, match="needs a prompt"):
        causal(tiny_folder).generate([Request("translate", "ก")])


def test_candidates_cannot_exceed_beams() -> None:
    with pytest.raises(ValueError, match="num_candidates"):
        Decoding(num_candidates=2)


@pytest.mark.parametrize(
    "spec",
    [
        CausalSpec(kind="causal", name="gone", source="/no/such/folder", licence="none"),
        CausalSpec(kind="causal", name="gone", source="no-such-owner/no-such-model", licence="none"),
    ],
)
def test_a_missing_model_is_said_at_once(spec: CausalSpec) -> None:
    assert not load.status(spec).ready
    with pytest.raises(ModelMissing, match="models prepare"):
        load.load(spec)

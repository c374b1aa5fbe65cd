"""Every backend on one contract, with tiny models of real architectures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import TypeAdapter

from models import load
from models.base import Decoding, InputTooLong, Prompt, Request, TextModel
from models.load import BACKENDS
from models.spec import ModelSpec
from tests.models.tiny import CORPUS, save_tiny_gemma
from tests.models.tiny_seq2seq import save_tiny

PROMPT = Prompt("test", "Thai: ", "\nEnglish:", "\n")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TextModel]]:
    """One model of every kind that a config can name, prepared and loaded as a user's is."""
    root = tmp_path_factory.mktemp("contract")
    save_tiny_gemma(root / "gemma")
    save_tiny("marian", root / "marian")
    gemma = {"source": str(root / "gemma"), "name": "tiny"}
    marian = {"source": str(root / "marian"), "name": "tiny", "licence": "none"}
    options: dict[str, dict[str, object]] = {
        "embedded": {**gemma, "vocabulary": None}, "causal": {**gemma, "licence": "none", "max_tokens": 512},
        "seq2seq": marian, "ctranslate2": marian, "fake": {"max_tokens": 512},
    }  # fmt: skip
    assert set(options) == set(BACKENDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THAI_BRIEF_CACHE", str(root / "cache"))
        made = {}
        for kind, more in options.items():
            spec = TypeAdapter(ModelSpec).validate_python({"kind": kind, **more})
            load.prepare(spec, lambda what, share: None)
            assert load.status(spec).ready
            made[kind] = load.load(spec)
        yield made


@pytest.fixture(params=BACKENDS)
def model(request: pytest.FixtureRequest, models: dict[str, TextModel]) -> TextModel:
    return models[request.param]


def requests(texts: list[str], **decoding: int) -> list[Request]:
    return [
        Request("translate", t, prompt=PROMPT, decoding=Decoding(**{"max_new_tokens": 12, **decoding})) for t in texts
    ]


def test_order_and_length_are_kept(model: TextModel) -> None:
    texts = [CORPUS[n % 8][: 5 + 7 * n] for n in range(6)]
    together = model.generate(requests(texts))
    assert len(together) == len(texts)
    assert all(len(candidates) == 1 for candidates in together)
    backwards = model.generate(requests(texts[::-1]))
    assert [c[0].text for c in backwards[::-1]] == [c[0].text for c in together]


def test_no_requests_no_answers(model: TextModel) -> None:
    assert model.generate([]) == []


def test_too_long_an_input_raises_and_room_says_how_much_fits(model: TextModel) -> None:
    room = model.room(requests([""])[0])
    text = "น้ำ" * 600
    assert model.count_tokens(text) > room
    with pytest.raises(InputTooLong, match=str(room)):
        model.generate(requests([text]))
    fits = next(text[:n] for n in range(len(text), 0, -1) if model.count_tokens(text[:n]) <= room)
    assert model.generate(requests([fits]))


def test_candidates_are_as_many_as_asked_for(model: TextModel) -> None:
    (candidates,) = model.generate(requests([CORPUS[0]], num_beams=3, num_candidates=3))
    assert len(candidates) == 3
    scores = [c.score for c in candidates]
    assert scores == sorted(scores, reverse=True)


def test_provenance_is_complete(model: TextModel) -> None:
    info = model.info
    assert all((info.name, info.kind, info.revision, info.licence, info.backend))

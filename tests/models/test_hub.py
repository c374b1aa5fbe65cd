"""Models on disk: fetched once, pinned, whole or refused, copied to machines without a network."""

from __future__ import annotations

import errno
import pickle
import shutil
from pathlib import Path

import huggingface_hub
import pytest
import torch
import transformers
from pydantic import ValidationError
from typer.testing import CliRunner

from models import cache, hub, load
from models.base import Decoding, ModelCorrupt, ModelError, ModelMissing, Request
from models.spec import Seq2SeqSpec
from pipeline.cli import app
from tests.models.tiny_seq2seq import PAIRS, save_tiny


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hub") / "marian"
    save_tiny("marian", folder)
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))


def folder_spec(source: Path | str, **options: object) -> Seq2SeqSpec:
    return Seq2SeqSpec(kind="seq2seq", name="opus", source=str(source), licence="none", **options)


def requests(texts: list[str]) -> list[Request]:
    return [Request("translate", text, decoding=Decoding(max_new_tokens=12)) for text in texts]


def quiet(what: str, share: float) -> None:
    pass


def only_bin(folder: Path) -> None:
    """As older repositories are."""
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def test_a_missing_model_says_its_size_licence_and_the_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path))
    spec = Seq2SeqSpec(kind="seq2seq", name="n", source="someone/model", licence="CC-BY-NC-4.0", download_mb=2460)
    with pytest.raises(
        ModelMissing, match=r"2,460 MB, licence CC-BY-NC-4\.0.*models prepare.*models export.*default\.yaml"
    ):
        load.load(spec)
    folder = spec.model_copy(update={"source": str(tmp_path / "none")})
    with pytest.raises(ModelMissing, match="no model in"):
        load.load(folder)
    assert not load.status(spec).ready


@pytest.mark.parametrize("weights", ["bin", "safetensors"])
def test_prepare_fetches_once_and_keeps_safetensors(
    weights: str, marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub is a stand-in of the same shape: its files, its commit."""
    hub_folder = tmp_path / "hub"
    shutil.copytree(marian, hub_folder)
    if weights == "bin":
        only_bin(hub_folder)
    asked: list[str] = []

    class Api:
        def model_info(self, name: str, revision: str | None) -> object:
            files = [type("F", (), {"rfilename": p.name}) for p in hub_folder.iterdir()]
            return type("Info", (), {"sha": "c0ffee", "siblings": files})

    def download(name: str, *, revision: str, local_dir: Path, allow_patterns: list[str]) -> None:
        asked.append(revision)
        for file in hub_folder.iterdir():
            if any(file.match(pattern) for pattern in allow_patterns):
                shutil.copy(file, local_dir)

    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    spec = Seq2SeqSpec(kind="seq2seq", name="opus", source="someone/opus", licence="CC-BY-4.0")
    load.prepare(spec, quiet)
    load.prepare(spec, quiet)
    assert asked == ["c0ffee"]
    opened = load.load(spec)
    assert opened.info.revision == "c0ffee"
    plain = load.load(folder_spec(marian))
    texts = requests([t for t, _ in PAIRS[:5]])
    assert [c[0].text for c in opened.generate(texts)] == [c[0].text for c in plain.generate(texts)]
    (entry,) = (tmp_path / "cache" / "models").glob("someone--opus-*/config.json")
    assert not list(entry.parent.glob("*.bin"))
    # Exported, it is whole on another machine, and a damaged file is noticed.
    copied = hub.export(spec, tmp_path / "usb")
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "other"))
    moved = spec.model_copy(update={"source": str(copied)})
    assert load.load(moved).info.revision == "c0ffee"
    (copied / "vocab.json").write_text("{}")
    with pytest.raises(ModelCorrupt, match="damaged"):
        load.load(moved)


@pytest.fixture
def hub_spec() -> Seq2SeqSpec:
    return Seq2SeqSpec(kind="seq2seq", name="nllb", source="facebook/nllb-200-distilled-600M")


def test_a_published_model_brings_its_licence_size_and_family(hub_spec: Seq2SeqSpec) -> None:
    assert (hub_spec.licence, hub_spec.download_mb, hub_spec.family) == ("CC-BY-NC-4.0", 2460, "nllb")
    own = Seq2SeqSpec(kind="seq2seq", name="n", source="facebook/nllb-200-distilled-600M", licence="bought")
    assert own.licence == "bought"
    with pytest.raises(ValidationError, match="licence"):
        Seq2SeqSpec(kind="seq2seq", name="n", source="someone/else")


def test_a_hub_that_does_not_answer_is_one_line(hub_spec: Seq2SeqSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    def model_info(self: object, name: str, revision: str | None) -> None:
        raise hub._http_error()("Name or service not known")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    with pytest.raises(ModelMissing, match=r"2,460 MB.*gave nothing: Name or service not known.*models export"):
        load.prepare(hub_spec, quiet)


def test_a_full_disk_is_not_taken_for_a_silent_hub(hub_spec: Seq2SeqSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    info = type("Info", (), {"sha": "c0ffee", "siblings": [type("F", (), {"rfilename": "model.safetensors"})]})

    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda self, name, revision: info)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", full)
    with pytest.raises(ModelError, match=r"No space left.*THAI_BRIEF_CACHE"):
        load.prepare(hub_spec, quiet)


def test_a_repository_without_weights_is_refused(hub_spec: Seq2SeqSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    info = type("Info", (), {"sha": "c0ffee", "siblings": [type("F", (), {"rfilename": "tf_model.h5"})]})
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda self, name, revision: info)
    with pytest.raises(ModelError, match=r"neither safetensors nor \.bin"):
        load.prepare(hub_spec, quiet)


def test_a_folder_with_bin_weights_is_converted_once_without_a_network(marian: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(marian, folder)
    only_bin(folder)
    spec = folder_spec(folder)
    assert not load.status(spec).ready
    with pytest.raises(ModelMissing, match=r"\.bin weights only; run .*models prepare"):
        load.load(spec)
    load.prepare(spec, quiet)
    assert (folder / "pytorch_model.bin").is_file()  # the folder is somebody's: left as it was
    asked = requests([t for t, _ in PAIRS[:5]])
    assert load.load(spec).generate(asked) == load.load(folder_spec(marian)).generate(asked)


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("/tmp/thai-brief-was-here"),)


@pytest.mark.parametrize("content", ["code", "garbage", "half"])
def test_bin_weights_that_are_more_or_less_than_tensors_are_refused(content: str, marian: Path, tmp_path: Path) -> None:
    folder = tmp_path / "evil"
    shutil.copytree(marian, folder)
    only_bin(folder)
    file = folder / "pytorch_model.bin"
    data = {"code": pickle.dumps(Evil()), "garbage": b"no", "half": file.read_bytes()[:2000]}[content]
    file.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        load.prepare(folder_spec(folder), quiet)
    assert "\n" not in str(caught.value)
    assert "weights_only=False" not in str(caught.value)
    assert not Path("/tmp/thai-brief-was-here").exists()
    assert not load.status(folder_spec(folder)).ready


def test_a_strange_or_foreign_file_in_a_folder(marian: Path, tmp_path: Path) -> None:
    copied = hub.export(folder_spec(marian), tmp_path / "usb")
    assert load.load(folder_spec(copied))
    (copied / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelCorrupt, match="not in the folder's manifest"):
        load.load(folder_spec(copied))
    # Another program's manifest.json says nothing about a folder.
    foreign = tmp_path / "foreign"
    shutil.copytree(marian, foreign)
    (foreign / cache.MANIFEST).write_text('{"name": "web app"}')
    assert load.status(folder_spec(foreign)).ready
    assert load.load(folder_spec(foreign)).info.revision.startswith("sha256:")


def test_a_pinned_revision_is_held_against_a_folder_s_manifest(marian: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not known to be of revision deadbeef"):
        load.load(folder_spec(marian, revision="deadbeef"))
    copied = hub.export(folder_spec(marian), tmp_path / "usb")
    known = hub.revision(copied)
    assert load.load(folder_spec(copied, revision=known)).info.revision == known


def test_a_tilde_is_the_home_folder(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(marian.parent))
    assert load.status(folder_spec("~/marian")).ready
    with pytest.raises(ModelMissing, match=r"no model in ~/nothing"):
        load.load(folder_spec("~/nothing"))


def test_an_export_is_whole_or_not_there(marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = folder_spec(marian)

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy", full)
        with pytest.raises(ModelError, match="No space left on device; name another folder"):
            hub.export(spec, tmp_path / "usb")
    assert not list((tmp_path / "usb").iterdir())
    hub.export(spec, tmp_path / "usb")
    with pytest.raises(ModelError, match="is there already"):
        hub.export(spec, tmp_path / "usb")
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        hub.export(spec, tmp_path / "file")


def test_export_names_what_it_copies_and_what_not(marian: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        f"models:\n  a: {{kind: seq2seq, name: opus, source: {marian}, licence: none}}\n  b: {{kind: fake}}\n"
        "  c: {kind: causal, name: big, source: some/model, licence: none}\n"
        "summarize: {model: b}\ntranslate: {model: a}\n"
    )
    result = CliRunner().invoke(app, ["models", "export", str(tmp_path / "usb"), "--config", str(file)])
    assert result.exit_code == 0, result.stderr
    assert f"opus: {tmp_path / 'usb' / 'opus'}" in result.stderr
    assert "fake: comes with the installation" in result.stderr
    assert "big: kind causal is not copied" in result.stderr

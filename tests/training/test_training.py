"""The recipe on a tiny Gemma 3: the mixture's filters, the run-time prompt, a run that goes on, and an export that loads."""  # noqa: E501

from __future__ import annotations

import json
import lzma
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from evaluation.errors import DataError
from models import embedded, load
from models.base import Decoding, Request
from models.causal import framed
from models.spec import EmbeddedSpec
from pipeline import thai
from pipeline.errors import ConfigError
from pipeline.prompts import load_prompt, prompt_sha256
from tests.conftest import ROOT
from tests.models.tiny import save_tiny_gemma
from training import encode, mixture, sources
from training.cli import app
from training.config import Source, load_training_config
from training.sources import Example

runner = CliRunner()
GOLD = [
    {
        "id": n, "title_th": f"เปิดสะพานแห่งที่ {n}", "title_en": f"Bridge {n} opens",
        "lead_th": f"นายกรัฐมนตรีเปิดสะพานแห่งที่ {n} วันนี้", "lead_en": f"The Prime Minister opened bridge {n} today.",
        "body_th": f"นายกรัฐมนตรีเปิดสะพานแห่งที่ {n} วันนี้ ประชาชนเดินทางสะดวก",
        "summary_th": [f"เปิดสะพานแห่งที่ {n}", "ประชาชนเดินทางสะดวก"],
        "summary_en": [f"Bridge {n} opened.", "People travel with ease."],
    }
    for n in range(10, 30)
]  # fmt: skip


def write(path: Path, records: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    write(folder / "gold_train.jsonl", GOLD)
    other = {"body_th": "ฝนตกหนักในภาคเหนือ ขอให้ประชาชนระวัง", "lead_th": "ฝนตกหนักในภาคเหนือ",
             "summary_th": ["ฝนตกหนัก"], "summary_en": ["Heavy rain."]}  # fmt: skip
    dev = [{**g, **other, "title_th": f"ฝนตกหนัก {g['id']}"} for g in GOLD[:4]]
    write(folder / "gold_dev.jsonl", dev)
    write(folder / "docpairs_dev.jsonl", [{"title_th": "ก", "title_en": "a", "score": 1}])
    for name in ("ntrex_dev.tsv", "parallel/flores_dev.tsv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("th\ten\nสวัสดี\tHello\n", encoding="utf-8")
    return folder


def tsv(folder: Path, name: str, rows: list[tuple[str, str]]) -> None:
    text = "th\ten\n" + "".join(f"{a}\t{b}\n" for a, b in rows)
    (folder / "parallel" / f"{name}.tsv").write_text(text, encoding="utf-8")


def test_what_is_unfit_is_left_out_and_counted(data: Path) -> None:
    leak = "องค์การสหประชาชาติประกาศให้ปีนี้เป็นปีแห่งการอนุรักษ์แหล่งน้ำจืดทั่วโลกอย่างเป็นทางการ"
    (data / "ntrex_dev.tsv").write_text(f"th\ten\n{leak}\tUN year of water\n", encoding="utf-8")
    tsv(data, "thaigov_en_paras", [
        ("รัฐบาลอนุมัติงบ 5 ล้านบาท", "The government approved 5 million baht"),
        ("รัฐบาลอนุมัติงบ 5 ล้านบาท", "The government approved 5 million baht again"),
        ("รัฐบาลอนุมัติงบ 7 ล้านบาท", "The government approved 9 million baht"),
        ("The Cabinet", "The Cabinet"),
        ("คณะรัฐมนตรีเห็นชอบ", "คณะรัฐมนตรีเห็นชอบ"),
        ("กระทรวงการคลังแถลงผลการจัดเก็บรายได้ประจำปี", "MoF"),
        (f"{leak} เพิ่มเติม", "The United Nations declared this year a year of fresh water"),
        (" ", "nothing"),
    ])  # fmt: skip
    examples, counts = mixture.build(data, [Source(name="thaigov_en_paras")])
    assert [e.target for e in examples] == ["The government approved 5 million baht"]
    assert counts["thaigov_en_paras"] == {
        "kept": 1, "duplicate": 1, "numbers": 1, "source not Thai": 1, "target not English": 1, "lengths": 1, "leak": 1,
        "empty": 1,
    }  # fmt: skip


def test_limit_and_repeat(data: Path) -> None:
    examples, counts = mixture.build(data, [Source(name="gold_titles", limit=3, repeat=2)])
    assert [e.target for e in examples] == [f"Bridge {n} opens" for n in (10, 10, 11, 11, 12, 12)]
    assert counts["gold_titles"]["kept"] == 3


def our_articles() -> list[dict]:
    files = sorted(sources.GOLD.glob("articles-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_our_own_gold_is_whole() -> None:
    records = our_articles()
    assert len({r["id"] for r in records}) == len(records)
    for record in records:
        assert set(record) == {"id", "title_en", "summary_th", "summary_en"}
        assert len(record["summary_th"]) == len(record["summary_en"]) in (2, 3), record["id"]
        assert all(thai.thai_share(text) > 0.25 for text in record["summary_th"]), record["id"]
        assert all(thai.thai_share(text) < 0.2 for text in (record["title_en"], *record["summary_en"])), record["id"]
    general = (sources.GOLD / "general.tsv").read_text(encoding="utf-8").splitlines()
    assert len(set(general)) == len(general)
    assert all(line.count("\t") == 1 for line in general)


def test_our_own_gold_finds_its_articles(data: Path) -> None:
    """Articles stay in the data folder; one that is not there is left out and counted."""
    records = our_articles()
    body = "รัฐบาลเปิดสะพานใหม่ " * 200
    news = {"id": records[0]["id"], "title": "รัฐบาลเปิดสะพานใหม่วันนี้ที่กรุงเทพมหานคร", "body": body}
    lead = {
        "id": -1,
        "title": "ก",
        "body": "นายกรัฐมนตรีเปิดสะพานแห่งใหม่ในกรุงเทพมหานครเพื่อลดปัญหาการจราจร" * 2 + "\n" + "ถนน" + body,
    }
    with lzma.open(data / "thai_news.jsonl.xz", "wt", encoding="utf-8") as handle:
        handle.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in (news, lead))
    examples, counts = mixture.build(data, [Source(name="own_articles"), Source(name="news_leads")])
    assert counts["own_articles"] == {"kept": 1, "empty": len(records) - 1}
    assert examples[0].target == "\n".join(records[0]["summary_th"])
    assert sources.READ - 30 < len(examples[0].source) <= sources.READ
    assert not examples[0].source.endswith(" ")
    assert [e.origin for e in examples] == ["own_articles", "news_leads"]
    assert examples[1].target == lead["body"].partition("\n")[0]


def test_unknown_names_are_said(data: Path) -> None:
    with pytest.raises(ConfigError, match=r"gold_titels.*gold_titles"):
        mixture.build(data, [Source(name="gold_titels")])
    with pytest.raises(ConfigError, match="ntrex"):
        mixture.read_dev(data, "ntrx", 1)
    with pytest.raises(DataError, match=r"talpco\.tsv: no such file"):
        mixture.build(data, [Source(name="talpco")])


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "training").rglob("*.yaml")), ids=lambda p: p.stem)
def test_every_recipe_is_whole(path: Path) -> None:
    config = load_training_config(path)
    assert config.name == path.stem
    assert {s.name for s in config.sources} <= sources.READERS.keys()
    assert {s.name for s in config.dev} <= sources.DEV.keys()
    for name in config.prompts.values():
        load_prompt(name)


def test_a_misspelt_recipe_names_the_key(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text((ROOT / "configs/training/gemma-th-en.yaml").read_text(encoding="utf-8").replace("rank:", "rnak:"))
    with pytest.raises(ConfigError, match=r"lora\.rnak"):
        load_training_config(file)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "models" / "adapters").glob("*/recipe.json")), ids=lambda p: p.parent.name
)
def test_shipped_adapters_match_their_prompts(path: Path) -> None:
    """A prompt that changes under an adapter would make it worse in silence."""
    for name, sha in json.loads(path.read_text(encoding="utf-8"))["prompts"].items():
        assert prompt_sha256(load_prompt(name)) == sha, name


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "gemma"
    save_tiny_gemma(folder)
    return folder


def test_training_reads_what_run_time_reads(base: Path) -> None:
    tokenizer, bos = encode.load_tokenizer(base)
    prompt = load_prompt("translate.th-en.v2")
    example = Example("translate", "สวัสดี\nไทย", "Hello", "x")
    encoded = encode.encode(example, prompt, tokenizer, bos)
    assert encoded is not None
    run_time = [*bos, *tokenizer.encode(framed(prompt, example.source), add_special_tokens=False).ids]
    assert encoded.ids[: encoded.prompt] == run_time
    assert tokenizer.decode(encoded.ids[encoded.prompt :]).strip(" ") == "Hello\n"
    summary = Example("summarize", "ข่าว", "หนึ่ง\nสอง", "x")
    assert encode.answer(summary, load_prompt("summarize.th.v1")) == " หนึ่ง\n- สอง\n\n"


def recipe(tmp_path: Path, base: Path, tokens: int) -> Path:
    file = tmp_path / "tiny.yaml"
    file.write_text(
        f"""
name: tiny
model: {{kind: embedded, name: tiny, source: {base}, vocabulary: null, local_rope_theta: 50000, max_tokens: 256}}
prompts: {{translate: translate.th-en.v2, headline: headline.th-en.v2, summarize: summarize.th.v1}}
context: 512
sources: [{{name: gold_titles}}, {{name: gold_leads}}, {{name: gold_articles, limit: 2}}]
dev: [{{name: gold_titles, limit: 2}}]
lora: {{rank: 4, alpha: 8}}
optimisation: {{tokens: {tokens}, batch_tokens: 512, learning_rate: 0.01, evaluate_every: 2000, dtype: float32}}
""",
        encoding="utf-8",
    )
    return file


def invoke(*args: object) -> str:
    result = runner.invoke(app, list(map(str, args)))
    assert result.exit_code == 0, result.stderr
    return result.stderr


def test_prepare_train_go_on_export_and_load(
    tmp_path: Path, data: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    prepared, run = tmp_path / "prepared", tmp_path / "run"
    invoke("prepare", "--config", recipe(tmp_path, base, 6000), "--data", data, "--out", prepared, "--parts", 1)
    said = json.loads((prepared / "prepared.json").read_text(encoding="utf-8"))
    assert said["sources"]["gold_titles"]["kept"] == 20
    assert said["by_task"] == {"headline": 20, "translate": 20, "summarize": 2}
    with np.load(prepared / "mixture.npz") as arrays:
        assert len(arrays["prompts"]) == 42
        assert arrays["starts"][-1] == len(arrays["ids"]) == said["tokens"]
    # As on another machine: the parts alone, joined again.
    weights = (prepared / "base" / "model.safetensors").read_bytes()
    (prepared / "base" / "model.safetensors").unlink()
    invoke("train", prepared, "--out", run, "--minutes", 0.0001)
    assert (prepared / "base" / "model.safetensors").read_bytes() == weights
    first = json.loads((run / "checkpoint" / "progress.json").read_text())
    assert 0 < first["tokens"] < 6000
    assert "going on from" in invoke("train", prepared, "--out", run)
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    looks = [r["dev"]["gold_titles"]["loss"] for r in log if "dev" in r]
    assert looks[-1] < looks[0] - 0.5  # it learns
    # Another run goes on from its best adapter: no worse at its first look than the best one, and it says so.
    best = max((r for r in log if "dev" in r), key=lambda r: r["dev_mean"])["dev"]["gold_titles"]["loss"]
    invoke("train", prepared, "--out", tmp_path / "second", "--start", run / "best", "--minutes", 0.0001)
    second = json.loads((tmp_path / "second" / "log.jsonl").read_text().splitlines()[-1])
    assert second["dev"]["gold_titles"]["loss"] < best + 0.5
    assert len(second["started_from"]) == 64
    table = runner.invoke(app, ["compare", str(run), str(tmp_path / "second")]).stdout.splitlines()
    assert table[0] == "| run | tokens | minutes | gold_titles: loss, score |"
    assert [row.split(" ")[1] for row in table[2:]] == ["run", "second"]
    adapter = tmp_path / "adapter"
    invoke("export", prepared, run, "--out", adapter)
    assert "<svg" in (adapter / "curves.svg").read_text(encoding="utf-8")
    spec = EmbeddedSpec(
        kind="embedded", name="tiny", source=str(base), vocabulary=None, adapter=str(adapter), local_rope_theta=50_000,
        max_tokens=256, compute_type="float32", threads=1,
    )  # fmt: skip
    load.prepare(spec, lambda what, share: None)
    model = load.load(spec)
    assert "+adapter:" in model.info.revision
    rounded = spec.model_copy(update={"compute_type": "int8"})
    load.prepare(rounded, lambda what, share: None)
    folder = embedded._runnable(rounded)
    (adapter / "activations.safetensors").unlink()
    assert embedded._runnable(rounded) != folder  # int8 is smoothed with what `export` measured
    prompt = load_prompt("headline.th-en.v2")
    decoding = Decoding(max_new_tokens=16)
    plain = spec.model_copy(update={"adapter": None})
    load.prepare(plain, lambda what, share: None)
    request = Request("headline", "เปิดสะพานแห่งที่ 12", prompt=prompt, decoding=decoding)
    assert model.generate([request])[0][0].text != load.load(plain).generate([request])[0][0].text


def test_a_stopped_run_is_the_same_run(tmp_path: Path, data: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped half-way and gone on with, it ends with the weights of a run that never stopped."""
    from safetensors.numpy import load_file

    from training.train import Trainer

    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    prepared = tmp_path / "prepared"
    invoke("prepare", "--config", recipe(tmp_path, base, 3000), "--data", data, "--out", prepared)
    Trainer(prepared, tmp_path / "whole", lambda text: None).run(None)
    halves = Trainer(prepared, tmp_path / "halves", lambda text: None)
    halves.options = {**halves.options, "evaluate_every": 1500}
    real = halves._save

    class Stop(Exception):
        pass

    def save_and_stop() -> None:
        real()
        raise Stop

    monkeypatch.setattr(halves, "_save", save_and_stop)
    with pytest.raises(Stop):
        halves.run(None)
    Trainer(prepared, tmp_path / "halves", lambda text: None).run(None)
    a, b = (load_file(tmp_path / name / "checkpoint" / "adapter_model.safetensors") for name in ("whole", "halves"))
    assert a.keys() == b.keys()
    assert all(np.allclose(a[k], b[k], atol=1e-5) for k in a)


def test_a_start_that_does_not_fit_is_refused(
    tmp_path: Path, data: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THAI_BRIEF_CACHE", str(tmp_path / "cache"))
    prepared, run = tmp_path / "prepared", tmp_path / "run"
    small = recipe(tmp_path, base, 3000)
    invoke("prepare", "--config", small, "--data", data, "--out", prepared)
    invoke("train", prepared, "--out", run, "--minutes", 0.0001)
    small.write_text(small.read_text(encoding="utf-8").replace("rank: 4", "rank: 8"), encoding="utf-8")
    invoke("prepare", "--config", small, "--data", data, "--out", tmp_path / "wider")
    for start, message in ((run, "no adapter to start from"), (run / "best", "another shape")):
        result = runner.invoke(
            app, ["train", str(tmp_path / "wider"), "--out", str(tmp_path / "x"), "--start", str(start)]
        )
        assert result.exit_code == 2
        assert message in result.stderr
    result = runner.invoke(app, ["compare", str(tmp_path)])
    assert result.exit_code == 2
    assert "no run is here" in result.stderr


def test_training_needs_little() -> None:
    """A bare GPU machine has torch, transformers, peft, numpy and sacrebleu; another import would end the run."""
    missing = ("datasets", "ctranslate2", "gguf", "typer", "rich", "pydantic", "yaml", "pythainlp", "jinja2")
    blocked = "".join(f"sys.modules[{name!r}] = None\n" for name in missing)
    code = f"import sys\n{blocked}from training.train import main\nmain()"
    result = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "--start" in result.stdout


def test_export_without_a_run_says_so(tmp_path: Path, data: Path) -> None:
    (tmp_path / "p").mkdir()
    shutil.copy(ROOT / "configs/training/gemma-th-en.yaml", tmp_path / "p")
    result = runner.invoke(app, ["export", str(tmp_path / "p"), str(tmp_path)])
    assert result.exit_code == 2
    assert "prepared.json" in result.stderr

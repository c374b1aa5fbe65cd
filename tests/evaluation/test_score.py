"""`score` and `compare`: what a person gets, and what bad input says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.evaluation.conftest import ARTICLES, evaluate, make_run, write_jsonl


def report(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def signatures(track: dict) -> dict[str, str]:
    return {m["name"]: m["signature"] for m in track["metrics"]}


def test_intervals_hold_their_scores(tmp_path: Path) -> None:
    refs = twelve(tmp_path)
    run = make_run(tmp_path / "twelve", refs)
    assert evaluate("score", run, "--refs", refs).exit_code == 0
    checked = 0
    for track in report(run / "evaluation")["tracks"]:
        for row in track["systems"].values():
            for score in (s for s in row.values() if s["low"] is not None):
                assert score["low"] - 1e-9 <= score["value"] <= score["high"] + 1e-9
                checked += 1
    assert checked > 100


def test_a_run_gets_a_table_and_three_files(run_dir: Path, refs: Path) -> None:
    result = evaluate("score", run_dir, "--refs", refs)
    assert result.exit_code == 0, result.stderr
    assert "summary_th (3 scored)" in result.stdout
    found = report(run_dir / "evaluation")
    assert [t["name"] for t in found["tracks"]] == ["summary_th", "summary_en", "title_en"]
    thai, english, _ = found["tracks"]
    assert set(thai["systems"]) == {
        "run", "lead-1", "lead-2", "lead-3", "lead-length", "textrank", "random", "oracle", "reference",
    }  # fmt: skip
    assert set(english["systems"]) == {"run", "copy", "dictionary", "reference"}
    assert [i["id"] for i in thai["items"]] == ["1", "two", "สาม/3"]
    for track in found["tracks"]:
        for name in track["systems"]["run"]:
            assert "bs:1000|seed:12345" in signatures(track)[name]
        assert set(track["baselines"]) == set(track["systems"]) - {"run", "reference"}
    assert "refs:var" in signatures(thai)["ROUGE-L newmm F"]
    assert "tok:newmm|pythainlp-" in signatures(thai)["ROUGE-L xlsum F"]
    assert (
        thai["systems"]["oracle"]["ROUGE-1 newmm F"]["value"] >= thai["systems"]["random"]["ROUGE-1 newmm F"]["value"]
    )
    assert thai["systems"]["lead-2"]["number P"]["value"] == 100
    # Human text is faithful by the same measures, against its own Thai.
    assert english["systems"]["reference"]["fact P"]["value"] == 100
    assert english["systems"]["copy"]["flagged"]["value"] == 100


def test_the_same_command_gives_the_same_scores_and_seed_moves_only_intervals(run_dir: Path, refs: Path) -> None:
    tracks = []
    for seed in ("1", "1", "2"):
        assert evaluate("score", run_dir, "--refs", refs, "--seed", seed, "--no-baselines").exit_code == 0
        tracks.append(report(run_dir / "evaluation")["tracks"])
    assert tracks[0] == tracks[1] != tracks[2]
    assert [t["items"] for t in tracks[0]] == [t["items"] for t in tracks[2]]


def test_the_page_is_self_contained_and_escapes_what_articles_say(tmp_path: Path) -> None:
    evil = {**ARTICLES[0], "id": "evil", "summary_th": "<script>alert(1)</script> รัฐบาลแถลงข่าว & ประชุม"}
    refs = write_jsonl(tmp_path / "refs.jsonl", [evil])
    run = make_run(tmp_path / "run", refs)
    assert evaluate("score", run, "--refs", refs).exit_code == 0
    page = (run / "evaluation" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"(src|href)=.https?:", page)
    assert page.count("<svg") == 6
    assert "Noto Sans Thai" in page
    markdown = (run / "evaluation" / "report.md").read_text(encoding="utf-8")
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert len(rows) > 40
    assert len({line.count("|") for line in rows if line.startswith("| ROUGE-1 newmm")}) == 1


def test_an_empty_output_is_scored_as_empty(run_dir: Path, refs: Path) -> None:
    brief = json.loads((run_dir / "two.json").read_text(encoding="utf-8"))
    (run_dir / "two.json").write_text(json.dumps(brief | {"summary_th": [], "summary_en": [], "title_en": ""}))
    assert evaluate("score", run_dir, "--refs", refs).exit_code == 0
    for track in report(run_dir / "evaluation")["tracks"]:
        item = next(i for i in track["items"] if i["id"] == "two")
        assert item["ROUGE-L newmm F" if track["name"] == "summary_th" else "chrF++"] == 0
        assert item["flagged"] in (100, None)
        assert track["size"] == 3


def test_body_translations_are_scored_where_both_have_them(tmp_path: Path) -> None:
    refs = write_jsonl(tmp_path / "refs.jsonl", [{**ARTICLES[0], "body_en": ["The bridge is 450 metres long."]}])
    run = make_run(tmp_path / "run", refs, "--translate", "both")
    assert evaluate("score", run, "--refs", refs, "--ter").exit_code == 0
    names = {t["name"]: t for t in report(run / "evaluation")["tracks"]}
    assert "TER" in names["body_en"]["systems"]["run"]
    assert "ROUGE-L en F" not in names["body_en"]["systems"]["run"]


def test_articles_come_from_the_briefs_source_when_the_references_hold_none(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(f"{ARTICLES[0]['title_th']}\n{ARTICLES[0]['body_th']}", encoding="utf-8")
    refs = write_jsonl(tmp_path / "refs.jsonl", [{"id": "a", "summary_th": ARTICLES[0]["summary_th"]}])
    from pipeline.cli import app
    from tests.evaluation.conftest import FAKE, runner

    out = tmp_path / "run"
    assert runner.invoke(app, ["run", str(article), "--config", FAKE, "--out", str(out)]).exit_code == 0
    assert evaluate("score", out, "--refs", refs).exit_code == 0
    assert "lead-1" in report(out / "evaluation")["tracks"][0]["systems"]
    article.write_text("เปลี่ยนไปแล้ว", encoding="utf-8")  # no longer what the brief was made of
    result = evaluate("score", out, "--refs", refs)
    assert result.exit_code == 0
    assert "No extractive baselines" in result.stderr
    assert "lead-1" not in report(out / "evaluation")["tracks"][0]["systems"]


ONE = ARTICLES[0]
BAD: dict[str, tuple[list, str]] = {
    "missing reference": (ARTICLES[:2], "1 output(s) without a reference: สาม-3"),
    "missing output": ([*ARTICLES, {**ONE, "id": 9}], "1 reference(s) without an output: 9"),
    "zero overlap": ([{**ONE, "id": "other"}], "no id of the run is among the references"),
    "duplicate": ([*ARTICLES, ONE], "refs.jsonl:4: id 1 was already at"),
    "no id": ([{"summary_th": "ก"}], "refs.jsonl:1: no id; it has summary_th"),
    "no field": ([{"id": 1, "text": "ก"}], "refs.jsonl:1: none of summary_th"),
    "not Thai": (
        [{"id": 1, "summary_th": "The Prime Minister opened a new bridge over the river."}],
        "refs.jsonl:1: summary_th is not Thai",
    ),
    "not English": (
        [{"id": 1, "summary_en": ["นายกรัฐมนตรีเปิดสะพานข้ามแม่น้ำแห่งใหม่วันนี้"]}],
        "refs.jsonl:1: summary_en is not English",
    ),
    "empty id": ([{**ONE, "id": " "}], "refs.jsonl:1: no id"),
    "two ids, one file name": (
        [{**ONE, "id": "a/b"}, {**ONE, "id": "a:b"}],
        "ids a/b and a:b both become the file name",
    ),
    "another script": (
        [{"id": 1, "summary_en": "Премьер-министр открыл новый мост через реку"}],
        "refs.jsonl:1: summary_en is not English",
    ),
    "odd shape": ([{"id": 1, "summary_th": {"a": 1}}], "refs.jsonl:1: summary_th must be text"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_references_are_one_line_and_exit_1(tmp_path: Path, run_dir: Path, name: str) -> None:
    records, says = BAD[name]
    result = evaluate("score", run_dir, "--refs", write_jsonl(tmp_path / "refs.jsonl", records))
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stderr.strip().count("\n") == 0


def test_allow_missing_scores_what_matches_and_says_so(tmp_path: Path, run_dir: Path) -> None:
    refs = write_jsonl(tmp_path / "refs.jsonl", [ARTICLES[0], {**ONE, "id": 9}])
    result = evaluate("score", run_dir, "--refs", refs, "--allow-missing")
    assert result.exit_code == 0, result.stderr
    assert "Scored 1 of 2 references and 3 briefs" in result.stderr
    assert report(run_dir / "evaluation")["tracks"][0]["size"] == 1


def test_articles_that_failed_in_the_run_are_named(tmp_path: Path, run_dir: Path) -> None:
    (run_dir / "failures.jsonl").write_text('{"article_id": "9", "input": "x", "reason": "empty", "message": "m"}\n')
    refs = write_jsonl(tmp_path / "refs.jsonl", [*ARTICLES, {**ONE, "id": 9}])
    result = evaluate("score", run_dir, "--refs", refs)
    assert result.exit_code == 1
    assert "(1 of them failed in the run): 9" in result.stderr


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("{", "not a whole brief"),
        ("{}", "it has no article_id"),
        ('{"article_id": "two"}', "title_th, title_en, summary_th"),
        (
            '{"article_id": "2", "title_th": "", "title_en": "", "summary_th": [], "summary_en": [], "findings": [{}]}',
            "findings",
        ),
        (
            '{"article_id": "two", "title_th": "\\ud800", "title_en": "", "summary_th": [], "summary_en": []}',
            "a character",
        ),
        ('{"article_id": "1", "title_th": "", "title_en": "", "summary_th": [], "summary_en": []}', "another brief"),
    ],
)
def test_a_damaged_brief_is_named(run_dir: Path, refs: Path, damage: str, says: str) -> None:
    (run_dir / "two.json").write_text(damage)
    result = evaluate("score", run_dir, "--refs", refs)
    assert result.exit_code == 1
    assert str(run_dir / "two.json") in result.stderr
    assert says in result.stderr


def test_a_report_is_not_put_among_the_briefs(run_dir: Path, refs: Path) -> None:
    result = evaluate("score", run_dir, "--refs", refs, "--out", run_dir)
    assert result.exit_code == 2
    assert "not put among the briefs" in result.stderr


def test_a_folder_that_cannot_be_written_is_said_before_the_work(run_dir: Path, refs: Path) -> None:
    result = evaluate("score", run_dir, "--refs", refs, "--out", "/dev/null/x")
    assert result.exit_code == 1
    assert "give another --out" in result.stderr


def test_fields_that_some_references_lack_are_counted(tmp_path: Path) -> None:
    refs = write_jsonl(
        tmp_path / "refs.jsonl", [{**a, "summary_en": "" if a["id"] == 1 else a["summary_en"]} for a in ARTICLES]
    )
    result = evaluate("score", make_run(tmp_path / "run", refs), "--refs", refs)
    assert result.exit_code == 0
    assert "summary_en: 2 of the 3 have a reference" in result.stderr


def test_all_empty_is_not_faithful(run_dir: Path, refs: Path) -> None:
    for file in run_dir.glob("*.json"):
        brief = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(brief | {"summary_th": [], "summary_en": ["", ""]}))
    assert evaluate("score", run_dir, "--refs", refs, "--similarity").exit_code == 0
    thai, english, _ = report(run_dir / "evaluation")["tracks"]
    assert thai["systems"]["run"]["flagged"]["value"] == english["systems"]["run"]["flagged"]["value"] == 100
    assert english["systems"]["run"]["fact R"]["value"] == 0
    assert english["systems"]["run"]["similarity article"]["value"] == 0
    assert english["systems"]["run"]["compression"]["value"] is None


def test_an_english_summary_of_the_translated_article_is_held_against_the_article(run_dir: Path, refs: Path) -> None:
    """`alignment: none`: what the Thai summary lacks is no fault of it, what the article lacks is."""
    said = {
        "1": "The bridge, 450 metres long, cost 1.2 billion baht.",
        "two": "Heavy rain is forecast in 14 provinces.",
    }
    for file in run_dir.glob("*.json"):
        brief = json.loads(file.read_text(encoding="utf-8"))
        title = {"1": "เปิดสะพาน", "two": "เตือนฝน"}
        name = next((n for n, start in title.items() if brief["title_th"].startswith(start)), None)
        english = [said[name]] if name else ["UNESCO will help."]
        brief |= {"alignment": "none", "summary_th": ["ไม่มีตัวเลข", "สอง"], "summary_en": english}
        file.write_text(json.dumps(brief))
    assert evaluate("score", run_dir, "--refs", refs).exit_code == 0
    track = next(t for t in report(run_dir / "evaluation")["tracks"] if t["name"] == "summary_en")
    assert track["systems"]["run"]["number P"]["value"] == pytest.approx(100 * 2 / 3)
    assert track["systems"]["run"]["flagged"]["value"] == pytest.approx(100 / 3)


def test_articles_of_a_jsonl_run_are_found_again(tmp_path: Path, refs: Path) -> None:
    run = make_run(tmp_path / "run", refs)
    bare = write_jsonl(tmp_path / "bare.jsonl", [{k: v for k, v in a.items() if k != "body_th"} for a in ARTICLES])
    assert evaluate("score", run, "--refs", bare).exit_code == 0
    assert "lead-1" in report(run / "evaluation")["tracks"][0]["systems"]


def test_an_empty_or_missing_run_says_how_to_make_one(tmp_path: Path, refs: Path) -> None:
    for folder, says in ((tmp_path / "none", "no such folder"), (tmp_path, "python -m pipeline run")):
        result = evaluate("score", folder, "--refs", refs)
        assert result.exit_code == 1
        assert says in result.stderr


def twelve(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "twelve.jsonl", [{**a, "id": f"{a['id']}{n}"} for n in range(4) for a in ARTICLES])


def test_compare_two_runs(tmp_path: Path) -> None:
    refs = twelve(tmp_path)
    runs = [make_run(tmp_path / name, refs) for name in ("x[/b]", "other")]
    for brief in runs[1].glob("*.json"):
        text = json.loads(brief.read_text(encoding="utf-8"))
        brief.write_text(json.dumps({**text, "summary_th": ["ไม่เกี่ยวกัน"], "summary_en": ["Other."]}))
    result = evaluate("compare", *runs, "--refs", refs, "--out", tmp_path / "c", "--resamples", "200")
    assert result.exit_code == 0, result.stderr
    found = json.loads((tmp_path / "c" / "compare.json").read_text(encoding="utf-8"))
    row = next(r for r in found["tracks"]["summary_th"] if r["metric"] == "ROUGE-1 newmm F")
    assert row["difference"] == pytest.approx(row["a"] - row["b"])
    assert 0 < row["low"] <= row["difference"] <= row["high"]
    assert row["p_bootstrap"] < 0.05
    titles = next(r for r in found["tracks"]["title_en"] if r["metric"] == "BLEU")
    assert (titles["difference"], titles["p_bootstrap"], titles["p_randomisation"]) == (0, 1, 1)
    assert "p (randomisation)" in (tmp_path / "c" / "compare.md").read_text(encoding="utf-8")


def test_runs_of_both_orders_are_held_against_the_article(tmp_path: Path) -> None:
    refs = twelve(tmp_path)
    runs = [make_run(tmp_path / name, refs) for name in ("summary", "translation")]
    for brief in runs[1].glob("*.json"):
        text = json.loads(brief.read_text(encoding="utf-8"))
        # The same English, said to be of the article: nothing may tell the two apart.
        brief.write_text(json.dumps({**text, "alignment": "none", "summary_th": ["ไม่เกี่ยวกัน"]}))
    result = evaluate("compare", *runs, "--refs", refs, "--out", tmp_path / "c", "--resamples", "200")
    assert result.exit_code == 0, result.stderr
    found = json.loads((tmp_path / "c" / "compare.json").read_text(encoding="utf-8"))["tracks"]["summary_en"]
    assert {r["metric"] for r in found} >= {"BLEU", "fact P"}
    assert all(r["difference"] == 0 for r in found if r["difference"] is not None)


def test_compare_keeps_to_the_articles_that_both_have(tmp_path: Path) -> None:
    refs = write_jsonl(tmp_path / "refs.jsonl", [{**a, "body_en": "The bridge."} for a in ARTICLES])
    a, b = (make_run(tmp_path / name, refs, "--translate", "both") for name in "ab")
    for brief in b.glob("*.json"):
        text = json.loads(brief.read_text(encoding="utf-8"))
        brief.write_text(json.dumps({k: v for k, v in text.items() if k != "body"}))
    result = evaluate("compare", a, b, "--refs", refs, "--out", tmp_path / "c")
    assert result.exit_code == 0, result.stderr
    assert "body_en" not in json.loads((tmp_path / "c" / "compare.json").read_text(encoding="utf-8"))["tracks"]
    assert "body_en: 3 article(s) that only one of the runs has are left out" in result.stderr


def test_of_few_articles_no_interval_and_no_p_value_is_given(run_dir: Path, refs: Path, tmp_path: Path) -> None:
    """Resampling three articles would call chance significant."""
    assert evaluate("score", run_dir, "--refs", refs).exit_code == 0
    score = report(run_dir / "evaluation")["tracks"][0]["systems"]["run"]["ROUGE-1 newmm F"]
    assert score["low"] is None
    assert score["n"] == 3
    assert "(n=3)" in (run_dir / "evaluation" / "report.md").read_text(encoding="utf-8")
    other = make_run(tmp_path / "other", refs)
    assert evaluate("compare", run_dir, other, "--refs", refs, "--out", tmp_path / "c").exit_code == 0
    found = json.loads((tmp_path / "c" / "compare.json").read_text(encoding="utf-8"))
    assert {r["p_bootstrap"] for r in found["tracks"]["summary_th"]} == {None}


def test_compare_needs_the_same_articles(tmp_path: Path, run_dir: Path, refs: Path) -> None:
    other = make_run(tmp_path / "other", refs)
    (other / "1.json").unlink()
    result = evaluate("compare", run_dir, other, "--refs", refs)
    assert result.exit_code == 1
    assert "without an output: 1" in result.stderr


def test_scores_of_many_articles_come_from_all_cores_and_are_the_same(
    run_dir: Path, refs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluation import parallel

    assert evaluate("score", run_dir, "--refs", refs).exit_code == 0
    before = report(run_dir / "evaluation")["tracks"]
    monkeypatch.setattr(parallel, "WORTH_IT", 1)
    monkeypatch.setattr(parallel.os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
    assert evaluate("score", run_dir, "--refs", refs).exit_code == 0
    assert report(run_dir / "evaluation")["tracks"] == before

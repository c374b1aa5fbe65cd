"""Configs: every shipped one is valid; a mistake is named with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.config import Config, load_config
from pipeline.errors import ConfigError
from pipeline.prompts import FOLDER, load_prompt, prompt_sha256
from tests.conftest import ROOT

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=[p.stem for p in CONFIGS])
def test_every_shipped_config_is_valid_and_says_when_to_choose_it(path: Path) -> None:
    config = load_config(path)
    for prompt in (config.summarize.prompt, config.translate.prompt, config.translate.headline_prompt):
        assert prompt is None or load_prompt(prompt)
    assert path.read_text(encoding="utf-8").startswith("#")
    assert Config.model_validate(config.model_dump()) == config


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("summarize.num_beam", 4, "summarize.num_beam: unknown key, did you mean num_beams"),
        ("translate.promt", "x", "translate.promt: unknown key, did you mean prompt"),
        ("sumarize", {}, "sumarize: unknown key, did you mean summarize"),
        ("models.fake.max_token", 9, "models.fake.max_token: unknown key, did you mean max_tokens"),
        ("models.fake.kind", "fakes", "models.fake"),
        ("summarize.num_beams", 0, "summarize.num_beams: Input should be greater than or equal to 1"),
        ("summarize.min_sentences", 5, "min_sentences is larger than max_sentences"),
        ("translate.model", "nllb", "translate.model: no model 'nllb' under models (fake)"),
        ("translate.scope", "title", "translate.scope"),
        ("zzz", 1, "zzz: unknown key"),
        (
            "summarize_english",
            {"model": "fake", "promt": "x"},
            "summarize_english.promt: unknown key, did you mean prompt",
        ),
        ("models.fake", {"kind": "seq2seq", "name": "n", "source": ["x"], "licence": "y"}, "models.fake.source"),
        ("models.fake", {"kind": "seq2seq", "name": "n", "source": "x/y"}, "models.fake.licence: Field required"),
    ],
)
def test_a_mistake_is_named(key: str, value: object, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(ROOT / "configs" / "fake.yaml", {key: value})
    assert says in str(caught.value)
    assert "fake.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [("models: [", "not valid YAML"), ("- a", "mapping of sections"), ("", "mapping of sections")],
)
def test_a_broken_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=says):
        load_config(path)


def test_a_missing_config_lists_the_shipped_ones() -> None:
    with pytest.raises(ConfigError, match=r"shipped ones are: base, default, .*fake, hub"):
        load_config(Path("nope.yaml"))


def test_a_shipped_config_is_found_by_name() -> None:
    assert load_config(Path("fake")) == load_config(ROOT / "configs" / "fake.yaml")


def test_the_config_hash_follows_the_content(tmp_path: Path) -> None:
    data = yaml.safe_load((ROOT / "configs" / "fake.yaml").read_text(encoding="utf-8"))
    same = tmp_path / "same.yaml"
    same.write_text(yaml.safe_dump(data, sort_keys=True))
    base = load_config(ROOT / "configs" / "fake.yaml")
    assert load_config(same).sha256() == base.sha256()
    assert load_config(same, {"summarize.num_beams": 2}).sha256() != base.sha256()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_prompts_are_well_formed(path: Path) -> None:
    prompt = load_prompt(path.stem)
    assert set(prompt.stop) == {"\n"}
    assert len(prompt_sha256(prompt)) == 64


def test_an_unknown_prompt_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"summarize\.th\.v1"):
        load_prompt("summarise.th.v1")

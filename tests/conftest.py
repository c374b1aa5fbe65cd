"""Shared fixtures: the fake context, and the real embedded model prepared once."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import load
from pipeline.article import Article, Origin
from pipeline.config import Config, load_config
from pipeline.flow import make_context
from pipeline.steps import Context

ROOT = Path(__file__).parent.parent


@pytest.fixture
def fake_config() -> Config:
    return load_config(ROOT / "configs" / "fake.yaml")


@pytest.fixture
def fake_context(fake_config: Config, tmp_path: Path) -> Context:
    out = tmp_path / "out"
    out.mkdir()
    return make_context(fake_config, out)


@pytest.fixture(scope="session")
def embedded_config() -> Config:
    """The default config, with its model prepared in the user's cache (a minute, the first time)."""
    config = load_config(ROOT / "configs" / "default.yaml")
    for spec in config.models.values():
        load.prepare(spec, lambda what, share: None)
    return config


def article(text: str | bytes, article_id: str = "a") -> Article:
    """An unread article with these bytes."""
    data = text.encode() if isinstance(text, str) else text
    return Article(article_id, Origin(f"{article_id}.txt", data=data))

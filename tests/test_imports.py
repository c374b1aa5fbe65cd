"""Who may import whom: the contracts of pyproject.toml hold."""

from __future__ import annotations

import os

from tests.conftest import ROOT


def test_import_contracts() -> None:
    from importlinter.application.use_cases import lint_imports
    from importlinter.configuration import configure

    configure()
    here = os.getcwd()
    os.chdir(ROOT)
    try:
        assert lint_imports(config_filename=str(ROOT / "pyproject.toml"))
    finally:
        os.chdir(here)

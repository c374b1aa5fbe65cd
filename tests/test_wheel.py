"""The built wheel carries all that a run outside a checkout needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT


def test_the_wheel_holds_the_data(tmp_path: Path) -> None:
    source = tmp_path / "source"  # a build leaves files behind
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "out", "build", "*.egg-info", "__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("thai_brief-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"pipeline/data/configs/{p.name}" for p in (ROOT / "configs").glob("*.yaml")}
    shipped |= {f"pipeline/data/examples/{p.name}" for p in (ROOT / "examples").glob("*.txt")}
    shipped |= {f"pipeline/prompts/{p.name}" for p in (ROOT / "pipeline" / "prompts").glob("*.txt")}
    shipped |= {"pipeline/templates/brief.md.j2", "models/data/gemma3-thai-english.ids"}
    assert shipped <= names
    assert any(name.endswith("licenses/NOTICE") for name in names)
    assert not [n for n in names if n.startswith("tests/")]

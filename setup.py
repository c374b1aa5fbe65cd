"""Puts configs/ and examples/ into the wheel, as data of the package `pipeline`."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithData(build_py):
    def run(self) -> None:
        super().run()
        for name in ("configs", "examples"):
            target = Path(self.build_lib) / "pipeline" / "data" / name
            shutil.copytree(Path(__file__).parent / name, target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithData})

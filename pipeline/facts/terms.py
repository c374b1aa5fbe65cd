"""One official name in both languages."""

from __future__ import annotations

from dataclasses import dataclass

WRITTEN_OUT = frozenset(["ministry", "department", "office", "court", "committee", "parliament"])
"""Kinds whose Thai abbreviations (สธ.) English does not keep."""
SHORT_FORM = 14
"""Characters up to which another Thai form is a short one."""


@dataclass(frozen=True, slots=True)
class Term:
    """One name. `names` are all its Thai forms, in normal form, `right` its English ones, the official one first."""

    names: tuple[str, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    kind: str
    where: str
    """File and line that it is from."""

    @property
    def en(self) -> str:
        return self.right[0]

    def rendering(self, name: str) -> str:
        """The English that suits a Thai form: for a short form (ปตท., ยูเนสโก) of what is no ministry or department
        the acronym or the shortest name, else the official one."""
        if name == self.names[0] or self.kind in WRITTEN_OUT or len(name) > SHORT_FORM:
            return self.en
        return min(self._acronyms or self.right, key=len)

    @property
    def again(self) -> str:
        """The English for a second mention: the acronym, if there is one."""
        return min(self._acronyms or [self.en], key=len)

    @property
    def _acronyms(self) -> list[str]:
        return [name for name in self.right if name.isupper() and len(name) > 2]

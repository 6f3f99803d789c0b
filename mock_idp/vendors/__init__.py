"""The vendors: a folder for each, which says what differs from `base.Vendor`; imports `http11` and `jose`, no more.

The name of a vendor is that of its folder, and what `style` says in settings and in the control API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_idp.vendors.base import Vendor


class _Vendors(Mapping[str, "Vendor"]):
    """Every vendor by its name, in the order of their names.

    A vendor's code is read when somebody asks for that vendor, as most servers have one only.
    """

    def __init__(self, folder: Path) -> None:
        self._names = tuple(sorted(file.parent.name for file in folder.glob("*/__init__.py")))

    def __getitem__(self, name: str) -> Vendor:
        if name not in self._names:
            raise KeyError(name)
        return _load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


@cache
def _load(name: str) -> Vendor:
    """The vendor of a folder, which has one class for it."""
    from mock_idp.vendors.base import Vendor

    module = import_module(f"{__name__}.{name}")
    (found,) = (
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Vendor) and one.__module__ == module.__name__
    )
    return found()


VENDORS: Mapping[str, Vendor] = _Vendors(Path(__file__).parent)

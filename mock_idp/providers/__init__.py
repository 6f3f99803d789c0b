"""The vendors, by name. The name is what `style` says in settings and in the control API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mock_idp.providers.base import Provider


class _Providers(Mapping[str, "Provider"]):
    """Every vendor by its name, which is that of its file and, with a capital, of its class.

    A vendor's file is read when somebody asks for that vendor, as most servers have one style only.
    """

    def __init__(self, *names: str) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Provider:
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
def _load(name: str) -> Provider:
    return cast("Provider", getattr(import_module(f"{__name__}.{name}"), name.capitalize())())


PROVIDERS: Mapping[str, Provider] = _Providers("auth0", "keycloak", "okta", "custom", "entra", "cognito", "google")

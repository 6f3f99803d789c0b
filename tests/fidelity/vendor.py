"""What the comparison has to know about a vendor that its fixture doesn't say in a form a program can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .served import ServedIssuer


Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A request that the vendor refuses: how the issuer is made, and what differs from a good request.

    `form` holds the parameters to change; None leaves one out. `basic` are the words of the Authorization header.
    `fills` are what stands for the words in braces of the expected body. `spec` are more settings of the
    issuer. `path` is asked instead of the token endpoint,
    and `before` is called once the issuer is there.
    """

    form: Mapping[str, str | None] = field(default_factory=dict)
    more: tuple[tuple[str, str], ...] = ()
    query: str = ""
    basic: str | None = None
    path: str | None = None
    method: Literal["GET", "POST"] = "POST"
    options: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[ServedIssuer], None] | None = None


@dataclass(frozen=True)
class IssuerVariant:
    """An issuer of another form: how it is configured, and what stands for the words in braces.

    `said` tells where its identifier is read: its own, or the one that the discovery document announces.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    said: Literal["issuer", "discovery"] = "issuer"


@dataclass(frozen=True)
class Vendor:
    """One vendor.

    `name` is that of the fixture file and `style` that of the mock; `base` lists what the fixture writes for the base
    URL, `names` for the words in braces behind it. `variants` are the options of an issuer by the note that a path of
    the fixture has in parentheses, and `remarks` those notes that are no more than that. `issuers` are the forms of the
    issuer by their `when`, `jwks_variants` the options with which other paths have keys, `header_variants` the issuers
    whose tokens have another header. `request` is a good client_credentials request, `clients` are the declared clients
    it takes, and `cases` the ways to the errors of the token endpoint, by their names in the fixture.

    `minted` are the TokenSpecs of the tokens that are compared, by their kind; `mere_examples` are the claims whose
    example is not what a token has, such as names of people. `ordered` names the parts whose order the fixture has from
    recordings that kept it: discovery, jwks, header, claims, response. `headers` are patterns in place of header values
    that the fixture paraphrases. `recorded_seconds_after_rotation` is when the JWKS was recorded, in seconds: headers
    that count down tell it. `keys` lists `alg` and `use` of the usual keys. `grants_left_out` are grants that the
    vendor has and the mock has not; its page says so.
    """

    name: str
    style: str
    base: tuple[str, ...]
    request: Mapping[str, str]
    clients: tuple[Json, ...]
    cases: Mapping[str, Case]
    keys: tuple[tuple[str | None, str], ...]
    names: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    audience: str = "https://api.example.com/"
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    issuers: Mapping[str, IssuerVariant] = field(default_factory=dict)
    remarks: frozenset[str] = frozenset()
    jwks_variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    header_variants: Mapping[str, tuple[IssuerVariant, ...]] = field(default_factory=dict)
    minted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mere_examples: frozenset[str] = frozenset()
    grants_left_out: frozenset[str] = frozenset()
    recorded_seconds_after_rotation: int = 0
    ordered: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    error_headers: bool = False
    not_provoked: Mapping[str, str] = field(default_factory=dict)
    """Errors of the fixture that the mock doesn't have, and why."""

"""Compares the issuer and its discovery documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import fixture
from .matching import Difference, members, order
from .served import Served, ServedIssuer
from .vendor import Vendor


def filled(vendor: Vendor, base: str, entry: Any) -> Any:
    """A fixture value with the mock's base URL and the names of its issuer."""
    if isinstance(entry, str):
        for written in vendor.base:
            entry = entry.replace(written, base)
        for name, value in vendor.names.items():
            entry = entry.replace(f"{{{name}}}", value)
        return entry
    if isinstance(entry, list):
        return [filled(vendor, base, each) for each in entry]
    if isinstance(entry, Mapping):
        return {name: filled(vendor, base, each) for name, each in entry.items()}
    return entry


def issuer(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The form of the issuer identifier, in the discovery document and in a token."""
    root = served.root
    expected = filled(vendor, served.url, facts["issuer_template"])
    minted = root.control("POST", "/tokens", {})["claims"]["iss"]
    for where, said in (("about", root.about["issuer"]), ("token", minted)):
        if said != expected:
            yield Difference(f"issuer_template ({where})", expected, said)
    if expected.endswith("/") != facts["issuer_trailing_slash"]:
        yield Difference("issuer_trailing_slash", facts["issuer_trailing_slash"], expected)
    pool = facts.get("user_pool_id_pattern")
    if pool is not None and not re.search(fixture.value(pool), vendor.names["userPoolId"]):
        yield Difference("user_pool_id_pattern", fixture.value(pool), vendor.names["userPoolId"], False)
    for variant in facts.get("issuer_variants", ()):
        yield from _issuer_variant(vendor, variant, served)


def _issuer_variant(vendor: Vendor, variant: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    where = f"issuer_variants.{variant['when']}"
    how = vendor.issuers.get(variant["when"])
    if how is None:
        yield Difference(where, variant["issuer"], "(no issuer of that kind)")
        return
    other = served.issuer(how.options, **how.spec)
    wanted = variant["issuer"]
    for name, value in {**how.fills, **vendor.names}.items():
        wanted = wanted.replace(f"{{{name}}}", value)
    if wanted == vendor.base[0].partition("://")[2]:
        # Without a scheme it is a host, and the mock has its own.
        wanted = served.url.partition("://")[2]
    said = other.about["issuer"] if how.said == "issuer" else other.discovery().json()["issuer"]
    # Behind the public URL stands where the mock mounts an issuer that is not the first one.
    said = said.replace(str(other.about["mount"]), "")
    if filled(vendor, served.url, wanted) != said:
        yield Difference(where, wanted, said)
    if variant.get("trailing_slash", said.endswith("/")) != said.endswith("/"):
        yield Difference(f"{where}.trailing_slash", variant["trailing_slash"], said)


def discovery(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """Every path, every member of the document, those that may be there and those that never are."""
    for kind in ("oidc", "rfc8414"):
        for written in fixture.value(facts["discovery_paths"][kind]) or ():
            yield from _path(vendor, served, f"discovery_paths.{kind}", written)
        if not facts["discovery_paths"][kind] and served.root.get("/.well-known/oauth-authorization-server").ok:
            yield Difference(f"discovery_paths.{kind}", "(absent)", "/.well-known/oauth-authorization-server")
    document = served.root.discovery().json()
    fields = facts["discovery_fields"]
    expected = {name: filled(vendor, served.url, fixture.value(entry)) for name, entry in fields.items()}
    unsure = frozenset(name for name, entry in fields.items() if not fixture.confirmed(entry))
    optional = facts.get("discovery_fields_optional", {})
    expected |= {
        name: filled(vendor, served.url, fixture.value(entry)) for name, entry in optional.items() if name in document
    }
    yield from members("discovery_fields", expected, document, unsure)
    yield from order("discovery_fields", list(fields), list(document), "discovery" in vendor.ordered)
    for name in facts.get("discovery_fields_absent", ()):
        if name in document:
            yield Difference(f"discovery_fields_absent.{name}", "(absent)", document[name])
    for name, entry in optional.items():
        # What nobody has confirmed and the mock leaves out is a difference that the vendor's page has to name.
        if not fixture.confirmed(entry) and name not in document:
            yield Difference(f"discovery_fields_optional.{name}", fixture.value(entry), "(absent)", False)


def _path(vendor: Vendor, served: Served, where: str, written: str) -> Iterator[Difference]:
    path, _, note = written.partition(" (")
    note = note.rstrip(")")
    issuer = served.root
    if note in vendor.variants:
        issuer = served.issuer(vendor.variants[note])
    elif note and note not in vendor.remarks:
        yield Difference(f"{where}.{path}", note, "(no issuer of that kind)")
    path = filled(vendor, served.url, path)
    if not path.startswith("/"):
        yield Difference(f"{where}.{path}", "a path", path)
        return
    answer = issuer.get(path)
    said = answer.json().get("issuer") if answer.ok else answer.status_code
    if said != issuer.about["issuer"]:
        yield Difference(f"{where}.{path}", issuer.about["issuer"], said)


def published(issuer: ServedIssuer) -> list[str]:
    """The kids of the JWKS."""
    return [key["kid"] for key in issuer.jwks().json()["keys"]]

"""Compares the issuer, its discovery documents, its JWKS, and the headers of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from . import fixture
from .matching import Difference, members, order, same
from .served import Served, ServedIssuer
from .vendor import Vendor

# What any HTTP server adds, and the mock's own mark.
_TRANSPORT = frozenset({"date", "content-length", "connection", "transfer-encoding", "x-mock-idp"})


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
    for variant in facts.get("issuer_variants", ()):
        how = vendor.issuers.get(variant["when"])
        if how is not None:
            other = served.issuer(how.options, **how.spec)
            wanted = variant["issuer"]
            for name, value in {**how.fills, **vendor.names}.items():
                wanted = wanted.replace(f"{{{name}}}", value)
            # Behind the public URL stands where the mock mounts an issuer that is not the first one.
            said = other.about["issuer"].replace(str(other.about["mount"]), "")
            if filled(vendor, served.url, wanted) != said:
                yield Difference(f"issuer_variants.{variant['when']}", wanted, said)


def discovery(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """Every path, every member of the document, those that may be there and those that never are."""
    for kind in ("oidc", "rfc8414"):
        for written in fixture.value(facts["discovery_paths"][kind]) or ():
            yield from _path(vendor, served, f"discovery_paths.{kind}", written)
        if not facts["discovery_paths"][kind] and served.root.get("/.well-known/oauth-authorization-server").ok:
            yield Difference(f"discovery_paths.{kind}", "(absent)", "/.well-known/oauth-authorization-server")
    document = served.root.get(served.root.path(served.root.about["discovery_url"])).json()
    fields = facts["discovery_fields"]
    expected = {name: filled(vendor, served.url, fixture.value(entry)) for name, entry in fields.items()}
    unsure = frozenset(name for name, entry in fields.items() if not fixture.confirmed(entry))
    optional = facts.get("discovery_fields_optional", {})
    kept = {name: value for name, value in document.items() if name in fields or name not in optional}
    yield from members("discovery_fields", expected, kept, unsure)
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
    path = filled(vendor, served.url, path)
    answer = issuer.get(path)
    said = answer.json().get("issuer") if answer.ok else answer.status_code
    if said != issuer.about["issuer"]:
        yield Difference(f"{where}.{path}", issuer.about["issuer"], said)


def jwks(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The path, the members of each entry and their order, number and kind of the keys, and the shape of their kid."""
    root = served.root
    path = filled(vendor, served.url, facts["jwks_path"])
    if root.path(root.about["jwks_uri"]) != path:
        yield Difference("jwks_path", path, root.path(root.about["jwks_uri"]))
    keys = root.jwks().json()["keys"]
    kinds = [(key.get("alg"), key["use"]) for key in keys]
    if sorted(map(str, kinds)) != sorted(map(str, vendor.keys)):
        yield Difference("jwks_notes.key_count", vendor.keys, kinds)
    for number, key in enumerate(keys):
        expected = facts["jwks_members"][key["use"]]
        if set(key) != set(expected):
            yield Difference(f"jwks_members.{key['use']}", expected, list(key))
        yield from order(f"jwks_members.{key['use']}", expected, list(key), "jwks" in vendor.ordered)
        if not re.search(facts["kid_pattern"], key["kid"]):
            yield Difference(f"kid_pattern.{number}", facts["kid_pattern"], key["kid"])


def headers(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The headers of the discovery document and of the JWKS."""
    root = served.root
    discovered = root.get(root.path(root.about["discovery_url"]))
    yield from compare_headers(vendor, facts, "discovery_headers", discovered)
    yield from compare_headers(vendor, facts, "jwks_headers", root.jwks())


def compare_headers(
    vendor: Vendor, facts: Mapping[str, Any], part: str, answer: requests.Response
) -> Iterator[Difference]:
    """The headers of one answer; beside those of the fixture it has what any server adds."""
    expected = {name.lower(): entry for name, entry in facts.get(part, {}).items()}
    for name, entry in expected.items():
        wanted, said = fixture.value(entry), answer.headers.get(name)
        replaced = vendor.headers.get(f"{part}.{name}")
        if replaced is not None:
            fits = said is not None and re.fullmatch(replaced, said) is not None
        else:
            fits = said is not None and (wanted is None or same(wanted, said))
        if not fits:
            yield Difference(f"{part}.{name}", wanted, said or "(absent)", fixture.confirmed(entry))
    for name in {name.lower() for name in answer.headers} - expected.keys() - _TRANSPORT:
        yield Difference(f"{part}.{name}", "(absent)", answer.headers[name])


def published(issuer: ServedIssuer) -> list[str]:
    """The kids of the JWKS."""
    return [key["kid"] for key in issuer.jwks().json()["keys"]]

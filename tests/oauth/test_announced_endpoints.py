"""What a vendor's discovery documents name is served, or the vendor's page says that it is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from relying_party import MakeRp, Rp

from mock_idp.vendors import VENDORS
from mock_idp.vendors.context import IssuerContext

PAGES = Path(__file__).resolve().parents[2] / "docs" / "vendors"
NAMED = re.compile(r".*(_endpoint|_uri|_iframe)")


def left_out(style: str) -> set[str]:
    """The words in code of the section of the page."""
    text = (PAGES / f"{style}.md").read_text(encoding="utf-8")
    section = text.partition("## What the mock leaves out")[2].partition("\n## ")[0]
    return set(re.findall(r"`([^`]+)`", section))


def announced(rp: Rp) -> list[tuple[str, str]]:
    """Member and URL, of the discovery document and of those that stand beside it."""
    issuer = rp.about
    vendor = VENDORS[issuer["style"]]
    base = issuer["jwks_uri"].removesuffix(vendor.jwks_path(issuer["options"]))
    claim, algorithm = vendor.default_permissions_claim, "ES256"
    context = IssuerContext(base, "tasker-api", claim, algorithm, 60, issuer["options"])
    more = [path for path, document in vendor.more_documents(context).items() if document is not None]
    paths = dict.fromkeys((*vendor.discovery_paths(issuer["options"]), *more))
    documents = [rp.get(base + path).json() for path in paths]
    return [(name, url) for document in documents for name, url in document.items() if NAMED.fullmatch(name)]


def is_served(rp: Rp, url: str) -> bool:
    """Whether any method finds something there."""
    answers = (rp.session.request(method, rp.local(url), timeout=20) for method in ("GET", "POST"))
    return any(answer.status_code not in (404, 405) for answer in answers)


@pytest.mark.parametrize("style", VENDORS)
def test_what_is_announced_is_served_or_left_out(make_rp: MakeRp, style: str) -> None:
    """Each endpoint of each document."""
    rp = make_rp(style)
    urls = announced(rp)
    assert {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= {name for name, _ in urls}
    missing = {name for name, url in urls if not is_served(rp, url)}
    assert missing - left_out(style) == set()


@pytest.mark.parametrize("style", VENDORS)
def test_what_is_left_out_is_not_there(make_rp: MakeRp, style: str) -> None:
    """A page doesn't say so of an endpoint that is served."""
    rp = make_rp(style)
    assert {name for name, url in announced(rp) if is_served(rp, url)} & left_out(style) == set()


def test_the_documents_of_entra_are_both_followed(make_rp: MakeRp) -> None:
    """The older one names endpoints of its own."""
    paths = [url for name, url in announced(make_rp("entra")) if name == "token_endpoint"]
    assert sorted(path.rpartition("/oauth2/")[2] for path in {*paths}) == ["token", "v2.0/token"]

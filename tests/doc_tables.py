"""The tables in `docs/` that list what there is, made from it and written between two comments of a page.

    python tests/doc_tables.py            writes them all

A new one is a function here, and `<!-- table: its-name -->` and `<!-- end -->` in a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from grpc_tables import TABLES as GRPC_TABLES
from seed_tables import TABLES as SEED_TABLES
from word_tables import TABLES as WORD_TABLES
from word_tables import table

from examples.tool.page import TABLES as VERIFIER_TABLES
from mock_idp.http11.schema import with_defaults
from mock_idp.vendors import VENDORS
from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import IssuerContext
from mock_idp.vendors.grant_types import ALL_GRANTS
from mock_idp.vendors.routes import flow_routes

DOCS = Path(__file__).resolve().parents[1] / "docs"
_PLACE = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ENDPOINTS = {
    "userinfo": "OpenID Connect",
    "introspect": "RFC 7662",
    "revoke": "RFC 7009",
    "end_session": "logging out",
    "par": "RFC 9126",
    "registration": "RFC 7591",
}


def vendors() -> str:
    """The vendors with their paths and habits."""
    head = ("style", "issuer ends in", "JWKS", "token endpoint", "permissions", "token lifetime", "rotation", "options")
    return table(head, (_vendor(VENDORS[name]) for name in VENDORS))


def flows() -> str:
    """Who has which grant and endpoint."""
    rows = [(f"`{grant}`", [grant in VENDORS[name].grants for name in VENDORS]) for grant in ALL_GRANTS]
    for endpoint, source in _ENDPOINTS.items():
        served = [endpoint in {one for _, one in flow_routes(VENDORS[name], _context(name))} for name in VENDORS]
        rows.append((f"`{endpoint}` ({source})", served))
    head = ("flow", *(f"`{name}`" for name in VENDORS))
    return table(head, ([label, *("yes" if one else "–" for one in has)] for label, has in rows))


def vendor_pages() -> str:
    """A line for each vendor's page, by its heading."""
    titles = {name: (DOCS / "vendors" / f"{name}.md").read_text(encoding="utf-8").splitlines()[0] for name in VENDORS}
    return "\n" + "".join(f"- [{title.removeprefix('# ')}]({name}.md)\n" for name, title in titles.items()) + "\n"


TABLES: dict[str, Callable[[], str]] = {
    "vendors": vendors,
    "flows": flows,
    "vendor-pages": vendor_pages,
    **WORD_TABLES,
    **SEED_TABLES,
    **GRPC_TABLES,
    **VERIFIER_TABLES,
}


def _context(name: str) -> IssuerContext:
    vendor = VENDORS[name]
    options = with_defaults({}, vendor.option_schemas, "options")
    return IssuerContext("http://h", "a", vendor.default_permissions_claim, "RS256", 60, options)


def _vendor(vendor: Vendor) -> list[str]:
    context = _context(vendor.name)
    ends_in = vendor.issuer(context).removeprefix(context.base)
    options = ", ".join(f"`{name}`" for name in vendor.option_schemas)
    return [
        f"`{vendor.name}`",
        f"`{ends_in}`" if ends_in else "",
        f"`{vendor.jwks_path(context.options)}`",
        f"`{vendor.token_path(context.options)}`",
        f"`{vendor.default_permissions_claim}`",
        f"{vendor.default_token_lifetime_seconds} s",
        vendor.rotation_habit,
        f"[{options}](vendors/{vendor.name}.md)" if options else "",
    ]


def written(text: str) -> str:
    """A page with its tables as they are to be. Raises KeyError for a table that nobody makes."""
    return _PLACE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def main() -> None:
    """Write the tables of all pages."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if written(text) != text:
            page.write_text(written(text), encoding="utf-8")
            print(f"wrote {page.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()

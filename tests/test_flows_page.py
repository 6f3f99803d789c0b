"""The page about flows names the flows that exist, for the vendors that have them."""

from __future__ import annotations

import pytest
from doc_pages import PAGES

from mock_idp.control.schemas import SCHEMAS
from mock_idp.http11.schema import with_defaults
from mock_idp.vendors import VENDORS
from mock_idp.vendors.context import IssuerContext
from mock_idp.vendors.grant_types import ALL_GRANTS
from mock_idp.vendors.routes import flow_routes

FLOWS = PAGES["flows.md"]
ENDPOINTS = ("userinfo", "introspect", "revoke", "end_session", "par", "registration")


def flows_of(style: str) -> set[str]:
    """The grant types and endpoints of a vendor."""
    vendor = VENDORS[style]
    options = with_defaults({}, vendor.option_schemas, "options")
    context = IssuerContext("http://h", "a", vendor.default_permissions_claim, "RS256", 60, options)
    return {*vendor.grants, *(endpoint for _, endpoint in flow_routes(vendor, context))} & {
        *ALL_GRANTS,
        *ENDPOINTS,
    }


@pytest.mark.parametrize("style", VENDORS)
def test_the_table_says_who_has_what(style: str) -> None:
    """Each flow is marked where the vendor has it, and nowhere else."""
    rows = FLOWS.table("Who has what", "flow")
    column = 1 + _styles().index(style)
    assert {row.words(0)[0] for row in rows if row.cells[column] == "yes"} == flows_of(style)


def _styles() -> list[str]:
    """The vendors in the head of the table."""
    head = next(line for line in FLOWS.prose["Who has what"] if line.startswith("| flow"))
    return [cell.strip(" `") for cell in head.strip("|").split("|")][1:]


def test_the_table_has_every_flow() -> None:
    """All grants and all endpoints."""
    assert set(FLOWS.column("Who has what", "flow")) == {*ALL_GRANTS, *ENDPOINTS}


@pytest.mark.parametrize(("schema", "what"), [("ClientSpec", "client"), ("UserSpec", "user")])
def test_members_are_listed(schema: str, what: str) -> None:
    """No more and no less than the schema has."""
    listed = FLOWS.table("Clients and users", f"member of a {what}")
    assert {word for row in listed for word in row.words(0)} == set(SCHEMAS[schema]["properties"])

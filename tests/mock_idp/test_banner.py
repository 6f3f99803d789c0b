"""What `mock-idp serve` says first."""

from __future__ import annotations

from contextlib import closing

import pytest

from mock_idp.cli.banner import banner
from mock_idp.issuer.state import State
from mock_idp.jose.pool import KeyPool
from mock_idp.settings import IssuerSettings, ServerSettings


@pytest.mark.parametrize(("audience", "is_for_tasker"), [("tasker-api", True), ("orders", False)])
def test_what_a_service_is_told_is_in_taskers_words_only_for_its_audience(audience: str, is_for_tasker: bool) -> None:
    issuers = (IssuerSettings(id="default", style="custom", mount="root", audience=audience, algorithm="ES256"),)
    with closing(State(ServerSettings(issuers=issuers), "http://localhost", KeyPool(0))) as state:
        state.start()
        text = banner(state.find("default"), "http://localhost", needs_token=False)
    assert ("Tasker" in text, "audience   orders" in text) == (is_for_tasker, not is_for_tasker)

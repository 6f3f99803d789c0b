"""Steps that change the issuer's keys, and that nothing of it stays."""

from __future__ import annotations

import jwt
import pytest
from cell_bench import Bench
from small_service import SmallService, honest
from watching import published, steps, watched

from harness.base.verdicts import PASSED
from harness.matrix.cell_runner import run_cell


def test_publish_key_adds_a_key_that_signs_when_named(bench: Bench) -> None:
    body = steps('do = "publish-key", name = "second"', 'do = "send", token = { key = "second" }')
    result, watch, session = watched(bench, body)
    assert result.verdict == PASSED
    assert watch.signed_by[-2] in watch.kids[-2]
    assert watch.signed_by[-2] not in (*watch.kids[0], session.first_kid)


def test_publish_key_with_state_current_signs_from_then_on(bench: Bench) -> None:
    _, watch, session = watched(bench, steps('do = "publish-key", name = "second", state = "current"', 'do = "send"'))
    assert watch.signed_by[-1] != session.first_kid


def test_make_key_is_never_published(bench: Bench) -> None:
    body = steps('do = "make-key", name = "mine"', 'do = "send", token = { key = "mine" }')
    _, watch, _ = watched(bench, body)
    assert watch.signed_by[-2] not in watch.kids[-2]


def test_the_attackers_key_is_there_without_a_step(bench: Bench) -> None:
    result, watch, session = watched(bench, 'token.key = "attacker"\nexpect = "accept"\n')
    assert result.verdict == PASSED
    assert watch.signed_by[-2] not in [*watch.kids[-2], session.first_kid]


def test_the_attackers_kid_may_be_named_before_its_key(bench: Bench) -> None:
    result, watch, session = watched(bench, 'token.header.kid = "{kid.attacker}"\nexpect = "accept"\n')
    assert result.verdict == PASSED
    assert watch.signed_by[-2] not in ("{kid.attacker}", session.first_kid)


def test_publish_only_publishes_these_and_signs_with_the_first(bench: Bench) -> None:
    body = steps(
        'do = "publish-key", name = "second"',
        'do = "publish-only", keys = ["second"]',
        'do = "send"',
        'do = "publish-only", keys = ["first"]',
    )
    result, watch, _ = watched(bench, body)
    assert result.verdict == PASSED
    assert watch.kids[-2] == [watch.signed_by[-2]]


def test_an_empty_publish_only_leaves_no_key(bench: Bench) -> None:
    body = steps(
        'do = "publish-only", keys = []',
        'do = "send", token = { key = "first" }',
        'do = "publish-only", keys = ["first"]',
    )
    _, watch, _ = watched(bench, body)
    assert [] in watch.kids


def test_set_key_state_takes_a_key_out(bench: Bench) -> None:
    body = steps(
        'do = "publish-key", name = "second"',
        'do = "set-key-state", key = "second", state = "retired"',
        'do = "send", token = { key = "second" }',
    )
    _, watch, _ = watched(bench, body)
    assert watch.signed_by[-2] not in watch.kids[-2]


def test_edit_jwks_changes_what_is_served(bench: Bench) -> None:
    body = steps(
        'do = "make-key", name = "other"',
        'do = "edit-jwks", before = [{ kty = "oct", kid = "{issuer}" }], after = [{ "$jwk" = "other", kid = "mine" }], '
        'edit = { first = { set = { use = "enc" } } }',
        'do = "send"',
    )
    result, watch, session = watched(bench, body)
    assert result.verdict == PASSED
    assert watch.kids[-1] == [session.issuer.issuer, *watch.kids[0], "mine"]


def test_a_key_set_may_hold_what_is_no_key(bench: Bench, service: SmallService) -> None:
    """`{ "$json" = ... }` stands for any JSON value."""
    with bench.session(service) as session:
        run = bench.cell(steps('do = "edit-jwks", after = [{ "$json" = "text" }]', 'do = "send"'))
        assert run_cell(run, session).verdict == PASSED


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "custom"])
def test_after_a_case_the_issuer_is_as_before(bench: Bench, service: SmallService, style: str) -> None:
    """Added keys, states, edits and faults are gone: the next cell finds what the first one found."""
    body = steps(
        'do = "publish-key", name = "second", state = "current"',
        'do = "make-key", name = "third"',
        'do = "edit-jwks", after = [{ kty = "oct" }]',
        'do = "fault", on = "jwks", kind = "status", status = 500',
        'do = "send"',
    )
    with bench.session(service, style) as session:
        before, kid = published(session), session.signing_kid()
        assert run_cell(bench.cell(body, style), session).verdict == PASSED
        assert (published(session), session.signing_kid()) == (before, kid)


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "custom"])
def test_after_a_rotation_the_first_key_signs_again(bench: Bench, service: SmallService, style: str) -> None:
    with bench.session(service, style) as session:
        before, kid = published(session), session.signing_kid()
        assert run_cell(bench.cell(steps('do = "rotate-keys"', 'do = "send"'), style), session).verdict == PASSED
        assert session.signing_kid() == kid
        assert (kid in published(session), len(published(session))) == (True, len(before))


def test_a_realm_is_judged_by_its_plainest_tokens(bench: Bench, service: SmallService) -> None:
    """One audience, and the signing key first: a list, and another key in front, are cases of their own."""
    with bench.session(service, "keycloak") as session:
        for issuer in (session.issuer, session.make_issuer("other")):
            assert isinstance(jwt.decode(issuer.mint({}), options={"verify_signature": False})["aud"], str)
            assert [key["use"] for key in issuer.key_list()] == ["sig", "enc"]


def test_rotate_keys_makes_another_key_sign(bench: Bench) -> None:
    result, watch, session = watched(bench, steps('do = "send"', 'do = "rotate-keys"', 'do = "send"'), "keycloak")
    assert result.verdict == PASSED
    assert [kid == session.first_kid for kid in watch.signed_by] == [
        True,
        True,
        False,
        False,
    ]  # The last is the canary.


def test_a_first_key_that_a_case_took_out_is_back_afterwards(bench: Bench, service: SmallService) -> None:
    body = steps('do = "set-key-state", key = "first", state = "retired"', 'do = "send", token = { key = "first" }')
    with bench.session(service) as session:
        before = session.signing_kid(), published(session)
        run_cell(bench.cell(body), session)
        assert (session.signing_kid(), published(session)) == before


def test_a_key_with_the_first_keys_kid_is_gone_afterwards_and_the_first_is_not(
    bench: Bench, service: SmallService
) -> None:
    body = steps(
        'do = "publish-key", name = "twin", kid = "{kid}", allow_reuse = true, state = "hidden"',
        'do = "send", token = { key = "twin" }',
    )
    with bench.session(service) as session:
        before = published(session)
        assert run_cell(bench.cell(body), session).verdict == PASSED
        assert published(session) == before
        assert [key["kid"] for key in session.issuer.key_list()].count(session.first_kid) == 1


@pytest.mark.parametrize("changed", [True, False])
def test_a_second_issuer_is_replaced_only_when_its_keys_were_changed(bench: Bench, changed: bool) -> None:
    """Cells share a session: what one of them did to the second issuer must not reach the next."""
    with SmallService(honest) as service, bench.session(service) as session:
        before = session.issuer_named("second").issuer
        if changed:
            session.add_key_elsewhere("second", "twin")
        session.tidy()
        assert (session.issuer_named("second").issuer != before) == changed

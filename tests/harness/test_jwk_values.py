"""Keys as data: what stands in a served key set, and what no answer may repeat of it."""

from __future__ import annotations

from typing import Any

import pytest
from cell_bench import Bench
from small_service import Answer, Call, SmallService
from watching import fetched, steps

from harness.base.verdicts import FAILED, PASSED, CellResult
from harness.matrix.cell_runner import run_cell

LEAK = ('do = "make-key", name = "odd"', 'do = "edit-jwks", before = [{ "$jwk" = "odd", "$private" = true }]')


def served(bench: Bench, *lines: str, scenario: str = "") -> list[Any]:
    """The entries of the key set that a service gets when it is asked after these steps."""
    seen: list[list[Any]] = []
    uri = ""

    def look(call: Call) -> Answer:
        if call.token:
            seen.append(fetched(uri)["keys"])
        return Answer(200 if call.token else 401)

    with SmallService(look) as service, bench.session(service) as session:
        uri = session.issuer.jwks_uri
        body = scenario + steps(*lines, 'do = "send", expect = "survive"')
        run_cell(bench.cell("preflight = true\n" + body), session)
    return seen[-1]


def echoing(bench: Bench, body: str) -> CellResult:
    """The result of a cell on a service that answers with the key set it was shown."""
    uri = ""

    def echo(call: Call) -> Answer:
        return Answer(200, str(fetched(uri))) if call.token else Answer(401)

    with SmallService(echo) as service, bench.session(service) as session:
        uri = session.issuer.jwks_uri
        return run_cell(bench.cell("preflight = true\n" + body), session)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [('{ "$null" = true }', None), ('{ "$json" = 7 }', 7), ("7", 7), ("[]", []), ("{}", {}), ('"{style}"', "auth0")],
)
def test_an_entry_of_a_key_set_may_be_any_json(bench: Bench, entry: str, expected: Any) -> None:
    assert served(bench, f'do = "edit-jwks", before = [{entry}]')[0] == expected


def test_an_entry_takes_members_of_other_keys(bench: Bench) -> None:
    """The modulus and the certificate of one that is never published, the coordinates of a third."""
    mixed = '{ n = "{n.other}", x5c = ["{x5c.other}"], crv = "P-256", x = "{x.ec}", y = "{y.ec}" }'
    before, first, *added = served(
        bench,
        'do = "make-key", name = "other"',
        'do = "make-key", name = "ec", algorithm = "ES256"',
        f'do = "edit-jwks", before = [{mixed}]',
        'do = "set-key-state", key = "other", state = "next"',
        'do = "set-key-state", key = "ec", state = "next"',
    )
    assert (before["n"], before["x5c"]) in [(key["n"], key["x5c"]) for key in added if key["kty"] == "RSA"]
    assert before["n"] != first["n"]
    assert [(key["x"], key["y"]) for key in added if key["kty"] == "EC"] == [(before["x"], before["y"])]


def test_members_of_a_key_are_set_and_left_out(bench: Bench) -> None:
    entry = '{ "$jwk" = "first", "$without" = ["n", "x5c"], use = "enc", kid = "mine" }'
    before, first = served(bench, f'do = "edit-jwks", before = [{entry}]')[:2]
    assert (before["use"], before["kid"], before["e"]) == ("enc", "mine", first["e"])
    assert not {"n", "x5c", "$without"} & before.keys()


def test_a_key_is_the_whole_body_of_a_fault(bench: Bench) -> None:
    """A table anywhere in a fault stands for the key."""
    fault = 'do = "fault", on = "jwks", kind = "body", body = { keys = [{ nested = { "$jwk" = "first" } }] }'
    assert served(bench, fault)[0]["nested"]["kty"] == "RSA"


def test_an_edit_without_arguments_is_that_of_the_scenario(bench: Bench) -> None:
    keys = served(bench, 'do = "edit-jwks"', scenario='jwks.after = ["last"]\n')
    assert keys[-1] == "last"


def test_a_leaked_key_has_its_private_members(bench: Bench) -> None:
    """RFC 7518 §6.3.2: d, the primes, and what follows from them."""
    assert {"n", "e", "d", "p", "q", "dp", "dq", "qi"} <= served(bench, *LEAK)[0].keys()


def test_an_answer_that_repeats_a_private_member_is_a_deviation(bench: Bench) -> None:
    result = echoing(bench, steps(*LEAK, 'do = "send", answer = { lacks_secrets = true }'))
    assert (result.verdict, "without the secrets" in result.expected) == (FAILED, True)


def test_public_members_may_be_repeated(bench: Bench) -> None:
    edit = 'do = "edit-jwks", before = [{ "$jwk" = "first" }]'
    assert echoing(bench, steps(edit, 'do = "send", answer = { lacks_secrets = true }')).verdict == PASSED


def test_private_members_stand_in_no_record(bench: Bench) -> None:
    """Neither in the answers nor in the script that repeats the case."""
    private: list[str] = []

    def echo(call: Call) -> Answer:
        if not call.token:
            return Answer(401)
        private[:] = [fetched(uri)["keys"][0][name] for name in ("d", "p", "q", "dp", "dq", "qi")]
        return Answer(200, " ".join(private))

    uri = ""
    with SmallService(echo) as service, bench.session(service) as session:
        uri = session.issuer.jwks_uri
        body = "preflight = true\n" + steps(*LEAK, 'do = "send", answer = { lacks_secrets = true }')
        result = run_cell(bench.cell(body), session)
    assert result.verdict == FAILED
    assert len(private) == 6
    assert not [text for text in private if text in repr(result)]

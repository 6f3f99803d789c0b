"""A case that could not tell a right service from a wrong one is skipped, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import HEAD, ROUTES, load_scenario, profile_text, write_profile

from harness.base.verdicts import SKIPPED, UNDECLARED
from harness.declared.profile import load_profile
from harness.scenario.plan import plan

DENIED = 'token.permissions = ["{write.permission}"]\nexpect = "deny"\n'
ONE_FOR_ALL = ROUTES.replace("things:create", "things:list")
OPEN = ROUTES.replace('permission = "things:list"\n', "")
ASKED_BY_HEAD = 'request = { route = "read", method = "HEAD", anonymous = true }\nexpect = "reject"\n'
NOTHING = '[permissions]\nform = "none"\n'
STRING = '[permissions]\nform = "string"\n'
SAME = "the permissions that it tells apart are the same"


@pytest.mark.parametrize(
    ("body", "routes", "more", "reason"),
    [
        (DENIED, ROUTES, "", ""),
        (DENIED, ONE_FOR_ALL, "", SAME),
        (DENIED, OPEN, "", "the route 'read' of the profile thing asks for no permission"),
        (DENIED, ROUTES, NOTHING, "a valid token is enough"),
        (DENIED.replace('"deny"', '"accept"'), ONE_FOR_ALL, "", ""),
        (DENIED.replace('"deny"', '["reject", "no-grant"]'), OPEN, "", "asks for no permission"),
        ('token.permissions = ["{read.permission} "]\nexpect = "no-grant"\n', ROUTES, "", ""),
        ('token.permissions = ["{read.permission} "]\nexpect = "no-grant"\n', ROUTES, STRING, SAME),
        ('token.claims.tenant = "b"\nexpect = "no-grant"\n', ROUTES, NOTHING, ""),
        ('token.claims.permissions = "x"\nexpect = "no-grant"\n', ROUTES, NOTHING, "a valid token is enough"),
        (ASKED_BY_HEAD, ROUTES, "", ""),
        (ASKED_BY_HEAD, ROUTES, '[refusal]\nerror_member = "errors"\n', "an answer to HEAD has none"),
        ('token.permissions = ["{created}"]\nexpect = "deny"\n', ONE_FOR_ALL, "", ""),
    ],
)
def test_what_tells_nothing_is_skipped(tmp_path: Path, body: str, routes: str, more: str, reason: str) -> None:
    """For want of a permission nobody can be denied where none is asked for, or where it is the one that is needed.

    A claim that is a rule of the service's own is another reason.
    """
    profile = load_profile(write_profile(tmp_path, profile_text("jwks", routes=routes, more=more)))
    [cell, *_] = plan([load_scenario(tmp_path, body)], profile, "thing")
    assert (cell.verdict, reason in cell.reason) == (SKIPPED if reason else "", True)


COOKIE = '[credential]\ncookie = "session"\n'
MISSING_403 = "[refusal]\nwithout_credentials = [403]\n"
CHALLENGE = 'request.anonymous = true\nexpect = "reject"\nanswer.headers.WWW-Authenticate = true\n'
RAW = 'steps = [{ do = "send-raw", lines = ["POST {read.path} HTTP/1.1"], expect = "reject" }]\n'


@pytest.mark.parametrize(
    ("body", "more", "reason"),
    [
        ('request.authorization = "Basic x"\nexpect = "reject"\n', COOKIE, "the token travels in the cookie session"),
        ('request.query = "t={token}"\nexpect = "reject"\n', COOKIE, "the token travels in the cookie session"),
        (CHALLENGE, COOKIE, "the token travels in the cookie session"),
        ('token.times = { exp = -1 }\nexpect = "reject"\n', COOKIE, ""),
        (CHALLENGE, "", ""),
        (CHALLENGE, MISSING_403, "another status of without_credentials than one with a challenge"),
        (CHALLENGE, '[refusal]\nerror_member = "errors"\n', "says no in the body, where no challenge is asked for"),
        (RAW, "", "it writes POST to the route 'read' out"),
        (RAW.replace("POST", "GET"), "", ""),
    ],
)
def test_what_the_service_has_otherwise_is_skipped(tmp_path: Path, body: str, more: str, reason: str) -> None:
    """The Authorization header, a challenge, and requests that are written out for another method."""
    profile = load_profile(write_profile(tmp_path, profile_text("jwks", more=more)))
    [cell, *_] = plan([load_scenario(tmp_path, body)], profile, "thing")
    assert (cell.verdict, reason in cell.reason) == (SKIPPED if reason else "", True)


@pytest.mark.parametrize(
    ("more", "verdict"), [("", UNDECLARED), (STRING, ""), (NOTHING, SKIPPED), ('[permissions]\nclaim = "x"\n', "")]
)
def test_a_scenario_may_be_for_several_values(tmp_path: Path, more: str, verdict: str) -> None:
    """The form of permissions is such a policy; where only the claim is declared, it holds an array."""
    body = 'expect = "accept"\nwhen = { permissions_form = ["array", "string"] }\n'
    profile = load_profile(write_profile(tmp_path, profile_text("jwks", more=more)))
    scenario = load_scenario(tmp_path, body, head=HEAD)
    assert plan([scenario], profile, "thing")[0].verdict == verdict

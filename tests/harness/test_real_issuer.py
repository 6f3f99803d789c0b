"""A provider that runs already: another mock, of which only its public OAuth endpoints are used, plays somebody's."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cell_bench import MORE
from click.testing import CliRunner
from resource_server import Dialect, resource_server, roles
from scenario_files import load_scenario, profile_text, write_profile
from small_service import Answer, Behaviour, Call, SmallService

from harness.base.errors import HarnessError, UsageError
from harness.base.verdicts import CellResult
from harness.cell.credentials import known_secrets
from harness.cell.environment import Environment, Options
from harness.cell.real_issuer import RealIdp, check_real_issuer
from harness.cell.session import Session
from harness.cli import cli
from harness.declared.profile import Profile, load_profile
from harness.declared.real_issuer import RealIssuer, load_real_issuer
from harness.grammar.model import Cell
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient, IssuerClient
from harness.idp.real_provider import RealProvider
from harness.matrix.cell_runner import run_cell
from harness.scenario.plan import plan
from harness.shown.private_numbers import private_numbers
from harness.targets.url import UrlTarget
from mock_idp.embed import EmbeddedIdp

SECRET = "the-secret-of-the-client-judge"
PERMISSIONS = '[permissions]\nclaim = "resource_access.{client}.roles"\n'
PROFILE = profile_text("jwks", more=MORE + PERMISSIONS)
THINGS = Dialect(
    permissions=roles("resource_access", "tasker-api", "roles"), needed=lambda call: f"things:{ACTIONS[call.method]}"
)
ACTIONS = {"GET": "list", "POST": "create"}
BROKEN = 'token.mutation = "{}"\nexpect = "reject"\n'


@dataclass(frozen=True)
class Somebody:
    """Somebody's provider: its issuer as an administrator has set it up, and the one client that it knows."""

    idp: IdpClient
    issuer: IssuerClient

    def settings(self, **more: str) -> RealIssuer:
        return RealIssuer(self.issuer.issuer, client_id="judge", client_secret=SECRET, **more)

    def asked(self) -> Counter[str]:
        """What was asked of it, by endpoint."""
        return Counter(one["endpoint"] for one in self.issuer.requests())


@pytest.fixture
def somebody(idp_client: IdpClient) -> Iterator[Somebody]:
    judge = {"id": "judge", "secret": SECRET, "roles": ["things:list"]}
    issuer = idp_client.create_issuer("keycloak", audience="tasker-api", clients=[judge], options={"aud": "array"})
    yield Somebody(idp_client, issuer)
    issuer.delete()


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedIdp]:
    with EmbeddedIdp() as server:
        yield server


class Judge:
    """Runs scenarios on a service that trusts somebody's issuer."""

    def __init__(self, embedded: EmbeddedIdp, attacker: AttackerListener, folder: Path) -> None:
        self._embedded, self._attacker, self._folder = embedded, attacker, folder

    def profile(self) -> Profile:
        return load_profile(write_profile(self._folder, PROFILE))

    def __call__(self, settings: RealIssuer, behaviour: Behaviour, *bodies: str) -> list[CellResult]:
        """The results of scenarios with these lines, all of one session."""
        profile, idp = self.profile(), IdpClient(self._embedded.url)
        real = RealIdp(RealProvider(settings), self._embedded)
        results = []
        with SmallService(behaviour) as service:
            environment = Environment(Options(target="url"), profile, UrlTarget(service.url), idp, self._attacker, real)
            session = Session(environment, "custom", {})
            try:
                session.start_service()
                for body in bodies:
                    scenario = load_scenario(self._folder, body)
                    results.append(run_cell(Cell(scenario, scenario.variants[0], "custom"), session))
            finally:
                session.close()
                idp.close()
        return results


@pytest.fixture
def judge(embedded: EmbeddedIdp, attacker: AttackerListener, tmp_path: Path) -> Judge:
    return Judge(embedded, attacker, tmp_path)


def verdicts(results: list[CellResult]) -> list[str]:
    return [one.verdict for one in results]


def test_genuine_tokens_are_let_in_and_spoilt_ones_are_not(somebody: Somebody, judge: Judge) -> None:
    """And the provider is asked for its metadata once, and for one token."""
    results = judge(
        somebody.settings(),
        resource_server(somebody.issuer, THINGS),
        'expect = "accept"\n',
        BROKEN.format("flip-last-signature-bit"),
        BROKEN.format("alg-none"),
        BROKEN.format("hmac-with-public-key"),
        BROKEN.format("double-signature"),
        'token.mutation = "replace-payload"\ntoken.with = { claims = { sub = "admin" } }\nexpect = "reject"\n',
        'token.key = "attacker"\nexpect = "reject"\n',
        'token.key = "attacker"\ntoken.header = { kid = "{kid}" }\nexpect = "reject"\n',
        'request.anonymous = true\nexpect = "reject"\n',
    )
    assert verdicts(results) == ["passed"] * 9, results
    asked = somebody.asked()  # The service fetches keys too, once more for the attacker's kid.
    assert (asked["discovery"], asked["token"]) == (1, 1)


def test_a_service_that_looks_at_claims_alone_is_found_out(somebody: Somebody, judge: Judge) -> None:
    """It takes what was spoilt, and what an attacker has signed in the genuine shape."""

    def by_claims(call: Call) -> Answer:
        granted = THINGS.permissions(call.claims) if call.token and THINGS.permissions else ()
        return Answer(200 if "things:list" in granted else 401)

    results = judge(
        somebody.settings(),
        by_claims,
        BROKEN.format("flip-last-signature-bit"),
        'token.key = "attacker"\nexpect = "reject"\n',
    )
    assert verdicts(results) == ["failed", "failed"]
    for one in results:  # What a real token says of somebody stands in no record.
        assert "good_token" not in one.evidence
        assert not any("token" in sent for sent in one.evidence["exchanges"])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('token.times = { exp = -3600 }\nexpect = "reject"\n', "would have to sign"),
        ('token.claims = { iss = "https://other.example" }\nexpect = "reject"\n', "would have to sign"),
        ('token.permissions = []\nexpect = "deny"\n', "those of the real issuer's client have things:list"),
        (
            'request = "write"\ntoken.permissions = ["things:list"]\nexpect = "deny"\n',
            "those of the real issuer's client",
        ),
        ('request = "write"\nexpect = "accept"\n', "those of the real issuer's client have things:list"),
    ],
)
def test_what_only_the_provider_could_sign_is_skipped(somebody: Somebody, judge: Judge, body: str, reason: str) -> None:
    [result] = judge(somebody.settings(), resource_server(somebody.issuer, THINGS), body)
    assert result.verdict == "skipped"
    assert reason in result.reason


def test_with_a_key_of_ours_anything_is_forged(somebody: Somebody, judge: Judge) -> None:
    """The control is a token in the genuine shape, so that one thing alone is wrong with each."""
    pem = somebody.issuer.private_pem("current")
    results = judge(
        somebody.settings(signing_key=pem),
        resource_server(somebody.issuer, THINGS),
        'expect = "accept"\n',
        'token.times = { exp = -3600 }\nexpect = "reject"\n',
        'token.without = ["exp"]\nexpect = "reject"\n',
        'token.audience = "another-api"\nexpect = "reject"\n',
        'token.claims = { iss = "https://other.example" }\nexpect = "reject"\n',
        'token.permissions = []\nexpect = "deny"\n',
        'request = "write"\nexpect = "accept"\n',
    )
    assert verdicts(results) == ["passed"] * 7, results


def decoded(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


@contextmanager
def session_with(
    settings: RealIssuer, embedded: EmbeddedIdp, attacker: AttackerListener, folder: Path
) -> Iterator[Session]:
    """A session whose tokens are those of a real issuer; its service is nowhere."""
    profile, idp = load_profile(write_profile(folder, PROFILE)), IdpClient(embedded.url)
    real, target = RealIdp(RealProvider(settings), embedded), UrlTarget("http://127.0.0.1:1")
    session = Session(Environment(Options(target="url"), profile, target, idp, attacker, real), "custom", {})
    try:
        yield session
    finally:
        session.close()
        idp.close()


def test_no_report_shows_what_a_client_or_an_issuer_proves_itself_with(
    somebody: Somebody, embedded: EmbeddedIdp, attacker: AttackerListener, tmp_path: Path
) -> None:
    """The client's secret, the numbers of a private key, and the token that was got."""
    pem = somebody.issuer.private_pem("current")
    exponent = base64.urlsafe_b64encode(private_numbers(pem)["d"]).decode().rstrip("=")
    with session_with(somebody.settings(signing_key=pem), embedded, attacker, tmp_path) as session:
        shown = known_secrets(session).cut(f"a secret {SECRET}, a number {exponent}")
    assert SECRET[8:24] not in shown
    assert exponent[20:60] not in shown
    with session_with(somebody.settings(), embedded, attacker, tmp_path) as session:
        token = session.issuer.mint({"permissions": ["things:list"]})
        assert token.rpartition(".")[2][20:60] not in known_secrets(session).cut(f"a token {token}")


def test_a_permission_that_is_not_to_be_there_is_in_no_other_claim(
    idp_client: IdpClient, embedded: EmbeddedIdp, attacker: AttackerListener, tmp_path: Path
) -> None:
    """A provider may say it twice; who reads the other claim as well would let in who is to be denied."""
    claims = {"scope": "openid things:list", "groups": ["things:list", "staff"]}
    judge = {"id": "judge", "secret": SECRET, "roles": ["things:list"], "claims": claims}
    issuer = idp_client.create_issuer("keycloak", audience="tasker-api", clients=[judge], options={"aud": "array"})
    settings = Somebody(idp_client, issuer).settings(signing_key=issuer.private_pem("current"))
    with session_with(settings, embedded, attacker, tmp_path) as session:
        denied = decoded(session.issuer.mint(session.token_spec({"permissions": []}, session.profile.routes["read"])))
    issuer.delete()
    assert "things:list" not in json.dumps(denied)
    assert denied[1]["groups"] == ["staff"]


def test_what_is_forged_has_the_shape_of_a_genuine_token(
    somebody: Somebody, embedded: EmbeddedIdp, attacker: AttackerListener, tmp_path: Path
) -> None:
    """The same members but those that each token has for itself, and permissions where the service looks for them."""
    with session_with(somebody.settings(), embedded, attacker, tmp_path) as session:
        route = session.profile.routes["read"]
        header, claims = decoded(session.issuer.mint(session.token_spec({}, route)))
        session.kid("attacker")
        forged_header, forged = decoded(
            session.issuer.mint(session.token_spec(session.with_kids({"key": "attacker"}), route))
        )
    assert forged_header == {**header, "kid": forged_header["kid"]}
    fresh = {name: forged[name] for name in ("exp", "iat", "jti")}
    assert forged == {**claims, **fresh, "resource_access": {"tasker-api": {"roles": ["things:list"]}}}


def test_another_token_is_fetched_when_the_last_one_is_about_to_expire(somebody: Somebody) -> None:
    times = [1000.0]
    provider = RealProvider(somebody.settings(), now=lambda: times[0])
    first = provider.token()
    lifetime = decoded(first)[1]["exp"] - decoded(first)[1]["iat"]
    times[0] += lifetime * 0.7
    assert provider.token() == first
    times[0] += lifetime * 0.15
    assert provider.token() != first
    assert somebody.asked()["token"] == 2


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_client_proves_itself_by_its_secret(somebody: Somebody, method: str) -> None:
    assert RealProvider(somebody.settings(auth_method=method)).token().count(".") == 2


def test_a_client_proves_itself_by_a_key(idp_client: IdpClient) -> None:
    """The assertion is for the token endpoint and says who made it (RFC 7523 §3)."""
    keys = idp_client.create_issuer("custom")
    jwk, pem = keys.key_list()[0]["jwk"], keys.private_pem("current")
    issuer = idp_client.create_issuer("custom", clients=[{"id": "judge", "keys": [jwk]}])
    proof = {"client_key": pem, "client_key_id": jwk["kid"], "auth_method": "private_key_jwt"}
    assert RealProvider(RealIssuer(issuer.issuer, client_id="judge", **proof)).token().count(".") == 2
    for one in (keys, issuer):
        one.delete()


def wrong(somebody: Somebody, profile: Profile, **changed: str) -> str:
    given = {"issuer": somebody.issuer.issuer, "client_id": "judge", "client_secret": SECRET, **changed}
    with pytest.raises(HarnessError) as caught:
        check_real_issuer(RealIssuer(**given), profile)
    return str(caught.value)


def test_what_is_wrong_with_the_provider_is_told_before_the_run(somebody: Somebody, tmp_path: Path) -> None:
    """In one sentence, and never with the secret."""
    profile = load_profile(write_profile(tmp_path, PROFILE))
    check_real_issuer(somebody.settings(), profile)
    issuer = somebody.issuer.issuer
    assert "has no metadata where they belong" in wrong(somebody, profile, issuer=issuer + "/other")
    said = wrong(somebody, profile, client_secret=SECRET + "-of-before")
    assert "gives the client 'judge' no token (client_secret_basic): 401" in said
    assert SECRET not in said
    assert "no https URL" in wrong(somebody, profile, issuer="http://idp.example")
    at = somebody.issuer.description["discovery_url"]
    assert "character by character" in wrong(somebody, profile, issuer=issuer + "/", metadata_url=at)
    elsewhere = write_profile(tmp_path, f'audience = "things-api"\n{PROFILE}')
    assert "are for" in wrong(somebody, load_profile(elsewhere))
    claim = write_profile(tmp_path, PROFILE.replace("resource_access.{client}.roles", "realm_access.roles"))
    assert "don't have the permission 'things:list'" in wrong(somebody, load_profile(claim))


def provider(token: str, status: int = 200) -> Behaviour:
    """A provider that names itself right, and whose token endpoint answers so."""

    def answer(call: Call) -> Answer:
        base = f"http://{call.headers['Host']}"
        if call.path == "/token":
            return Answer(status, json.dumps({"access_token": token, "error": call.body.decode()}))
        return Answer(
            200, json.dumps({"issuer": base, "jwks_uri": f"{base}/jwks", "token_endpoint": f"{base}/token", "keys": []})
        )

    return answer


def test_tokens_of_another_issuer_are_told_before_the_run(somebody: Somebody, tmp_path: Path) -> None:
    """As of a provider that is known by two names; no case could be judged with them."""
    token = RealProvider(somebody.settings()).token()
    with SmallService(provider(token)) as service:
        said = wrong(somebody, load_profile(write_profile(tmp_path, PROFILE)), issuer=service.url)
    assert f"say that they are of another issuer, {somebody.issuer.issuer}" in said


def test_a_secret_that_a_provider_repeats_is_not_shown(somebody: Somebody, tmp_path: Path) -> None:
    with SmallService(provider("", status=400)) as service:
        profile = load_profile(write_profile(tmp_path, PROFILE))
        said = wrong(somebody, profile, issuer=service.url, auth_method="client_secret_post")
    assert "gives the client 'judge' no token (client_secret_post): 400" in said
    assert SECRET[4:] not in said


FILE = 'issuer = "https://idp.example"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('client_id = "judge"\nclient_secret_env = "NOT_SET"\n', "in the variable NOT_SET, and there is none"),
        ('client_id = "judge"\nclient_secret_file = "gone"\n', "client_secret_file"),
        ('client_id = "judge"\n', "a client proves itself by one of"),
        ("", "client_id says which client gets tokens"),
        ('client_id = "judge"\nclient_secret = "in clear"\n', "has no key 'client_secret'"),
        ('signing_key_file = "real.toml"\n', "holds no private key"),
        ('client_id = "judge"\nclient_key_file = "real.toml"\nauth_method = "client_secret_post"\n', "goes with"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    """There is no place in it for a secret in clear."""
    file = tmp_path / "real.toml"
    file.write_text(FILE + text)
    with pytest.raises(HarnessError, match=said):
        load_real_issuer(file, {})


def test_a_key_may_be_a_jwk(somebody: Somebody, tmp_path: Path) -> None:
    pem = somebody.issuer.private_pem("current")
    key = jwt.PyJWK(json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_private(pem))) | {"alg": "RS256"})
    (tmp_path / "key.jwk").write_text(jwt.algorithms.RSAAlgorithm.to_jwk(key.key))
    file = tmp_path / "real.toml"
    file.write_text(FILE + 'signing_key_file = "key.jwk"\n')
    assert load_real_issuer(file).signing_key == pem


def _private(pem: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem.encode(), None)


def planned(folder: Path, body: str, make: Callable[[Profile], Profile]) -> tuple[str, str]:
    profile = make(load_profile(write_profile(folder, PROFILE)))
    [cell] = plan([load_scenario(folder, body)], profile, "url", ["custom"])
    return cell.verdict, cell.reason


@pytest.mark.parametrize(
    "body",
    [
        'steps = [{ do = "rotate-keys" }, { do = "send", expect = "accept" }]\n',
        'expect = "accept"\nfetches = { at_most = 1 }\n',
        'steps = [{ do = "fault", on = "jwks", kind = "status", status = 500 }, { do = "send", expect = "accept" }]\n',
    ],
)
def test_what_changes_or_watches_the_provider_is_skipped(tmp_path: Path, body: str) -> None:
    assert planned(tmp_path, body, lambda profile: profile) == ("", "")
    verdict, reason = planned(tmp_path, body, lambda profile: replace(profile, real_issuer=True))
    assert (verdict, "neither ours to change" in reason) == ("skipped", True)


def test_a_run_ends_with_a_record_without_a_secret(
    somebody: Somebody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on the command line: a service that lets every caller in, so that everything is evidence."""
    monkeypatch.setenv("SECRET_OF_JUDGE", SECRET)
    real = tmp_path / "real.toml"
    real.write_text(
        f'issuer = "{somebody.issuer.issuer}"\nclient_id = "judge"\nclient_secret_env = "SECRET_OF_JUDGE"\n'
    )
    load_scenario(tmp_path / "mine", 'token.key = "attacker"\nexpect = "reject"\n')
    profile = write_profile(tmp_path, PROFILE)
    report = tmp_path / "report"
    with SmallService(resource_server(somebody.issuer, Dialect(permissions=None))) as service:
        arguments = [
            "run",
            "area/",
            "--scenarios",
            str(tmp_path / "mine"),
            "--target",
            "url",
            "--base-url",
            service.url,
        ]
        arguments += ["--profile", str(profile), "--real-issuer", str(real), "--report-dir", str(report)]
        assert CliRunner().invoke(cli, arguments, standalone_mode=False).return_value == 0
        refused = CliRunner().invoke(cli, [*arguments, "--style", "okta"])
    assert isinstance(refused.exception, UsageError)
    written = "".join(file.read_text() for file in report.rglob("*") if file.is_file())
    assert "area/topic/a-case[custom]" in written
    assert SECRET not in written
    assert base64.b64encode(f"judge:{SECRET}".encode()).decode() not in written

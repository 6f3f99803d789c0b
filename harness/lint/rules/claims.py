"""What must stand in a token: issuer, audience, permissions, and how long it lives."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lint.config_file import is_open
from harness.lint.finding import ERROR, NOTE, WARNING, Found, rule
from harness.lint.jwks_url import parts_of
from harness.lint.reading import Reading
from harness.shown.foreign_text import foreign

_MOST_HOURS = 24
_AUTH0, _OKTA, _REALMS = ".auth0.com", ".okta.com", "/realms/"


@rule(
    severity=ERROR,
    source="RFC 7519 §2, StringOrURI: compared letter by letter, so no token ever has it",
)
def blank_around(reading: Reading) -> Iterator[Found]:
    """Issuer, audience or the name of the API key's header begins or ends with a blank."""
    for key in ("jwt_issuer", "jwt_audience", "api_key_header", "permissions_claim"):
        value = reading.setting(key)
        if value != value.strip():
            message = f"{key} begins or ends with a blank, so nothing is ever equal to it"
            yield Found(reading.place(key), message, f'{key} = "{foreign(value.strip(), 80)}"')


@rule(
    severity=ERROR,
    source="External Auth Provider Integration: Auth0's issuer ends with a slash, those of Keycloak and Okta "
    "don't; RFC 7519 §2: compared letter by letter",
)
def slash_of_issuer(reading: Reading) -> Iterator[Found]:
    """The issuer has a slash at its end, or lacks one, other than the tokens of its vendor."""
    issuer = reading.setting("jwt_issuer")
    parts = parts_of(issuer)
    if parts is None or is_open(issuer) or parts.query or parts.fragment:
        return
    host, path = parts.hostname or "", parts.path
    needs = host.endswith(_AUTH0) and path == ""
    has = path.endswith("/") and ((host.endswith(_OKTA) and "/oauth2/" in path) or _REALMS in path)
    if needs or has:
        right = issuer + "/" if needs else issuer.rstrip("/")
        message = f"the tokens' iss {'ends' if needs else 'does not end'} with a slash: none of them is accepted"
        yield Found(reading.place("jwt_issuer"), message, f'jwt_issuer = "{foreign(right, 120)}"')


@rule(
    severity=WARNING,
    source="RFC 8725 §3.9: the audience is the recipient, and not who issued the token; a service that takes "
    "the issuer's name takes tokens that are for other services, such as ID tokens",
)
def audience_is_issuer(reading: Reading) -> Iterator[Found]:
    """The audience is the issuer, or the issuer's host."""
    audience, issuer = (str(reading.setting(key)).rstrip("/") for key in ("jwt_audience", "jwt_issuer"))
    parts = parts_of(issuer)
    if audience and parts and audience in (issuer, parts.hostname):
        message = "jwt_audience is the issuer: it must name this service"
        yield Found(reading.place("jwt_audience"), message, 'jwt_audience = "tasker-api"')


@rule(
    severity=NOTE,
    source="External Auth Provider Integration promises Auth0, whose tokens for users have an array when openid "
    "is among "
    "their scopes; tasker-py 0.1.8 answers a token whose aud is an array with 401, also when the audience is in it",
)
def audience_array(reading: Reading) -> Iterator[Found]:
    """Tokens of Auth0 for users may have several audiences, with which the service refuses them."""
    parts = parts_of(reading.setting("jwt_issuer"))
    if parts and (parts.hostname or "").endswith(_AUTH0):
        message = "tokens of Auth0 that are for several audiences are refused: ask for one audience, without openid"
        yield Found(reading.place("jwt_issuer"), message, "scope=  # in the request for the token: no openid")


@rule(
    severity=ERROR,
    source="External Auth Provider Integration, Permission Claim Mapping, promises it; tasker-py 0.1.8 reads the claim "
    "permissions whatever this says: tokens with the other claim are answered with 403",
)
def unused_permissions_claim(reading: Reading) -> Iterator[Found]:
    """permissions_claim has no effect: the claim `permissions` is read, whatever it says."""
    name = reading.setting("permissions_claim")
    if name != "permissions":
        message = f"permissions_claim {foreign(name, 40)!r} has no effect: permissions are read from permissions"
        line = 'permissions_claim = "permissions"  # and have the provider add that claim'
        yield Found(reading.place("permissions_claim"), message, line)


@rule(
    severity=WARNING,
    source="Configuration Reference, Security Hardening Checklist: token expiry set appropriately (1-24h recommended)",
)
def long_lived_tokens(reading: Reading) -> Iterator[Found]:
    """Tokens that are made with this configuration live longer than a day."""
    hours = reading.setting("jwt_token_expiry_hours") or 0
    if hours > _MOST_HOURS:
        message = f"tokens live {hours} hours: who steals one has it for as long"
        yield Found(reading.place("jwt_token_expiry_hours"), message, "jwt_token_expiry_hours = 24")

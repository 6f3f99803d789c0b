"""The URL of the key set, and how long its keys are kept. Nothing is fetched."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from harness.lint.config_file import is_open
from harness.lint.finding import ERROR, WARNING, Found, rule
from harness.lint.jwks_url import parts_of
from harness.lint.reading import Reading
from harness.shown.foreign_text import foreign
from harness.targets.jwks_host import refusal

_LINE = 'jwks_url = "https://YOUR_DOMAIN/.well-known/jwks.json"'
# RFC 2606 and RFC 6761: names that lead nowhere; and those that the documents have in their examples.
_NOWHERE = ("test", "example", "invalid", "example.com", "example.org", "example.net")
_OF_DOCUMENTS = ("your-provider.com", "auth.company.com")
_PLACEHOLDERS = ("your_", "your-domain", "<", ">")
_DAY_SECONDS = 86_400
_DISCOVERY = "/.well-known/openid-configuration"
_DISCOVERY_OAUTH = "/.well-known/oauth-authorization-server"


def _url(reading: Reading) -> str:
    """The URL that counts and is known, "" when there is none."""
    url = reading.setting("jwks_url")
    return url if reading.method == "jwks" and not is_open(url) else ""


@rule(
    severity=ERROR,
    source='Configuration Reference, jwks_url (when jwt_verification_method = "jwks"); without it tasker-py '
    "0.1.8 starts "
    "and answers every bearer token with 401",
)
def no_jwks_url(reading: Reading) -> Iterator[Found]:
    """Tokens are verified with a key set, and there is no URL of one."""
    if reading.method == "jwks" and not reading.setting("jwks_url"):
        message = "jwks_url is missing: no bearer token is ever accepted"
        yield Found(reading.place("jwks_url"), message, _LINE, absent=True)


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/types/jwks.rs, validate_url; tasker-py 0.1.8 starts and answers every "
    "bearer token with 401",
)
def bad_jwks_url(reading: Reading) -> Iterator[Found]:
    """The JWKS URL is none that can be fetched."""
    if not (url := _url(reading)):
        return
    parts = parts_of(url)
    if parts is None or parts.scheme not in ("http", "https"):
        message = "jwks_url is no https URL with a host: no bearer token is ever accepted"
        yield Found(reading.place("jwks_url"), message, _LINE)


@rule(
    severity=ERROR,
    source="Tasker, jwks_url_allow_http (false); tasker-py 0.1.8 starts, never fetches, and answers every bearer token "
    "with 401",
)
def http_jwks_url(reading: Reading) -> Iterator[Found]:
    """The JWKS URL is http, which the service refuses without a word to whoever starts it."""
    parts = parts_of(_url(reading))
    if parts and parts.scheme == "http" and not reading.setting("jwks_url_allow_http"):
        message = "jwks_url is http and refused at the start: no bearer token is ever accepted"
        yield Found(reading.place("jwks_url"), message, _with_https(reading))


@rule(
    severity=WARNING,
    source="OpenID Connect Discovery 1.0 §3: jwks_uri must use https; tasker-shared 0.1.8, src/config/tasker.rs: only "
    "enable for local testing",
    production=True,
)
def plain_jwks_url(reading: Reading) -> Iterator[Found]:
    """Keys are fetched over http: whoever is on the way can put in theirs."""
    parts = parts_of(_url(reading))
    if parts and parts.scheme == "http" and reading.setting("jwks_url_allow_http"):
        message = "keys are fetched over http: whoever is on the way can put in keys of their own"
        yield Found(reading.place("jwks_url"), message, f"{_with_https(reading)}\njwks_url_allow_http = false")


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/types/jwks.rs, is_private_host; tasker-py 0.1.8 starts, never fetches, and "
    "answers every bearer token with 401",
)
def private_jwks_host(reading: Reading) -> Iterator[Found]:
    """The host of the JWKS URL is localhost, or a loopback or private address, which the service refuses."""
    parts = parts_of(_url(reading))
    if parts and (reason := refusal(parts.hostname or "")):
        message = f"the host {foreign(parts.hostname, 80)} {reason}: no bearer token is ever accepted"
        yield Found(reading.place("jwks_url"), message, "a name that leads there, such as that of a compose service")


@rule(
    severity=WARNING,
    source="RFC 2606 and RFC 6761: these names lead nowhere; External Auth Provider Integration and Configuration "
    "Reference have them as examples. When the first fetch fails, tasker-py 0.1.8 accepts no bearer token until it is "
    "started again",
    production=True,
)
def sample_host(reading: Reading) -> Iterator[Found]:
    """The host of the JWKS URL or the issuer is that of an example."""
    for key in ("jwks_url", "jwt_issuer"):
        value = _url(reading) if key == "jwks_url" else reading.setting(key)
        parts = parts_of(value)
        host = (parts.hostname or "") if parts else ""
        if host and _is_sample(host):
            message = f"{key} has the host {foreign(host, 80)} of an example"
            yield Found(reading.place(key), message, f"{key} = ...  # your provider's own")


@rule(
    severity=ERROR,
    source="External Auth Provider Integration, Custom JWKS Endpoint: the endpoint must return keys; OpenID Connect "
    "Discovery 1.0 §4: this one returns metadata, in which jwks_uri says where the keys are",
)
def metadata_as_jwks_url(reading: Reading) -> Iterator[Found]:
    """The JWKS URL is that of the provider's metadata, which holds no keys."""
    parts = parts_of(_url(reading))
    if parts and (parts.path.endswith(_DISCOVERY) or _DISCOVERY_OAUTH in parts.path):
        message = "jwks_url leads to the provider's metadata, not to its keys: no bearer token is ever accepted"
        yield Found(reading.place("jwks_url"), message, "jwks_url = ...  # what jwks_uri says there")


@rule(
    severity=WARNING,
    source="Configuration Reference, Key Rotation: keys are refreshed on a timer; RFC 8725 §3.10: what a "
    "stranger can make a service fetch has to be bounded",
)
def refresh_interval(reading: Reading) -> Iterator[Found]:
    """Keys are fetched for every request, or a withdrawn one is trusted for more than a day."""
    if reading.method != "jwks":
        return
    seconds = reading.setting("jwks_refresh_interval_seconds")
    line = "jwks_refresh_interval_seconds = 3600"
    if seconds == 0:
        message = "with 0 every request with a token fetches the key set"
        yield Found(reading.place("jwks_refresh_interval_seconds"), message, line)
    elif seconds > _DAY_SECONDS:
        message = f"a key that the provider withdraws is trusted for {seconds / 3600:.0f} hours"
        yield Found(reading.place("jwks_refresh_interval_seconds"), message, line)


@rule(
    severity=WARNING,
    source="Tasker, jwks_max_stale_seconds (300): how long kept keys are used while the provider can't be reached",
)
def long_stale_window(reading: Reading) -> Iterator[Found]:
    """Whoever cuts the service off from its provider keeps withdrawn keys in use for more than a day."""
    seconds = reading.setting("jwks_max_stale_seconds")
    if reading.method == "jwks" and seconds > _DAY_SECONDS:
        message = f"while the provider can't be reached, old keys are used for {seconds / 3600:.0f} hours"
        yield Found(reading.place("jwks_max_stale_seconds"), message, "jwks_max_stale_seconds = 300")


def _with_https(reading: Reading) -> str:
    """The line with https; a user name and password in the URL are left out."""
    parts = parts_of(reading.setting("jwks_url"))
    if parts is None:
        return _LINE
    host = parts.netloc.rpartition("@")[2]
    return f'jwks_url = "https://{foreign(host + parts.path, 120)}"'


def _is_sample(host: str) -> bool:
    if any(word in host for word in _PLACEHOLDERS) or host in _OF_DOCUMENTS:
        return True
    return not _is_address(host) and any(host == one or host.endswith("." + one) for one in _NOWHERE)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

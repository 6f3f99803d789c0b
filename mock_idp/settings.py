"""What a server and an issuer are started with, as frozen values. Nothing here reads a file or the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mock_idp.errors import bad_field

if TYPE_CHECKING:
    from mock_idp.jose.key_spec import KeySettings
    from mock_idp.plans.stubs.settings import StubSettings

_GROUP = "[0-9A-Fa-f]{1,4}"
_IPV6 = "|".join(
    [f"({_GROUP}:){{7}}{_GROUP}"]
    # RFC 4291 section 2.2: two colons stand for the groups of zeros that are left out, once.
    + [f"{_GROUP}(:{_GROUP}){{{before - 1}}}::({_GROUP}(:{_GROUP}){{0,{6 - before}}})?" for before in range(1, 7)]
    + [f"::({_GROUP}(:{_GROUP}){{0,6}})?", f"({_GROUP}:){{7}}:"]
)
_PORT = "[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"

PUBLIC_URL = rf"^https?://([A-Za-z0-9._~-]+|\[({_IPV6})\])(:({_PORT})?)?(/[!\"$->@-~]*)?$"
"""What a public URL looks like (RFC 3986 section 3), as a regular expression of JSON Schema."""

REDIRECT_URI = (
    r"^(?!([Jj][Aa][Vv][Aa]|[Vv][Bb])[Ss][Cc][Rr][Ii][Pp][Tt]:|[Dd][Aa][Tt][Aa]:)(?![Hh][Tt][Tt][Pp][Ss]?:(?!//[^/?]))"
    r"[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$"
)
"""What a redirect URI looks like (RFC 6749 section 3.1.2, RFC 3986 section 4.3), as a regular expression of JSON
Schema: absolute, without a fragment; one of http or https has a host, and none is a script."""

NO_REDIRECT_URI = "This must be an absolute URI without a fragment, such as https://app.example/callback."

FETCHED_URL = r"^https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[!$&-;=?-Z_a-z~%]*)?$"
"""A URL of something that is fetched from a client, as a regular expression of JSON Schema: without a user and a
fragment. The last group is path and query."""

NO_PUBLIC_URL = "This must be an absolute http or https URL such as http://localhost:9400."

DEFAULT_PORT = 9400
DEFAULT_AUDIENCE = "tasker-api"
DEFAULT_ISSUER_ID = "default"


ClientAuthMethod = Literal["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
CLIENT_AUTH_METHODS: tuple[ClientAuthMethod, ...] = (
    *("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"),
)


@dataclass(frozen=True)
class ClientSettings:
    """One client. None means: any that the vendor has, or any at all.

    `secret` and `keys` (public JWKs) or `jwks_uri` are what it can authenticate with; without any it is a public
    client, which names itself and no more (RFC 6749 section 2.1). `auth_method` narrows that to one method. `roles` are
    permissions that its tokens always have, `claims` are set in them, `token` is what else is changed in them. Declared
    `redirect_uris` are compared character by character (RFC 9700 section 2.1). `web_origins` are the origins whose web
    pages may read the answers to it; `*` is any.
    """

    id: str
    secret: str | None = field(default=None, repr=False)
    auth_method: ClientAuthMethod | None = None
    keys: tuple[Mapping[str, Any], ...] = ()
    redirect_uris: tuple[str, ...] | None = None
    post_logout_redirect_uris: tuple[str, ...] | None = None
    grant_types: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    audiences: tuple[str, ...] | None = None
    roles: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)
    token: Mapping[str, Any] = field(default_factory=dict)
    require_pkce: bool = False
    web_origins: tuple[str, ...] | None = None
    jwks_uri: str | None = None
    """Where its keys are, in place of `keys`."""
    anonymous: bool = False
    """Nobody declared it: it is accepted because the issuer declares no clients."""

    @property
    def public(self) -> bool:
        """Whether it has nothing to authenticate with."""
        if self.auth_method is not None:
            return self.auth_method == "none"
        return not self.anonymous and self.secret is None and not self.keys and self.jwks_uri is None


@dataclass(frozen=True)
class UserSettings:
    """One user. `password` of None takes any. `subject` of None is made from the username in the vendor's shape.

    `claims` are the claims of OpenID Connect Core section 5.1 and any others, for ID token and userinfo; those that
    the vendor's access token has as well get their value from here. `roles` are permissions of all tokens of the user.
    """

    username: str
    password: str | None = field(default=None, repr=False)
    subject: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    anonymous: bool = False
    """Nobody declared them: they are accepted because the issuer declares no users."""


@dataclass(frozen=True)
class IssuerSettings:
    """One issuer. None leaves a value to the provider (claim, lifetime, keys) or to the server (public URL).

    `mount` is "root" for the vendor's own layout at the root of the server; None puts its paths below "/i/<id>".
    `token_lifetime_seconds` is the life of a token in seconds. `keys` of None are the vendor's usual keys.
    Without `clients` or `users` any client or user is accepted; `scopes` and `audiences` of None are any. `auto_login`
    is the user who is logged in without a page. `refresh` of None is the vendor's habit with refresh tokens.
    `device_interval_seconds` is how far apart the questions of a device have to be. `script` are the scripted answers
    it begins with, `token` is what is changed in the tokens of its token endpoint.
    """

    id: str
    style: str
    audience: str = DEFAULT_AUDIENCE
    permissions_claim: str | None = None
    algorithm: str = "RS256"
    token_lifetime_seconds: int | None = None
    public_url: str | None = None
    mount: Literal["root"] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[KeySettings, ...] | None = None
    clients: tuple[ClientSettings, ...] = ()
    users: tuple[UserSettings, ...] = ()
    scopes: tuple[str, ...] | None = None
    audiences: tuple[str, ...] | None = None
    auto_login: str | None = None
    refresh: Literal["rotate", "reissue", "keep"] | None = None
    device_interval_seconds: int = 5
    script: tuple[StubSettings, ...] = ()
    token: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TlsSettings:
    """A server that speaks TLS: with a throw-away certificate that also has the names and addresses in `hosts`, or
    with the PEM files `cert` (the chain) and `key` (without password), which come together.

    Raises MockIdpError for one file without the other, or for hosts beside them.
    """

    hosts: tuple[str, ...] = ()
    cert: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        if (self.cert is None) != (self.key is None):
            missing, given = ("tls_cert", "key") if self.cert is None else ("tls_key", "certificate")
            raise bad_field(missing, f"A {given} alone is not enough: say both --tls-cert and --tls-key.")
        if self.cert is not None and self.hosts:
            raise bad_field("tls_host", "The certificate that is brought along has its names already.")


@dataclass(frozen=True)
class ServerSettings:
    """One server. `port` 0 takes a free one. `public_url` is what stands in documents and tokens, and may differ from
    the address that is bound; None means http://localhost:PORT, with `tls` https://localhost:PORT.

    `issuers` are there from the start and survive a reset. `default_style` is the style of issuers that are made by
    their first request (`auto_issuers`). With `backchannel_dynamic` discovery documents name the endpoints that no
    browser is sent to below the URL at which they were asked for. Sizes are in bytes; `request_log_size` counts entries
    of each issuer.

    Raises MockIdpError when the settings would open the control API to others by accident.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_url: str | None = None
    allow_remote: bool = False
    control_token: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()
    trust_forwarded: bool = False
    backchannel_dynamic: bool = False
    auto_issuers: bool = False
    default_style: str = "custom"
    issuers: tuple[IssuerSettings, ...] = ()
    max_issuers: int = 1000
    max_body_bytes: int = 4 * 1024 * 1024
    request_log_size: int = 4096
    key_pool_size: int = 4
    recycle_keys: bool = False
    tls: TlsSettings | None = None

    def __post_init__(self) -> None:
        if self.public_url is not None:
            check_public_url(self.public_url)
            if self.tls is not None and not self.public_url.startswith("https://"):
                raise bad_field("public_url", "This server speaks TLS, so its public URL begins with https://.")
        if self.control_token is not None:
            check_control_token(self.control_token)
        if is_loopback(self.host):
            return
        if not self.allow_remote:
            raise bad_field(
                "host",
                f"{self.host} can be reached from other machines, and this server hands out valid tokens to anybody. "
                "Say --allow-remote if that is meant.",
            )
        if not self.control_token:
            raise bad_field(
                "control_token",
                f"{self.host} can be reached from other machines, so the control API needs a control token "
                "(--control-token or MOCK_IDP_CONTROL_TOKEN).",
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address or name `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


MAX_CONTROL_TOKEN = 1024
"""The most characters of a control token."""


def check_control_token(token: str) -> None:
    """Raises MockIdpError for a control token that no client could send, or that protects nothing.

    It travels in headers, where only visible ASCII arrives everywhere as it was meant (RFC 9110 section 5.5).
    """
    if not token:
        raise bad_field("control_token", "An empty control token lets everybody in; leave it out to have none.")
    if len(token) > MAX_CONTROL_TOKEN:
        raise bad_field("control_token", f"A control token has at most {MAX_CONTROL_TOKEN} characters.")
    if token != token.strip():
        sentence = "A control token begins and ends without blanks; a line break at its end comes from a file, perhaps."
        raise bad_field("control_token", sentence)
    if not all("!" <= character <= "~" for character in token):
        raise bad_field(
            "control_token", "A control token is made of letters, digits and signs of ASCII, without blanks."
        )


def check_public_url(url: str, field_name: str = "public_url") -> str:
    """`url` without a slash at the end.

    Raises MockIdpError unless it is an absolute http or https URL without query and fragment.
    """
    if not re.search(PUBLIC_URL, url) or url.endswith("\n"):
        raise bad_field(field_name, NO_PUBLIC_URL)
    return url.rstrip("/")

"""How tokens are verified: the method, and the static key."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lint.config_file import is_open
from harness.lint.finding import ERROR, WARNING, Found, rule
from harness.lint.public_key import is_rsa_public_key
from harness.lint.reading import Reading
from harness.shown.foreign_text import foreign

_METHODS = ("public_key", "jwks")
_JWKS_LINE = 'jwt_verification_method = "jwks"'


@rule(
    severity=ERROR,
    source="Configuration Reference, jwt_verification_method; with another word tasker-py 0.1.8 starts and "
    "answers every "
    'bearer token with 401 ("No JWT verification method configured")',
)
def unknown_method(reading: Reading) -> Iterator[Found]:
    """The method of verification is none: no bearer token is ever accepted."""
    if reading.method not in _METHODS and not is_open(reading.method):
        message = f'jwt_verification_method "{foreign(reading.method, 40)}" is none: no bearer token is ever accepted'
        line = _JWKS_LINE if "jwks" in reading.method.lower() else 'jwt_verification_method = "public_key"  # or "jwks"'
        yield Found(reading.place("jwt_verification_method"), message, line)


@rule(
    severity=ERROR,
    source="Configuration Reference, jwt_verification_method: the default is public_key; tasker-shared 0.1.8, "
    "src/services/security_service.rs: the URL is read with jwks alone",
)
def unused_jwks_url(reading: Reading) -> Iterator[Found]:
    """There is a JWKS URL, and the method of verification doesn't use it."""
    if reading.setting("jwks_url") and reading.method == "public_key":
        default = "" if reading.says("jwt_verification_method") else " (the default)"
        message = f"jwks_url is not used: jwt_verification_method is public_key{default}"
        has_key = reading.setting("jwt_public_key_path") or reading.setting("jwt_public_key")
        yield Found(reading.place("jwks_url"), message, _JWKS_LINE, softer=bool(has_key))


@rule(
    severity=ERROR,
    source="Configuration Reference, Static public key; without one tasker-py 0.1.8 starts and answers every bearer "
    'token with 401 ("No JWT verification method configured")',
)
def no_public_key(reading: Reading) -> Iterator[Found]:
    """Tokens are verified with a static key, and there is none; API keys are no way in either."""
    if reading.method != "public_key" or reading.uses_api_keys or reading.setting("jwks_url"):
        return
    if (
        reading.setting("enabled")
        and not reading.setting("jwt_public_key_path")
        and not reading.setting("jwt_public_key")
    ):
        message = "there is neither jwt_public_key_path nor jwt_public_key, and no API key: nobody gets in"
        yield Found(
            reading.place("jwt_public_key"),
            message,
            'jwt_public_key_path = "/etc/tasker/keys/jwt-public-key.pem"',
            absent=True,
        )


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/types/auth.rs: RSA in PEM, PKCS#1 or SubjectPublicKeyInfo; with anything else "
    "tasker-py 0.1.8 starts and answers every bearer token with 401",
)
def unusable_public_key(reading: Reading) -> Iterator[Found]:
    """The inline key is no RSA public key in PEM: no bearer token is ever accepted."""
    inline = reading.setting("jwt_public_key")
    if reading.method != "public_key" or reading.setting("jwt_public_key_path") or not inline or is_open(inline):
        return
    if not is_rsa_public_key(inline):
        message = "jwt_public_key is no RSA public key in PEM: no bearer token is ever accepted"
        yield Found(
            reading.place("jwt_public_key"), message, 'jwt_public_key_path = "/etc/tasker/keys/jwt-public-key.pem"'
        )


@rule(
    severity=WARNING,
    source="Configuration Reference, Static public key: one of these, path takes precedence",
)
def two_public_keys(reading: Reading) -> Iterator[Found]:
    """There is an inline key beside a path: the inline one is never used, also where the file is another key."""
    if reading.method == "public_key" and reading.setting("jwt_public_key_path") and reading.setting("jwt_public_key"):
        message = "jwt_public_key is not used: jwt_public_key_path takes precedence"
        yield Found(reading.place("jwt_public_key"), message, 'jwt_public_key = ""')


@rule(
    severity=WARNING,
    source="tasker-py 0.1.8: a relative path is looked for in the folder that the service is started in; from another "
    "one it doesn't start",
)
def relative_key_path(reading: Reading) -> Iterator[Found]:
    """The path of the public key is relative: from another folder the service doesn't start."""
    path = reading.setting("jwt_public_key_path")
    if reading.method == "public_key" and path and not is_open(path) and not path.startswith("/"):
        message = "jwt_public_key_path is relative: started from another folder, the service ends"
        yield Found(
            reading.place("jwt_public_key_path"),
            message,
            'jwt_public_key_path = "/etc/tasker/keys/jwt-public-key.pem"',
        )


@rule(
    severity=ERROR,
    source="Configuration Reference, Security Hardening Checklist: private keys never committed to version "
    "control; Full Reference: for token generation only, not needed for verification",
)
def private_key_in_file(reading: Reading) -> Iterator[Found]:
    """The file holds a private key, with which anybody who reads it makes tokens."""
    for key in ("jwt_private_key", "jwt_public_key"):
        value = reading.setting(key)
        if (key == "jwt_private_key" and value and not is_open(value)) or "PRIVATE KEY-----" in value:
            message = f"{key} holds a private key, which no service needs to verify tokens"
            yield Found(reading.place(key), message, f'{key} = ""  # and make a new pair: this one is known')

"""The algorithms that are allowed."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lint.config_file import is_open
from harness.lint.finding import ERROR, WARNING, Found, rule
from harness.lint.reading import EC_ALGORITHMS, RSA_ALGORITHMS, Reading
from harness.shown.foreign_text import foreign

_LINE = 'jwt_allowed_algorithms = ["RS256"]'
_SHOWN = 5


@rule(
    severity=ERROR,
    source="RFC 8725 §3.1: the allowed algorithms are a set; with RS256 and ES256 tasker-py 0.1.8 answers every "
    "RS256 token with 401: one entry of another family of keys disables all",
)
def mixed_algorithms(reading: Reading) -> Iterator[Found]:
    """The list has algorithms for RSA and for elliptic curves: no bearer token is ever accepted."""
    known = reading.algorithms
    if reading.method == "jwks" and {*known} & {*RSA_ALGORITHMS} and {*known} & {*EC_ALGORITHMS}:
        rsa = [one for one in dict.fromkeys(known) if one in RSA_ALGORITHMS]
        message = "jwt_allowed_algorithms mixes RSA and elliptic curves: no bearer token is ever accepted"
        quoted = ", ".join(f'"{one}"' for one in rsa)
        yield Found(reading.place("jwt_allowed_algorithms"), message, f"jwt_allowed_algorithms = [{quoted}]")


@rule(
    severity=ERROR,
    source="External Auth Provider Integration, How It Works: RSA keys are parsed from n and e, and no others; "
    "tasker-shared 0.1.8, src/services/security_service.rs: without a word that it knows, the list allows nothing",
)
def no_usable_algorithm(reading: Reading) -> Iterator[Found]:
    """No algorithm on the list is one of RSA that the service knows: no bearer token is ever accepted."""
    if reading.method == "jwks" and not {*reading.algorithms} & {*RSA_ALGORITHMS}:
        message = "jwt_allowed_algorithms has no algorithm of RSA that the service knows: no bearer token is accepted"
        yield Found(reading.place("jwt_allowed_algorithms"), message, _LINE)


@rule(
    severity=WARNING,
    source="tasker-shared 0.1.8, src/services/security_service.rs, parse_algorithm: other words, in lower case "
    "too, are passed over with a line in the log",
)
def unknown_algorithm(reading: Reading) -> Iterator[Found]:
    """A word on the list is no algorithm that the service knows, and is passed over."""
    words = [one for one in reading.setting("jwt_allowed_algorithms") if not is_open(one)]
    unknown = [one for one in words if one not in (*RSA_ALGORITHMS, *EC_ALGORITHMS)]
    if reading.method == "jwks" and unknown:
        shown = ", ".join(str(foreign(one, 20)) for one in unknown[:_SHOWN])
        yield Found(reading.place("jwt_allowed_algorithms"), f"the service passes over {shown}", _LINE)


@rule(
    severity=WARNING,
    source="tasker-shared 0.1.8, src/types/auth.rs: with a static key it is RS256, whatever the list says",
)
def unused_algorithms(reading: Reading) -> Iterator[Found]:
    """Tokens are verified with a static key, for which the list of algorithms doesn't count."""
    if reading.method == "public_key" and {*reading.setting("jwt_allowed_algorithms")} != {"RS256"}:
        message = "jwt_allowed_algorithms is not used: with a static key RS256 alone is accepted"
        yield Found(reading.place("jwt_allowed_algorithms"), message, _LINE)

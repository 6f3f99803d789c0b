"""Keys and tokens of one's own: what the commands write, and what they find."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.api_jws import PyJWS

from harness.base.errors import UsageError
from harness.cli import cli
from harness.static_key import pem_files
from harness.static_key.tokens import Grant, examine, issue, permissions_in

NOW = 1_800_000_000.0
GRANT = Grant("tasker-core", "tasker-api", "me", ("tasks:read",))
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
TRUSTED = {"now": NOW, "issuer": "tasker-core", "audience": "tasker-api"}
HOSTILE = "me\x1b[31m"
PERMISSIONS = ["--permissions", "tasks:read", "--subject", "me"]


def call(*words: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], input=text, standalone_mode=False)


def signed(**claims: Any) -> str:
    good = {"iss": "tasker-core", "aud": "tasker-api", "sub": "me", "exp": NOW + 60, "permissions": []}
    payload = {name: value for name, value in {**good, **claims}.items() if value is not ...}
    return PyJWS().encode(json.dumps(payload).encode(), KEY, "RS256")


def wrong(token: str, **more: Any) -> list[str]:
    """The parts of the token that don't hold."""
    findings, _ = examine(token, KEY.public_key(), **{**TRUSTED, **more})
    return [finding.part for finding in findings if finding.holds is False]


def test_a_pair_of_keys_is_one_key_and_the_private_one_is_its_owner_s(tmp_path: Path) -> None:
    pair = pem_files.generate(tmp_path / "a" / "keys", 3072)
    private, public = pem_files.read_private_key(pair.private), pem_files.read_public_key(pair.public)
    assert private.public_key().public_numbers() == public.public_numbers()
    assert (private.key_size, stat.S_IMODE(pair.private.stat().st_mode)) == (3072, 0o600)
    assert sorted(file.name for file in pair.private.parent.iterdir()) == [
        pem_files.PRIVATE_NAME,
        pem_files.PUBLIC_NAME,
    ]


@pytest.mark.parametrize("name", [pem_files.PRIVATE_NAME, pem_files.PUBLIC_NAME])
def test_a_key_that_is_there_stays(tmp_path: Path, name: str) -> None:
    """A new one would make every token of the old one worthless."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        pem_files.generate(tmp_path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(name, "mine")]


def test_a_key_is_replaced_when_that_is_said_and_then_nobody_else_reads_it(tmp_path: Path) -> None:
    (tmp_path / pem_files.PRIVATE_NAME).write_text("mine")
    (tmp_path / pem_files.PRIVATE_NAME).chmod(0o644)
    pair = pem_files.generate(tmp_path, replace=True)
    assert (pem_files.read_private_key(pair.private).key_size, stat.S_IMODE(pair.private.stat().st_mode)) == (
        2048,
        0o600,
    )


def test_keys_that_can_t_be_written_leave_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be written"):
        pem_files.generate(tmp_path / "file" / "keys")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
def test_a_private_key_is_read_in_both_forms(tmp_path: Path, form: serialization.PrivateFormat) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(KEY.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    assert pem_files.read_private_key(file).private_numbers() == KEY.private_numbers()


def _ec_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _short_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _locked_key() -> bytes:
    locked = serialization.BestAvailableEncryption(b"secret")
    return KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (lambda: b"sk-very-secret", "holds no private key in PEM"),
        (lambda: b"", "holds no private key in PEM"),
        (_ec_key, "a key of another kind"),
        (_short_key, "1024 bits; RS256 needs 2048"),
        (_locked_key, "protected by a password"),
    ],
)
def test_what_is_no_usable_key_is_told_without_what_it_holds(
    tmp_path: Path, content: Callable[[], bytes], problem: str
) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content())
    with pytest.raises(UsageError, match=problem) as told:
        pem_files.read_private_key(file)
    assert "very-secret" not in str(told.value)


def test_a_token_says_what_it_was_given_and_holds() -> None:
    token = issue(KEY, GRANT, now=NOW, lifetime_seconds=3600)
    findings, claims = examine(token, KEY.public_key(), **TRUSTED)  # type: ignore[arg-type]
    assert claims == {
        "iss": "tasker-core",
        "aud": "tasker-api",
        "sub": "me",
        "permissions": ["tasks:read"],
        "iat": int(NOW),
        "exp": int(NOW) + 3600,
    }
    assert not [finding for finding in findings if finding.holds is False]


def test_permissions_may_stand_deep_in_a_token() -> None:
    grant = Grant("i", "a", "s", ("x:y",), "realm_access.roles")
    token = issue(KEY, grant, now=NOW, lifetime_seconds=60)
    _, claims = examine(token, KEY.public_key(), now=NOW, issuer="i", audience="a")
    assert claims["realm_access"] == {"roles": ["x:y"]}
    assert permissions_in(claims, "realm_access.roles")[1] == ["x:y"]


@pytest.mark.parametrize(
    ("claims", "parts"),
    [
        ({}, []),
        ({"exp": NOW}, ["exp"]),
        ({"exp": NOW - 1}, ["exp"]),
        ({"exp": ...}, ["exp"]),
        ({"exp": float("inf")}, ["exp"]),
        ({"exp": float("nan")}, ["exp"]),
        ({"exp": True}, ["exp"]),
        ({"exp": str(NOW + 60)}, ["exp"]),
        ({"nbf": NOW + 1}, ["nbf"]),
        ({"nbf": NOW}, []),
        ({"nbf": "soon"}, ["nbf"]),
        ({"iss": "tasker-core/"}, ["iss"]),
        ({"iss": ...}, ["iss"]),
        ({"iss": ["tasker-core"]}, ["iss"]),
        ({"aud": ["other", "tasker-api"]}, []),
        ({"aud": []}, ["aud"]),
        ({"aud": "tasker-api,other"}, ["aud"]),
        ({"sub": ...}, ["sub"]),
        ({"sub": ""}, ["sub"]),
    ],
)
def test_each_claim_is_looked_at(claims: dict[str, Any], parts: list[str]) -> None:
    assert wrong(signed(**claims)) == parts


def test_the_leeway_counts_for_both_dates() -> None:
    assert wrong(signed(exp=NOW - 5, nbf=NOW + 5), leeway_seconds=6) == []
    assert wrong(signed(exp=NOW - 5, nbf=NOW + 5), leeway_seconds=4) == ["exp", "nbf"]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        signed()[:-8] + "AAAAAAAA",
        jwt.encode({"sub": "me"}, "x" * 64, "HS256"),
        jwt.encode({"sub": "me"}, None, "none"),
    ],
    ids=["empty", "no token", "tampered", "HMAC", "unsigned"],
)
def test_nothing_is_read_in_a_token_that_the_key_has_not_signed(token: str) -> None:
    findings, claims = examine(token, KEY.public_key(), **TRUSTED)  # type: ignore[arg-type]
    assert ([(finding.part, finding.holds) for finding in findings], claims) == ([("signature", False)], {})


@pytest.mark.parametrize("value", ["tasks:read", None, [1], {"tasks:read": True}])
def test_permissions_of_another_form_grant_nothing(value: object) -> None:
    finding, granted = permissions_in({"permissions": value}, "permissions")
    assert (finding.holds, list(granted)) == (False, [])


def test_the_commands_go_together(tmp_path: Path) -> None:
    """A key, a token that stands alone on standard output, and what is in it; the odd permissions are told."""
    call("keys", "generate", "--output-dir", tmp_path)
    private, public = tmp_path / pem_files.PRIVATE_NAME, tmp_path / pem_files.PUBLIC_NAME
    made = call(
        "token", "generate", "--private-key", private, "--permissions", "tasks:raed, *", "--subject", "me\x1b[31m"
    )
    assert "note: tasks:raed: tasker-orchestration does not know it; did you mean 'tasks:read'" in made.stderr
    token = made.stdout.strip()
    assert jwt.decode(token, options={"verify_signature": False})["permissions"] == ["tasks:raed", "*"]
    seen = call("token", "validate", "--public-key", public, "--token", "-", text=f"{token}\n")
    assert (seen.return_value, token in seen.stdout, "\x1b[31m" in seen.stdout) == (0, False, False)
    assert "* " in seen.stdout
    assert "no wildcard for everything" in seen.stdout
    refused = call("token", "validate", "--public-key", public, "--audience", "other", "--token", token)
    assert (refused.return_value, "is tasker-api, and must be other" in refused.stdout) == (1, True)


def test_the_lifetime_of_a_token_is_in_hours(tmp_path: Path) -> None:
    pair = pem_files.generate(tmp_path)
    made = call("token", "generate", "--private-key", pair.private, *PERMISSIONS, "--expiry-hours", "0.5")
    claims = jwt.decode(made.stdout.strip(), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 1800
    assert abs(claims["iat"] - time.time()) < 600


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["keys", "generate", "--output-dir", "k", "--key-size", "1024"], "1024 is not in the range"),
        (["token", "generate", "--private-key", "nowhere.pem", *PERMISSIONS], "nowhere.pem can't be read"),
        (["token", "validate", "--public-key", "nowhere.pem", "--token", "x"], "nowhere.pem can't be read"),
        (["token", "generate", "--private-key", "x", "--permissions", "a:b,,c:d", "--subject", "me"], "is empty"),
        (
            ["token", "generate", "--private-key", "x", *PERMISSIONS, "--permissions-claim", "a..b"],
            "several with dots between",
        ),
        (["token", "generate", "--private-key", "x", *PERMISSIONS, "--expiry-hours", "nan"], "nan is no number"),
        (["permissions", "--profile", "nobody"], "there is no profile 'nobody'"),
        (["permissions", "--profile", "windmill"], "the profile windmill lists no permissions"),
    ],
)
def test_what_can_t_be_is_said(words: list[str], problem: str) -> None:
    result = call(*words)
    assert result.exception is not None
    assert problem in (getattr(result.exception, "message", None) or str(result.exception))


def test_permissions_stand_beside_the_routes_that_they_open() -> None:
    shown = call("permissions", "--profile", "tasker-worker").stdout
    assert "worker:templates_read" in shown
    assert "GET /v1/templates" in shown
    assert "\n*" not in shown

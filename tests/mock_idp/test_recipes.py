"""Settings to copy: each works with the library that it is for, whatever an issuer is called."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jwt
import pytest
from idp_api import IssuerApi, MakeIssuer

from mock_idp.trusting.recipes import Recipe, Trust, recipes

ROOT = Path(__file__).parents[2]
ODD = ["tasker-api", "käse", "\U0001f9c0", 'a "b" \\ c', "a\nb\tc", "$issuer ${HOME} '''", "*/ // `${1}`"]


def trust(issuer: IssuerApi, **other: str) -> Trust:
    about = issuer.about
    told = {name: str(about[name]) for name in ("issuer", "audience", "permissions_claim", "algorithm")}
    return Trust(**{"jwks_uri": issuer.local(about["jwks_uri"]), **told, **other})


def recipe(name: str, of: Trust) -> Recipe:
    (one,) = [each for each in recipes(of) if each.name == name]
    return one


@pytest.mark.parametrize("audience", ODD)
def test_python(make_issuer: MakeIssuer, audience: str) -> None:
    """A good token has its claims; one for others, and one that is over, is refused."""
    issuer = make_issuer("custom", algorithm="ES256", audience=audience)
    names: dict[str, Any] = {}
    exec(recipe("Python", trust(issuer)).text, names)
    claims = names["claims_of"](issuer.mint(permissions=["a:b"]))
    assert claims[names["PERMISSIONS"]] == ["a:b"]
    for spec in ({"audience": "other"}, {"times": {"exp": -60}}, {"without": ["exp"]}, {"mutation": "alg-none"}):
        with pytest.raises(jwt.PyJWTError):
            names["claims_of"](issuer.mint(**spec))


@pytest.mark.parametrize("audience", ODD)
def test_literals_of_other_languages(issuer: IssuerApi, audience: str) -> None:
    """JavaScript's own parser reads the values back; those of Go are JSON without halves of pairs."""
    of = trust(issuer, audience=audience)
    go = re.search(r"jwt\.WithAudience\((.*)\),", recipe("Go", of).text)
    assert go is not None
    assert (json.loads(go[1]), "\\ud" in go[1]) == (audience, False)
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    text = re.search(r"audience: (.*),\n", recipe("Node", of).text)
    assert text is not None
    program = f"process.stdout.write(JSON.stringify({text[1]}))"
    said = subprocess.run([node, "-e", program], capture_output=True, timeout=60, check=True).stdout
    assert json.loads(said) == audience


@pytest.mark.parametrize("audience", ODD)
def test_properties(issuer: IssuerApi, audience: str) -> None:
    """A line for each, in ASCII, that comes back by the rules of java.util.Properties."""
    lines = recipe("Spring Boot", trust(issuer, audience=audience)).text.splitlines()
    assert len(lines) == 5
    (line,) = [each for each in lines if ".audiences=" in each]
    assert line.isascii()
    value = line.partition("=")[2]
    value = re.sub(r"\\(u[0-9a-f]{4}|.)", lambda found: _unescaped(found[1]), value)
    assert value.encode("utf-16", "surrogatepass").decode("utf-16") == audience


def _unescaped(text: str) -> str:
    return chr(int(text[1:], 16)) if len(text) == 5 else {"n": "\n", "t": "\t", "r": "\r"}.get(text, text)


@pytest.mark.parametrize(
    ("name", "example", "words"),
    [
        ("Spring Boot", "spring-boot/src/main/resources/application.properties", r"^(spring\.security[\w.-]+)="),
        (
            "Node",
            "node-jose/service.js",
            r"\b(createRemoteJWKSet|jwtVerify|requiredClaims|audience|issuer|algorithms)\b",
        ),
        (
            "Python",
            "fastapi-pyjwt/service.py",
            r"\b(PyJWKClient|get_signing_key_from_jwt|algorithms|audience|require)\b",
        ),
        ("Go", "go-keyfunc/main.go", r"\b(jwt\.With\w+|keys\.Keyfunc|\"github\.com/[^\"]+\"|ParseWithClaims)"),
        (
            "MCP server",
            "fastmcp/service.py",
            r"\b(JWTVerifier|RemoteAuthProvider|jwks_uri|authorization_servers|base_url)\b",
        ),
    ],
)
def test_they_are_those_of_the_examples(issuer: IssuerApi, name: str, example: str, words: str) -> None:
    """Which are judged: each word of a library that a recipe has is in the service that runs with it."""
    used = re.findall(words, recipe(name, trust(issuer)).text, re.MULTILINE)
    assert used
    text = (ROOT / "examples" / example).read_text(encoding="utf-8")
    assert [word for word in used if word not in text] == []

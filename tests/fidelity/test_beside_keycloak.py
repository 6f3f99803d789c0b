"""The comparison with a real Keycloak, without one: it is quiet about chance, and notices everything else."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.base.errors import HarnessError

from .keycloak import distribution as fetching
from .keycloak.__main__ import main, report
from .keycloak.areas import all_areas
from .keycloak.areas.documents import AREAS as DOCUMENTS
from .keycloak.areas.exchange import AREAS as EXCHANGE
from .keycloak.areas.pushed import AREAS as PUSHED
from .keycloak.differences import PAGE, Difference, compare, of_identifiers, reasons, shown
from .keycloak.mock_side import FIRST_KEYS, mock_side
from .keycloak.normal import leaves
from .keycloak.realm import USERS
from .keycloak.recorded import Asked, load, save
from .keycloak.run import Compared, Mock, ask_mock, mock
from .keycloak.sides import Answer, Side

_JSON = (("Content-Type", "application/json"),)


@pytest.fixture(scope="module")
def made() -> Iterator[Mock]:
    with mock() as one:
        yield one


def side(made: Mock, name: str) -> Side:
    return mock_side(made.base, name, DOCUMENTS[0].realm, {one.username: str(uuid.uuid4()) for one in USERS})


@pytest.mark.parametrize("area", [*DOCUMENTS, *EXCHANGE, *PUSHED], ids=lambda area: area.name)
def test_two_that_are_alike_differ_nowhere(made: Mock, area) -> None:
    """Keys, ids, times and names of realms are chance: who took them for differences would drown in them."""
    one, other = side(made, f"one-{area.name}"), side(made, f"other-{area.name}")
    for each in (one, other):
        area.ask(each)
        each.close()
    assert len(one.answers) > 15
    assert [str(each) for each in compare(one, other)] == []


def _token(header: dict[str, object], claims: dict[str, object]) -> str:
    import base64

    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + ".c2lnbmF0dXJl"


def _answer(body: object = None, *, status: int = 200, headers: tuple[tuple[str, str], ...] = _JSON) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    return Answer(status, headers, text, 1000.0)


_GOOD = {"scope": "openid", "access_token": _token({"alg": "RS256"}, {"exp": 1300, "iat": 1000, "aud": ["a", "b"]})}


def _with_token(claims: dict[str, object]) -> dict[str, object]:
    return {**_GOOD, "access_token": _token({"alg": "RS256"}, {"exp": 1300, "iat": 1000, "aud": ["a", "b"], **claims})}


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("status", _answer(_GOOD, status=201)),
        ("header x-more", _answer(_GOOD, headers=(*_JSON, ("X-More", "1")))),
        ("header content-type", _answer(_GOOD, headers=(("Content-Type", "application/json;charset=UTF-8"),))),
        ("body.scope", _answer({**_GOOD, "scope": "openid email"})),
        ("body.more", _answer({**_GOOD, "more": None})),
        ("body (order)", _answer(dict(reversed(_GOOD.items())))),
        ("body (blanks)", _answer(json.dumps(_GOOD).encode())),
        ("body.access_token.claims.exp", _answer(_with_token({"exp": 1302}))),
        ("body.access_token.claims.iat", _answer(_with_token({"iat": 1000.5}))),
        ("body.access_token.claims.aud", _answer(_with_token({"aud": ["b", "a"]}))),
        ("body.access_token.claims.aud", _answer(_with_token({"aud": "a"}))),
        ("body.access_token.claims.sub", _answer(_with_token({"sub": str(uuid.uuid4())}))),
        ("body.access_token.claims.flag", _answer(_with_token({"flag": True}))),
        ("body", _answer(b"")),
        ("body", _answer(b"no JSON")),
        ("status", Answer(None, problem="connection closed")),
    ],
)
def test_a_difference_is_found_where_it_is(made: Mock, place: str, answer: Answer) -> None:
    """Whatever member, header, order or type it is: nothing is listed beforehand."""
    one, other = side(made, f"a-{uuid.uuid4().hex}"), side(made, f"b-{uuid.uuid4().hex}")
    one.answers["x"], other.answers["x"] = _answer(_GOOD), answer
    found = [each.place for each in compare(one, other)]
    assert place in found


def test_a_second_may_begin_between_iat_and_exp(made: Mock) -> None:
    """The server looks at its clock for each of them, and no lifetime that anybody sets ends on 1."""
    one, other = side(made, "slow"), side(made, "quick")
    one.answers["x"], other.answers["x"] = _answer(_with_token({"exp": 1301})), _answer(_GOOD)
    assert list(compare(one, other)) == []


def test_a_token_that_is_missing_is_one_difference(made: Mock) -> None:
    """And not one for each of its claims."""
    one, other = side(made, "with"), side(made, "without")
    one.answers["x"], other.answers["x"] = _answer(_GOOD), _answer({"scope": "openid"})
    assert [str(each) for each in compare(one, other)] == ["x  body.access_token: Keycloak has it, mock nothing"]


def test_one_is_not_true(made: Mock) -> None:
    """JSON tells them apart, and Python doesn't."""
    one, other = side(made, "number"), side(made, "boolean")
    one.answers["x"], other.answers["x"] = _answer({"active": 1}), _answer({"active": True})
    assert [(each.place, each.real, each.mock) for each in compare(one, other)] == [("body.active", "1", "true")]


def test_a_request_that_only_one_was_asked_is_a_difference(made: Mock) -> None:
    """A step that failed on one side would hide all that follows it."""
    one, other = side(made, "asked"), side(made, "unasked")
    one.answers["x"] = _answer(_GOOD)
    assert [str(each) for each in compare(one, other)] == ["x  request: Keycloak asked, mock not asked"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("trrtcc:a20ba25c-3460-2e4b-a818-0123456789ab", "trrtcc:{uuid}"),
        ("vWZqJ0pX2k9aBcD3eFgH4iJk", "{24 characters}"),
        ("0123456789abcdef0123456789abcdef", "{32 hex digits}"),
        ("/device?user_code=XQWZ-BCDF", "/device?user_code={4 letters}-{4 letters}"),
        ("http://host/realms/x", "{base}/realms/x"),
        ("urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("tls_client_certificate_bound_access_tokens", "tls_client_certificate_bound_access_tokens"),
        ("RSA-OAEP-256", "RSA-OAEP-256"),
    ],
)
def test_chance_has_a_shape_and_words_stay(text: str, shape: str) -> None:
    """What is drawn by chance is compared by kind and length."""
    assert leaves(_answer({"x": text}), {"http://host": "{base}"})["body.x"] == shape


def test_an_address_is_compared_by_its_parts() -> None:
    """Where a redirect leads, and each of its parameters."""
    answer = Answer(302, (("Location", "https://app.example/cb?state=a%20b#code=x"),), b"", 0.0)
    found = leaves(answer, {})
    assert found["header location"] == "https://app.example/cb"
    assert (found["header location query.state"], found["header location fragment.code"]) == ("a b", "x")


@pytest.mark.parametrize(("other", "found"), [("B, A", 0), ("A", 1)])
def test_a_header_that_is_a_set_has_no_order(made: Mock, other: str, found: int) -> None:
    """It is another at each start of a server; what stands in it is compared."""
    one, two = side(made, f"a-{uuid.uuid4().hex}"), side(made, f"b-{uuid.uuid4().hex}")
    for each, value in ((one, "A, B"), (two, other)):
        each.answers["x"] = _answer(_GOOD, headers=(*_JSON, ("Access-Control-Allow-Headers", value)))
    assert len(list(compare(one, two))) == found


def test_ids_are_told_apart_by_all_of_them() -> None:
    """One random id may look like a UUID of version 4; twenty of a kind don't unless they are."""
    fours = [_answer({"jti": str(uuid.uuid4())}) for _ in range(20)]
    others = [_answer({"jti": f"a20ba25c-3460-2e4b-a818-{number:012d}"}) for number in range(20)]
    assert [each.place for each in of_identifiers(others, fours)] == ["version of the ids in jti"]
    assert list(of_identifiers(fours, fours)) == []


_PAGE = """# Page

## Beside a real server

| a real server | the mock | where |
|---|---|---|
| says nothing | says so | `token/* places header x-mock`, `* places body.z` |
| does something | does not | not asked |

## After
"""


@pytest.mark.parametrize(
    ("differences", "whole", "status"),
    [
        ([("token/a", "header x-mock"), ("b", "body.z")], True, 0),
        ([("token/a", "header x-mock")], True, 1),
        ([("token/a", "header x-mock")], False, 0),
        ([("other/a", "header x-mock")], False, 1),
        ([("token/a", "header x-mocking")], False, 1),
    ],
)
def test_what_the_page_does_not_explain_fails(differences: list[tuple[str, str]], whole: bool, status: int) -> None:
    """And so does a line of the page that explains nothing any more."""
    compared = Compared(1, [Difference(pair, place, "1", "2") for pair, place in differences])
    assert report(compared, reasons(_PAGE), whole=whole) == status


def test_the_page_can_be_read() -> None:
    """Each pattern of it has a pair and a place."""
    assert all(reason.patterns and reason.why for reason in reasons(PAGE.read_text(encoding="utf-8")))
    with pytest.raises(ValueError, match="no section"):
        reasons("# Page\n")
    with pytest.raises(ValueError, match="no pattern"):
        reasons(_PAGE.replace("`* places body.z`", "`nowhere`"))


def test_answers_that_were_kept_stand_for_the_server(
    made: Mock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came of a run can be held against the mock again, all of it; and a file of something else is refused."""
    (area,), subjects = PUSHED, {one.username: str(uuid.uuid4()) for one in USERS}
    asked = ask_mock(area, made, Asked("kept", {}, {}, subjects, FIRST_KEYS))
    kept = tmp_path / "kept.json"
    save(kept, {area.name: Asked("kept", asked.known, asked.answers, subjects, FIRST_KEYS)})
    assert load(kept)[area.name].answers == asked.answers
    assert main(["--from", str(kept), "--only", area.name]) == 0
    assert f"{len(asked.answers)} pairs, 0 explained differences, 0 unexplained" in capsys.readouterr().out
    assert main(["--from", str(kept), "--only", "documents"]) == 3
    kept.write_text("[]")
    assert main(["--from", str(kept)]) == 3


def test_a_long_value_is_cut() -> None:
    assert len(shown("x" * 1000)) < 120


def test_areas_have_names_of_their_own() -> None:
    names = [area.name for area in all_areas()]
    assert len(set(names)) == len(names) > 10


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution with nothing in it but one file, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "some.tar.gz"
    with tarfile.open(file, "w:gz") as written:
        entry = tarfile.TarInfo(f"keycloak-{fetching.PINNED}/bin/kc.sh")
        entry.size = 2
        written.addfile(entry, io.BytesIO(b"#!"))
    return file


def test_a_distribution_is_unpacked_once(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the cache, where the next run finds it without the archive."""
    checksum = hashlib.sha256(archive.read_bytes()).hexdigest()
    monkeypatch.setitem(fetching._SHA256, fetching.PINNED, checksum)
    said: list[str] = []
    folder = fetching.distribution(fetching.PINNED, archive, said.append)
    assert (folder / "bin/kc.sh").read_bytes() == b"#!"
    archive.unlink()
    assert fetching.distribution(fetching.PINNED, archive, said.append) == folder
    assert said == [f"unpacking Keycloak {fetching.PINNED}"]


def test_another_file_is_refused(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its checksum says so; the command could not run, and nothing of it is kept."""
    assert main(["--archive", str(archive)]) == 3
    assert "is not Keycloak" in capsys.readouterr().err
    assert not list((archive.parent / "cache/idp-harness").glob("keycloak-*/*"))


@pytest.mark.parametrize(("version", "works"), [("17.0.1", True), ("21", True), ("11.0.2", False), ("1.8.0_3", False)])
def test_a_java_must_be_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, works: bool) -> None:
    """And what to install is said where it isn't, or where there is none."""
    program = tmp_path / "bin/java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if works:
        assert fetching.java() == tmp_path.resolve()
    else:
        with pytest.raises(HarnessError, match="install OpenJDK"):
            fetching.java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HarnessError, match="install OpenJDK"):
        fetching.java()

"""A profile says what a service's documents declare."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import ROUTES, profile_text, write_profile

from harness.base.errors import ScenarioFileError, UsageError
from harness.declared.profile import Profile, find_profile, load_profile
from harness.grammar import vocabulary

TIMING = """
[timing]
refresh_seconds = 2
max_stale_seconds = 4
fetch_timeout_seconds = 10
unknown_kid_cooldown_seconds = 0.5
[policy]
leeway_seconds = 60
"""


def profile(folder: Path, text: str) -> Profile:
    return load_profile(write_profile(folder, text))


def refused(folder: Path, text: str) -> ScenarioFileError:
    with pytest.raises(ScenarioFileError) as caught:
        profile(folder, text)
    return caught.value


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_each_capability_is_there_or_lacks_with_a_reason(tmp_path: Path) -> None:
    loaded = profile(tmp_path, profile_text("jwks", "restart"))
    assert loaded.capabilities == {"jwks", "restart"}
    assert loaded.lacks["openapi"] == "no openapi here"


def test_a_capability_that_is_not_mentioned_is_refused(tmp_path: Path) -> None:
    """A capability that was added later would else be lacked without a reason."""
    text = profile_text("jwks").replace('openapi = "no openapi here"\n', "")
    error = refused(tmp_path, text)
    assert "\n  openapi              serves an OpenAPI document" in error.sentence
    assert error.line == line_of(text, "[lacks]")


def test_all_capabilities_that_are_not_mentioned_are_told_at_once(tmp_path: Path) -> None:
    text = "capabilities = ['jwks']\n[lacks]\n[routes.read]\nmethod = 'GET'\npath = '/'\n"
    told = refused(tmp_path, text).sentence
    assert [name for name in vocabulary.CAPABILITIES if f"\n  {name} " not in told] == ["jwks"]


def test_a_capability_cannot_be_there_and_lack(tmp_path: Path) -> None:
    text = profile_text("jwks").replace('["', '["openapi", "', 1).replace("['", "['openapi', '", 1)
    assert "has 'openapi' (capabilities) and lacks it (lacks)" in refused(tmp_path, text).sentence


MISTAKES = {
    "key": ("titel = 1\n", "", "a profile has no key 'titel'; did you mean 'title'?"),
    "capability": ("", "[lacks]\nrestrt", "'restrt' is no capability; did you mean 'restart'?"),
    "route-key": ("", "[routes.other]\nmethod = 'GET'\npath = '/'\npermision = 'x'\n", "did you mean 'permission'?"),
    "route-needs": ("", "[routes.other]\nmethod = 'GET'\n", "route other needs path"),
    "route-placeholder": (
        "",
        "[routes.other]\nmethod = 'GET'\npath = '/{id}'\n",
        "the only placeholder there is {uuid}",
    ),
    "timing": ("", "[timing]\nrefresh_second = 1\n", "did you mean 'refresh_seconds'?"),
    "timing-value": (
        "",
        "[timing]\nrefresh_seconds = 0\n",
        "refresh_seconds must be a number of seconds above 0, not 0",
    ),
    "style": ("", "[styles.oktta]\npermissions_claim = 'x'\n", "'oktta' is no style; did you mean 'okta'?"),
    "style-key": ("", "[styles.okta]\nclaim = 'x'\n", "style okta has no key 'claim'"),
    "vocabulary": ("", "[vocabulary]\npermission = []\n", "did you mean 'permissions'?"),
    "public": ("", "[vocabulary]\npublic = [{ pth = '/' }]\n", "a public route has no key 'pth'; did you mean 'path'?"),
    "public-needs": ("", "[vocabulary]\npublic = [{ success = [200] }]\n", "a public route needs path"),
    "resources": ("", "[resources]\nroutes = 'read'\n", "did you mean 'route'?"),
    "permissions-form": ("", "[permissions]\nform = 'set'\n", "form must be 'array' or 'string' or 'keys' or 'none'"),
    "permissions-claim": ("", "[permissions]\nclaim = ''\n", "claim must be a claim such as"),
    "permissions-path": ("", "[permissions]\nclaim = 'a..b'\n", "a path has a name on each side of a dot"),
    "permissions-none": ("", "[permissions]\nclaim = 'a'\nform = 'none'\n", "there is no claim to look at"),
    "permissions-knob": ("", "[policy]\npermissions_form = 'none'\n", "form in the table permissions says"),
    "credential": ("", "[credential]\nheadr = 'X'\n", "did you mean 'header'?"),
    "credential-header": ("", "[credential]\nheader = 'a b'\n", "header must be a name as HTTP has them"),
    "credential-places": ("", "[credential]\nheader = 'X'\ncookie = 'c'\n", "in one place, not in header and cookie"),
    "credential-scheme": ("", "[credential]\ncookie = 'c'\nscheme = 'Bearer'\n", "a scheme stands in a header"),
    "route-headers": (
        "",
        "[routes.other]\nmethod = 'GET'\npath = '/'\nheaders = { 'a b' = 'x' }\n",
        "a table of headers",
    ),
    "refusal": ("", "[refusal]\nbad_tokn = [401]\n", "did you mean 'bad_token'?"),
    "refusal-status": ("", "[refusal]\nbad_token = [500]\n", "a list of statuses from 200 to 499"),
    "refusal-success": ("", "[refusal]\nbad_token = [200]\n", "says no only with an error_member in its body"),
    "api-key": ("", "[api_keys.full]\nkey = 'x'\n", "API key full needs permissions"),
}


ROUTE = "[routes.other]\nmethod = 'GET'\npath = '/'\n"
NOT_SECONDS = ("-1", "true", '"60"', "nan", "inf", "-inf", "1e999", "[60]", "{}", "2030-01-01")
# The place of a value in a profile -> values that it can't have, and what is said of them.
WRONG_VALUES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "leeway": ("[policy]\nleeway_seconds = {}\n", (*NOT_SECONDS, "1e12"), "leeway_seconds must be "),
    "knob": (
        "[policy]\nkid_required = {}\n",
        ("-1", "1", "nan", "[]", "{}", '""', '"true"'),
        "kid_required must be true",
    ),
    "word": ("[policy]\nempty_set = {}\n", ("true", '"autoritative"', "1"), "empty_set"),
    "bytes": ("[policy]\njwks_bytes_at_most = {}\n", ("-1", "1.5", "true", "inf", '"1"'), "jwks_bytes_at_most must "),
    "refresh": ("[timing]\nrefresh_seconds = {}\n", (*NOT_SECONDS, "0", "1e12"), "refresh_seconds must be "),
    "longest": ("[timing]\nlongest_refresh_seconds = {}\n", (*NOT_SECONDS, "0"), "longest_refresh_seconds must be "),
    "apart": (
        "[timing]\nrefresh_seconds = {}\nlongest_refresh_seconds = 600\n",
        ("601", "3600"),
        "the largest interval, is smaller than refresh_seconds",
    ),
    "cooldown": (
        "[timing]\nunknown_kid_cooldown_seconds = {}\n",
        (*NOT_SECONDS, "0"),
        "must be a number of seconds above 0",
    ),
    "statuses": (
        ROUTE + "success = {}\n",
        ("200", "[]", "[true]", "[99]", "[600]", "[-200]", '["200"]', "[200.0]", "{}", "[nan]"),
        "success must be a list of statuses from 100 to 599",
    ),
    "let_in": (ROUTE + "let_in = {}\n", ("404", "[1000]", "[true]", '"404"'), "let_in must be a list of statuses"),
    "permission": (ROUTE + "permission = {}\n", ("1", "true", '""', "['a']", '"a\\nb"'), "permission must be a text"),
    "body": (ROUTE + "body = {}\n", ("1", "true", "{}", "[]"), "body must be a text"),
    "path": (
        "[routes.other]\nmethod = 'GET'\npath = {}\n",
        ("1", "true", '""', '"things"', '"/a b"', '"/a\\r\\nX: y"', '"/ü"', '"http://x/"'),
        "path must be a path that begins with /",
    ),
    "method": (
        "[routes.other]\npath = '/'\nmethod = {}\n",
        ("1", "true", '""', '"GET /"', '"G\\nT"'),
        "method must be a method",
    ),
    "permissions": (
        "[vocabulary]\npermissions = {}\n",
        ('"a:b"', "[1]", '[""]', "1", "{}"),
        "permissions must be a list of texts",
    ),
    "public": (
        "[vocabulary]\npublic = {}\n",
        ("1", '"/health"', "['/health']", "{}"),
        "public must be a list of tables",
    ),
    "public-path": ("[vocabulary]\npublic = [{{ path = {} }}]\n", ("1", '"x"'), "path must be a path"),
    "api-key": ("[api_keys.full]\npermissions = []\nkey = {}\n", ("1", '""', '"a\\nb"', "['a']"), "key must be a text"),
    "claim": ("[styles.okta]\npermissions_claim = {}\n", ("1", '""', "['a']"), "permissions_claim must be a text"),
    "counters": ("[metrics]\npaths = ['/m']\ncounters = {}\n", ("1", "{ a = 1 }", "[]"), "counters must be a table"),
    "metrics-paths": (
        "[metrics]\ncounters = {{}}\npaths = {}\n",
        ("'/m'", "[]", "['m']"),
        "paths must be a list of paths",
    ),
    "member": (
        "[resources]\nroute = 'read'\nid = 'x'\nmember = {}\n",
        ("1", '""', "[]"),
        "member must be a text of one line",
    ),
    "resource-route": (
        "[resources]\nid = 'x'\nmember = 'x'\nroute = {}\n",
        ('"raed"',),
        "is no route of this profile; did you mean 'read'",
    ),
    "documented": (
        "[documented]\nexp-leeway = {{ source = 'x', value = {} }}\n",
        ("-1", "nan", "inf", "2030-01-01", "[nan]", "{ seconds = -1 }"),
        "the value of documented exp-leeway must be",
    ),
    "threshold": (
        "[thresholds]\nexp-leeway = {{ at_most = {} }}\n",
        ("nan", "inf", "true", '"60"', "{ seconds = nan }", "{ leeway = true }", "{ day = 1 }"),
        "at_most must be a number or a duration",
    ),
    "threshold-negative": (
        "[thresholds]\nexp-leeway = {{ at_least = {} }}\n",
        ("-1",),
        "at_least of threshold exp-leeway must be",
    ),
    "one_of": ("[thresholds]\nexp-leeway = {{ one_of = {} }}\n", ("60", "[]", "'a'", "{}"), "one_of must be a list"),
}
VALUES = [
    pytest.param(place, value, wanted, id=f"{name}-{value[:12]}")
    for name, (place, values, wanted) in WRONG_VALUES.items()
    for value in values
]


@pytest.mark.parametrize(("place", "value", "wanted"), VALUES)
def test_a_value_of_the_wrong_type_or_range_is_refused_with_its_line(
    tmp_path: Path, place: str, value: str, wanted: str
) -> None:
    """A leeway of true would judge a correct service as failed."""
    text = profile_text("jwks", more=place.format(value))
    error = refused(tmp_path, text)
    assert wanted in error.sentence
    last = place.format(value).splitlines()[-1]
    assert text.splitlines()[error.line - 1] in (last, place.splitlines()[0]), error


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("title", value) for value in ("1", "true", '""', '"  "', '"a\\nb"', "[]")),
        *(("audience", value) for value in ("1", '""', '["a"]', "{}")),
        *(("capabilities", value) for value in ('"jwks"', "1", "{}", "[1]", '[["jwks"]]')),
        *((table, value) for table in ("routes", "timing", "policy", "vocabulary") for value in ("1", "[]", '"x"')),
        *((table, value) for table in ("resources", "api_keys", "styles", "metrics") for value in ("1", "[]", '"x"')),
        *((table, value) for table in ("lacks", "documented", "thresholds") for value in ("1", "[]", '"x"')),
    ],
)
def test_a_key_at_the_top_of_the_wrong_type_is_refused_with_its_line(tmp_path: Path, key: str, value: str) -> None:
    error = refused(tmp_path, f"{key} = {value}\n")
    assert error.sentence.startswith(f"{key} must be ")
    assert error.line == 1


@pytest.mark.parametrize("place", ["[lacks]\njwks = {}\n", "[lacks]\njwks = 'x'\nrestart = {}\n"])
@pytest.mark.parametrize("value", ["1", "true", '""', "[]"])
def test_the_reason_why_a_capability_lacks_is_a_text(tmp_path: Path, place: str, value: str) -> None:
    assert "lacks must be a table of reasons" in refused(tmp_path, place.format(value)).sentence


@pytest.mark.parametrize(("top", "bottom", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, top: str, bottom: str, sentence: str) -> None:
    text = top + profile_text("jwks", more=bottom)
    if bottom.startswith("[lacks]"):
        text = profile_text("jwks").replace("restart = ", "restrt = ")
    error = refused(tmp_path, text)
    assert sentence in error.sentence
    lines = (top or bottom).splitlines() if not bottom.startswith("[lacks]") else ["restrt = "]
    assert any(line in text.splitlines()[error.line - 1] for line in lines)


def test_a_profile_needs_the_read_route(tmp_path: Path) -> None:
    routes = ROUTES.replace("routes.read", "routes.list")
    assert refused(tmp_path, profile_text("jwks", routes=routes)).sentence == "a profile needs at least [routes.read]"


def test_a_routes_permission_has_a_resource_and_an_action(tmp_path: Path) -> None:
    read = profile(tmp_path, profile_text("jwks")).routes["read"]
    assert (read.resource, read.action) == ("things", "list")


def test_a_duration_adds_up_multiples_of_the_profiles_times(tmp_path: Path) -> None:
    loaded = profile(tmp_path, profile_text("jwks", more=TIMING))
    parts = {"refresh": 2, "stale": 1, "cooldown": 2, "fetch_timeout": 0.5, "leeway": 1, "seconds": 0.25}
    assert loaded.duration(parts) == 4 + 4 + 1 + 5 + 60 + 0.25


def test_a_cooldown_that_is_not_declared_lasts_no_time(tmp_path: Path) -> None:
    loaded = profile(tmp_path, profile_text("jwks"))
    assert loaded.unknown_kid_cooldown_seconds is None
    assert loaded.duration({"cooldown": 3, "seconds": 1}) == 1


def test_a_profile_is_found_in_the_users_directory_first(tmp_path: Path) -> None:
    mine = write_profile(tmp_path, profile_text("jwks"), "reference")
    assert find_profile("reference", [tmp_path]) == mine
    assert find_profile("reference") != mine


def test_a_profile_may_be_a_file(tmp_path: Path) -> None:
    assert find_profile(str(tmp_path / "x.toml")) == tmp_path / "x.toml"


def test_an_unknown_profile_gets_the_nearest_name(tmp_path: Path) -> None:
    write_profile(tmp_path, profile_text("jwks"), "my-service")
    with pytest.raises(UsageError, match=r"there is no profile 'my-servce'; did you mean 'my-service'\?"):
        find_profile("my-servce", [tmp_path])


def test_a_profile_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match="can't be read"):
        load_profile(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(("more", "longest"), [("", 3600), ("refresh_seconds = 7200\n", 7200)])
def test_the_longest_interval_is_no_smaller_than_the_smallest(tmp_path: Path, more: str, longest: int) -> None:
    text = profile_text("jwks", more=f"[timing]\nmax_stale_seconds = 4\n{more}")
    assert profile(tmp_path, text).longest_refresh_seconds == longest

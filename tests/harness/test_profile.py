"""A profile says what a service's documents declare."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import ROUTES, profile_text, write_profile

from harness.errors import ScenarioFileError, UsageError
from harness.profile import Profile, find_profile, load_profile

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
    assert "say of 'openapi'" in error.sentence
    assert error.line == line_of(text, "[lacks]")


def test_a_capability_cannot_be_there_and_lack(tmp_path: Path) -> None:
    text = profile_text("jwks").replace('["', '["openapi", "', 1).replace("['", "['openapi', '", 1)
    assert "say of 'openapi'" in refused(tmp_path, text).sentence


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
    "api-key": ("", "[api_keys.full]\nkey = 'x'\n", "API key full needs permissions"),
}


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

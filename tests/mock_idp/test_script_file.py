"""Scripted answers in the TOML file of issuers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_idp.errors import MockIdpError
from mock_idp.plans.stubs.kinds import Claims, Refusal, Usual
from mock_idp.run.settings_file import read_issuers

HEAD = '[[issuers]]\nid = "a"\nstyle = "okta"\n'


def script_of(tmp_path: Path, text: str) -> object:
    file = tmp_path / "issuers.toml"
    file.write_text(HEAD + text)
    (issuer,) = read_issuers(file)
    return issuer.script


def test_steps_in_order(tmp_path: Path) -> None:
    """`[[issuers.script]]`, as often as there are steps."""
    script = script_of(
        tmp_path,
        """
        [[issuers.script]]
        when = { client_id = "batch" }
        error = { error = "invalid_client" }

        [[issuers.script]]
        times = 3
        claims = { tenant = 7 }
        """,
    )
    assert isinstance(script, tuple)
    first, second = script
    assert (first.on, first.times, first.when, first.stub) == (
        *("token", 1, {"client_id": "batch"}),
        Refusal("invalid_client"),
    )
    assert (second.times, second.when, second.stub) == (3, {}, Claims({"tenant": 7}))


def test_always_and_late(tmp_path: Path) -> None:
    """TOML has no null, so a word stands for it."""
    script = script_of(tmp_path, '[[issuers.script]]\non = "jwks"\ntimes = "always"\ndelay_seconds = 0.5')
    assert isinstance(script, tuple)
    (step,) = script
    assert (step.on, step.times, step.delay_seconds, step.stub) == ("jwks", None, 0.5, Usual())


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ("[[issuers.script]]\nerror = 1", "5: issuers.0.script.0.error"),
        ('[[issuers.script]]\non = "jwks"\nclaims = {}', "5: issuers.0.script.0.on"),
        ("[[issuers.script]]\ntimes = 1", "4: issuers.0.script.0"),
    ],
)
def test_mistakes(tmp_path: Path, step: str, place: str) -> None:
    """The error names file, line and step."""
    with pytest.raises(MockIdpError) as caught:
        script_of(tmp_path, step)
    assert caught.value.field == f"{tmp_path / 'issuers.toml'}:{place}"

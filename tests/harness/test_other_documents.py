"""Nobody who isn't bound by Tasker's documents reads of Tasker: not on the terminal, in the record, or in a script."""

from __future__ import annotations

from pathlib import Path

from cli_call import idp_harness

AREAS = ("permissions", "time/expiry", "transport/challenge", "rotation/outage/rot-down-unknown-refused")


def test_what_a_run_says_of_another_service_names_no_tasker(tmp_path: Path) -> None:
    """Of what passed, failed and was left out."""
    done = idp_harness(
        *("run", *AREAS, "--target", "reference", "--target-option", "service=rfc9068", "--style", "custom", "-n", "0"),
        *("--fault", "m-no-exp-check", "--fault", "m-scope-in-text"),
        folder=tmp_path,
    )
    assert done.returncode == 1, done.stderr
    files = [file for file in (tmp_path / "report").rglob("*") if file.is_file()]
    said = {"output": done.stdout + done.stderr, **{file.name: file.read_text() for file in files}}
    assert len(said) >= 4
    assert [place for place, text in said.items() if "tasker" in text.lower()] == []
    assert "time-exp-past" in said["output"]


def test_a_behaviour_card_of_another_service_names_no_tasker(tmp_path: Path) -> None:
    """Nor does the profile that is proposed."""
    rows = [word for row in ("exp-leeway", "accepted-typ", "answer-no-permission") for word in ("--only", row)]
    done = idp_harness(
        *("measure", "--target", "reference", "--target-option", "service=rfc9068", "--style", "custom", *rows),
        *("--propose-profile", "proposed.toml"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "tasker" not in (done.stdout + done.stderr + (tmp_path / "proposed.toml").read_text()).lower()

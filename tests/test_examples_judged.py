"""The examples, judged where that was asked for: they fail what their findings say, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from examples.__main__ import main
from examples.tool.example import load_example, names
from examples.tool.needs import missing
from examples.tool.preparing import prepared
from harness.base.errors import HarnessError

IN_CI = [one for one in map(load_example, names()) if one.ci]


@pytest.mark.skipif(
    not os.environ.get("IDP_HARNESS_REQUIRE_EXAMPLES"), reason="takes minutes: ask with IDP_HARNESS_REQUIRE_EXAMPLES=1"
)
@pytest.mark.parametrize("language", sorted({one.language for one in IN_CI}))
def test_the_examples_do_what_they_are_known_to_do(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handful of scenarios that every service must pass, and those of the findings, which go on failing."""
    chosen = [one for one in IN_CI if one.language == language]
    for one in chosen:
        try:
            if lacking := missing(one.needs):
                pytest.fail("; ".join(lacking))
            prepared(one, print)
        except HarnessError as error:
            pytest.fail(str(error))
    monkeypatch.setattr("examples.tool.judging.BUILD", tmp_path)
    done = CliRunner().invoke(main, ["run", *(one.name for one in chosen), "--quick", "-n", "0"])
    assert done.exit_code == 0, f"{done.output}\n{done.exception!r}"

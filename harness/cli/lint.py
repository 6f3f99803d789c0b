"""`idp-harness lint`: what is wrong with a configuration file of Tasker."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.base.errors import UsageError
from harness.base.verdicts import EXIT_FAILED, EXIT_OK
from harness.grammar.toml_source import nearest
from harness.lint.config_file import ConfigFile
from harness.lint.examples import rule_page
from harness.lint.explanation import explain
from harness.lint.finding import SEVERITIES, WARNING
from harness.lint.judge import RULES, judge, readings
from harness.lint.output import as_text, document, explanation_text, summary
from harness.lint.reading import SERVICES
from harness.lint.sarif import sarif_log
from harness.shown.terminal import say


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--service", type=click.Choice(SERVICES), help="Whose view. [default: as the file's tables say]")
@click.option("--part", is_flag=True, help="FILE is merged with others: what it lacks may stand there.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default=WARNING,
    show_default=True,
    help="The exit status is 1 from this severity on.",
)
@click.option("--ignore", "ignored", multiple=True, metavar="RULE", help="Leave this rule out. May be given again.")
@click.option("--explain", "explained", is_flag=True, help="Also say what the service would do with this file.")
@click.option("--rule", metavar="RULE", help="Say what a rule is about, with examples, and end.")
def lint(
    file: Path | None,
    service: str | None,
    part: bool,
    form: str,
    fail_on: str,
    ignored: tuple[str, ...],
    explained: bool,
    rule: str | None,
) -> int:
    """Compare a TOML file of Tasker 0.1.8 with its hardening checklist and with what the real services do.

    Nothing is started and nothing fetched. Exit status 1 when something is found, 2 for a file that can't be read or
    is no TOML.

    \b
    Examples:
      idp-harness lint config/tasker/generated/worker-production.toml
      idp-harness lint worker.toml --explain
      idp-harness lint worker.toml --format sarif >lint.sarif
      idp-harness lint --rule star-permission
    """
    for name in (*ignored, *filter(None, [rule])):
        if name not in RULES:
            raise UsageError(f"there is no rule {name!r}{nearest(name, RULES)}")
    if rule is not None:
        say(rule_page(RULES[rule]))
        return EXIT_OK
    if file is None:
        raise click.UsageError("Missing argument 'FILE'.")
    read = readings(ConfigFile(file), service, is_part=part)
    findings = judge(read, ignored)
    explanations = [explain(one) for one in read] if explained else []
    if form == "sarif":
        say(json.dumps(sarif_log(file, findings), indent=1))
    elif form == "json":
        say(json.dumps(document(file, read, findings, explanations), indent=1))
    else:
        for line in as_text(file, findings):
            say(line)
        for one in explanations:
            for line in explanation_text(one):
                say(line)
        say(summary(file, read, findings))
    worst = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return EXIT_FAILED if any(one.severity in worst for one in findings) else EXIT_OK

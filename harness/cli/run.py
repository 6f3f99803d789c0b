"""`idp-harness run`: judge a service."""

from __future__ import annotations

import os
from pathlib import Path

import click

from harness.base.bundled import bundled_directory
from harness.base.errors import HarnessError, UsageError
from harness.cell.environment import REAL_STYLES, Options, check_options
from harness.cell.real_issuer import check_real_issuer
from harness.cli.both import TASKER, judge_both
from harness.cli.judging import Judging
from harness.cli.options import (
    check_idp,
    control_token_option,
    default_target,
    mutants_from_option,
    processes_for,
    scenarios_option,
    target_settings,
    workers_option,
)
from harness.cli.pytest_call import FAULTY
from harness.cli.target_options import TargetOptions
from harness.declared.profile import find_profile, load_profile
from harness.declared.real_issuer import load_real_issuer
from harness.grammar.vocabulary import STYLES, VENDORS
from harness.mutants.fault_file import load_faults
from harness.mutants.fault_trial import try_faults
from harness.pytest_plugins.progress import ProgressReporter
from harness.report.folder import ReportFolder
from harness.scenario.chosen import load_chosen
from harness.scenario.plan import keep_cells, left_out, plan, without_waiting
from harness.shown import terminal
from harness.targets import TARGETS, MayBeBuilt, make_target
from harness.targets.within_reach import as_run_by


@click.command()
@click.argument("prefixes", nargs=-1, metavar="[ID-PREFIX]...")
@click.option(
    "--target",
    type=click.Choice(sorted([*TARGETS, TASKER])),
    help="The service to judge; tasker: both of Tasker's. [default: the real Tasker worker]",
)
@click.option("--profile", metavar="NAME|FILE", help="What the service declares: routes, permissions, policies.")
@click.option("--base-url", metavar="URL", help="Where a running service is (--target url).")
@click.option(
    "--command",
    metavar="LINE",
    help="How to start the service (--target process); {issuer}, {jwks_url}, "
    "{audience}, {permissions_claim} and {port} are filled in.",
)
@click.option("--target-option", multiple=True, metavar="KEY=VALUE", help="Another setting of the target.")
@click.option("--idp-url", metavar="URL", help="A running mock-idp instead of an embedded one.")
@control_token_option
@click.option("--issuer", metavar="ID", help="The issuer there that the service trusts; runs in one process.")
@click.option(
    "--real-issuer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file about an identity provider that runs already and is no mock-idp: its tokens instead.",
)
@click.option("--style", "styles", multiple=True, type=click.Choice(VENDORS), help="Only this vendor's style.")
@click.option("--all-styles", is_flag=True, help="Every case in all styles, also where nothing depends on it.")
@click.option("--fast", is_flag=True, help="Only cases that wait for nothing: while you write the service.")
@scenarios_option
@workers_option
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("report"),
    show_default=True,
    help="Receives report.html, results.jsonl, junit.xml, summary.md, results.sarif, badge.svg and, of what did "
    "not pass, scripts/*.sh.",
)
@click.option("--strict", is_flag=True, help="A broken SHOULD fails the run too.")
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Switch a fault of the reference service on.")
@mutants_from_option
@click.option("--hold", is_flag=True, help="Keep the services of what did not pass until Ctrl-C, to repeat it by hand.")
@click.option("--shuffle", type=int, metavar="SEED", help="Run in a random order.")
def run(
    prefixes: tuple[str, ...],
    target: str | None,
    profile: str | None,
    base_url: str | None,
    command: str | None,
    target_option: tuple[str, ...],
    idp_url: str | None,
    control_token: str | None,
    issuer: str | None,
    real_issuer: Path | None,
    styles: tuple[str, ...],
    all_styles: bool,
    fast: bool,
    directories: tuple[Path, ...],
    workers: str,
    report_dir: Path,
    strict: bool,
    faults: tuple[str, ...],
    fault_files: tuple[Path, ...],
    hold: bool,
    shuffle: int | None,
) -> int:
    """Judge a service: run the scenario matrix and say what it does against its documents.

    Without --target it is the real Tasker worker, started on a PostgreSQL of its own; nothing is left behind.

    \b
    Examples:
      idp-harness run
      idp-harness run --fast
      idp-harness run rotation time/expiry --style okta
      idp-harness run time-nbf-future --style auth0 --hold
      idp-harness run 'rotation/retirement/rot-retire[okta]' --hold
      idp-harness run --target reference --fault m-no-exp-check time
      idp-harness run --target tasker --target-option server=./tasker-server
      idp-harness run --target url --base-url http://127.0.0.1:8080 --profile my.toml \\
                      --idp-url http://127.0.0.1:9400 --issuer default --style auth0
      idp-harness run --target url --base-url https://api.example --profile my.toml --real-issuer keycloak.toml
    """
    if target == TASKER:
        assert run.callback is not None
        return judge_both(run.callback, click.get_current_context().params)
    console = terminal.console()
    settings = tuple(target_settings(base_url, command, target_option))
    given = TargetOptions(target, profile, settings, idp_url, issuer, control_token, styles)
    judged = given.or_from_environment(os.environ)
    if all_styles and judged.styles:
        raise UsageError(f"--all-styles and the style {judged.styles[0]}: one of the two")
    target = judged.target or default_target(console)
    try_faults(fault_files)
    load_faults(fault_files)
    options = Options(
        target=target,
        profile=judged.profile,
        target_options=judged.settings,
        idp_url=judged.idp_url,
        issuer=judged.issuer,
        real_issuer=str(real_issuer) if real_issuer else None,
        faults=faults,
    )
    check_options(options)
    if real_issuer and (styles or all_styles):
        raise UsageError("--style has no say with --real-issuer: tokens have the shape of the real ones")
    check_idp(judged.idp_url, control_token, judged.issuer)
    runner = make_target(target, dict(judged.settings))
    if isinstance(runner, MayBeBuilt):
        runner.build(terminal.say)
    if reason := runner.available():
        raise HarnessError(f"the target {target} can't be used here: {reason}")
    chosen = load_chosen(directories, prefixes)
    profile_file = find_profile(options.profile_name(), list(directories))
    declared = as_run_by(runner, load_profile(profile_file, directories), real_issuer=bool(real_issuer))
    if real_issuer:
        check_real_issuer(load_real_issuer(real_issuer), declared)
    styles = REAL_STYLES if real_issuer else STYLES if all_styles else judged.styles
    planned = keep_cells(plan(chosen, declared, target, styles, named=prefixes), prefixes)
    quick = without_waiting(planned) if fast else planned
    waiting, planned = len(planned) - len(quick), quick
    left = 0 if styles else left_out(planned, prefixes)
    reporter = ProgressReporter(console, len(planned), target)
    to_run = sum(not one.verdict for one in planned)
    args = ["--pyargs", "harness.suite.test_scenarios", "--idp-target", target]
    # Two processes would change the keys of one lasting issuer under each other's feet, or ask a real one twice.
    args += ["-n", "0" if hold or judged.issuer or real_issuer else processes_for(workers, to_run)]
    args += [f"--idp-select={prefix}" for prefix in prefixes]
    args += (
        [f"--idp-style={style}" for style in judged.styles] + ["--idp-all-styles"] * all_styles + ["--idp-fast"] * fast
    )
    args += [f"--idp-scenarios={directory.resolve()}" for directory in directories]
    args += [*(f"--idp-fault={fault}" for fault in faults), *(FAULTY if faults else ())]
    args += [f"--idp-mutants-from={file.resolve()}" for file in fault_files]
    args += [f"--idp-target-option={key}={value}" for key, value in judged.settings]
    named = {"profile": judged.profile, "url": judged.idp_url, "issuer": judged.issuer}
    named |= {"control-token": control_token, "shuffle": str(shuffle) if shuffle is not None else None}
    args += [f"--idp-{name}={value}" for name, value in named.items() if value is not None]
    args += [f"--idp-real-issuer={real_issuer.resolve()}"] if real_issuer else []
    args += ["--idp-strict"] if strict else []
    args += ["--idp-hold", "--capture=no"] if hold else []
    users_own = str(profile_file) if judged.profile and not profile_file.is_relative_to(bundled_directory()) else ""
    with ReportFolder(report_dir, target=target, cells=len(planned), left_out=left, profile=users_own) as folder:
        return Judging(console, reporter, folder, len(planned), strict, hold, left, waiting).run(args)

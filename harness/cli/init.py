"""`idp-harness init`: from a running or startable service to a profile and a first verdict."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import click
from rich.console import Console

from harness.base.errors import HarnessError, UsageError
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK, Inconclusive
from harness.cell.environment import Options, check_options
from harness.cli.init_mcp import init_mcp
from harness.cli.options import all_scenarios, check_idp, control_token_option, scenarios_option, target_settings
from harness.cli.output import OutputFile
from harness.declared.expected import expected_file
from harness.declared.profile import load_profile
from harness.grammar.policies import known_knobs
from harness.grammar.toml_source import TomlSource
from harness.grammar.vocabulary import VENDORS
from harness.matrix.target_runs import TargetRuns
from harness.scenario.chosen import load_chosen
from harness.scenario.plan import plan
from harness.shown import terminal
from harness.shown.foreign_text import foreign
from harness.shown.terminal import words
from harness.survey.contradictions import Compared, compare
from harness.survey.opening import Wanted, check_told
from harness.survey.portrait import Portrait
from harness.survey.survey import Survey, Surveyed, survey
from harness.survey.writing import findings_text, is_only_proposed, misdeed_lines, style_in
from harness.targets import TARGETS, make_target
from harness.targets.within_reach import as_run_by

# Any will do to set a run up: it is replaced before anything is asked.
_STAND_IN = "rfc9068"
_CAN_BE_ANY = ("process", "url")
_APP = re.compile(r"([\w.]{1,300}):\w{1,100}(?:\(\))?")
_MODULE = re.compile(r"[\w.]{1,300}")
# Frameworks call it so in every project: the package has the name, `shop.wsgi:application`.
_ANY_MODULE = ("wsgi", "asgi", "main", "app")
# Nobody knows yet how long it takes to start.
_BOOT_SECONDS = "60"
# Their cases hardly need a start of their own, and are the first that somebody wants to know of.
_QUICK_AREAS = ("baseline", "signature", "identity", "time", "permissions")
# Until the first cell of a run begins.
_BEFORE_A_RUN_SECONDS = 5.0
# A run gives a service 30 s, and may start several at once: one that took longer than this alone is given more.
_SLOW_START_SECONDS = 8.0


@click.command()
@click.option(
    "--target", type=click.Choice(sorted(TARGETS)), help="How to get the service. [default: by what is named]"
)
@click.option("--command", metavar="LINE", help="How to start the service (--target process).")
@click.option("--base-url", metavar="URL", help="Where a running service is (--target url).")
@click.option("--mcp", "mcp", metavar="URL", help="The endpoint of a running MCP server; it says most by itself.")
@click.option("--target-option", multiple=True, metavar="KEY=VALUE", help="Another setting of the target.")
@click.option("--idp-url", metavar="URL", help="A running mock-idp instead of an embedded one.")
@control_token_option
@click.option("--issuer", metavar="ID", help="The issuer there that the service trusts. [default: default]")
@click.option("--style", type=click.Choice(VENDORS), help="Only tokens of this vendor. [default: which are let in]")
@click.option("--route", metavar="[METHOD ]PATH", default="", help="A route that wants a token, such as /notes.")
@click.option(
    "--permission", "permissions", multiple=True, metavar="NAME", help="What it may want. May be given again."
)
@click.option("--audience", metavar="TEXT", default="", help="The audience that tokens need.")
@click.option("--openapi", metavar="URL|FILE", default="", help="Its OpenAPI document. [default: at the usual places]")
@click.option("--title", metavar="TEXT", help="What the service is called.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The profile to write. [default: after the service, such as notes.toml]",
)
@click.option("--force", is_flag=True, help="Write over a profile that is there.")
@click.option(
    "--check",
    "old",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Write nothing: say which lines of this profile the service contradicts.",
)
@scenarios_option
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Switch a fault of the reference service on.")
def init(
    target: str | None,
    command: str | None,
    base_url: str | None,
    mcp: str | None,
    target_option: tuple[str, ...],
    idp_url: str | None,
    control_token: str | None,
    issuer: str | None,
    style: str | None,
    route: str,
    permissions: tuple[str, ...],
    audience: str,
    openapi: str,
    title: str | None,
    output: Path | None,
    force: bool,
    old: Path | None,
    directories: tuple[Path, ...],
    faults: tuple[str, ...],
) -> int:
    """Ask a service by experiment, and write a profile of it that can be run at once.

    It looks for a route that wants a token, finds out what opens it, what the service does with odd tokens and how it
    says no. Each line of the profile stands beside its evidence; what may be a mistake is told and not declared.

    Exit status 3 when nothing could be found out. With --check: 1 when the service contradicts a line.

    \b
    Examples:
      idp-harness init --command 'python service.py --port {port} --issuer {issuer} --jwks-url {jwks_url}
                                  --audience {audience}' --route /notes
      idp-harness init --base-url http://127.0.0.1:8080 --idp-url http://127.0.0.1:9400 --route /notes
      idp-harness init --mcp http://127.0.0.1:8000/mcp --idp-url http://127.0.0.1:9400
      idp-harness init --check notes.toml --command '...'
    """
    console = terminal.console()
    began = time.monotonic()

    def say(line: str) -> None:
        console.print(words((f"{time.monotonic() - began:6.1f} s ", "dim"), line), soft_wrap=True)

    if mcp is not None:
        if target or command or base_url or target_option or route or audience or openapi or old or style or faults:
            raise UsageError(
                "--mcp is the server; beside it --idp-url, --issuer, --permission, --title, --output, --force"
            )
        said = {"title": title, "idp_url": idp_url, "control_token": control_token, "issuer": issuer}
        return init_mcp(console, say, mcp, output, force, scopes=permissions, **said)
    given = tuple(target_settings(base_url, command, target_option))
    target = _target(target, {name.replace("-", "_") for name, _ in given})
    if idp_url and not issuer:
        issuer = "default"
    told = {name.replace("-", "_") for name, _ in given}
    asked = given
    if target in _CAN_BE_ANY and "health_path" not in told:
        asked += (("health_status", "any"),)
    if target == "process" and "boot_seconds" not in told:
        asked += (("boot_seconds", _BOOT_SECONDS),)
    options = Options(
        target=target,
        profile=_STAND_IN,
        target_options=asked,
        scenario_directories=tuple(str(directory) for directory in directories),
        idp_url=idp_url,
        control_token=control_token,
        issuer=issuer,
        faults=faults,
    )
    check_options(options)
    runner = make_target(target, options.target_settings())
    check_told(runner, options)
    name = title or _name(given, target)
    file = old or output or Path(f"{name.lower()}.toml")
    written = None if old else OutputFile(_free(file, force), lambda _: force)
    source, profile = (TomlSource(old), load_profile(old, directories)) if old else (None, None)
    check_idp(idp_url, control_token, issuer)
    if reason := runner.available():
        raise HarnessError(f"the target {target} can't be used here: {reason}")
    knobs, scenarios = known_knobs(directories), all_scenarios(directories)
    wanted = Wanted(route, permissions, openapi, style or "", audience)
    with closing(TargetRuns()) as runs:
        environment = runs.of(options).sessions.environment
        work = Survey(environment, wanted, name, file, knobs, scenarios, directories, say)
        if profile is not None and source is not None:
            try:
                return _print_compared(console, file, compare(work, profile, source, style or _style_of(work, source)))
            except Inconclusive as problem:
                raise HarnessError(f"{file} can't be compared: {problem}") from problem
        surveyed = survey(work)
    assert written is not None
    written.write(surveyed.text)
    _print_surveyed(console, file, surveyed)
    if surveyed.portrait.misdeeds:
        console.print(words(_propose(expected_file(file.parent, file.stem), surveyed.portrait)), soft_wrap=True)
    others = [("--idp-url", idp_url), ("--issuer", issuer), *(("--scenarios", str(one)) for one in directories)]
    others += [("--fault", fault) for fault in faults]
    line = _next_command(file, target, given, surveyed, [(key, value) for key, value in others if value])
    few = f"{line} {' '.join(_QUICK_AREAS)}"
    declared = as_run_by(runner, load_profile(file, directories))
    planned = plan(load_chosen(directories, _QUICK_AREAS), declared, target, (surveyed.portrait.style,))
    estimate = _estimate(sum(not one.verdict for one in planned), surveyed)
    console.print(words(f"\nNext, what one running service can show{estimate}:\n  ", (few, "bold")), soft_wrap=True)
    console.print(
        words("\nThen all, with keys and outages, for which it is started many times:\n  ", (line, "bold")),
        soft_wrap=True,
    )
    return EXIT_OK


def _estimate(cells: int, surveyed: Surveyed) -> str:
    """How long so many cells take, by those that init has run itself, on the machine as it was."""
    seconds = _BEFORE_A_RUN_SECONDS + surveyed.start_seconds + cells * surveyed.cell_seconds
    minutes = max(1, round(seconds / 60))
    return f" ({cells} cells, about {minutes} minute{'s' if minutes > 1 else ''} as things are)"


def _style_of(work: Survey, source: TomlSource) -> str:
    """The style of the issuer that is given, or with which the profile was made."""
    if issuer := work.environment.options.issuer:
        return work.environment.idp.issuer(issuer).style
    return style_in(source.text)


def _target(target: str | None, told: set[str]) -> str:
    if target is not None:
        return target
    if "command" in told:
        return "process"
    if "base_url" in told:
        return "url"
    if "app" in told:
        return "app"
    raise UsageError(
        "which service? Say how to start it, --command '… --port {port} --issuer {issuer} --jwks-url {jwks_url}', "
        "where it runs, --base-url URL, --target-option app=module:name for a Python app, or "
        "--target container with its image (--target-option image=…)"
    )


def _name(settings: Sequence[tuple[str, str]], target: str) -> str:
    """What the service may be called: the file that its command names, its image, or its target."""
    said = {name.replace("-", "_"): value for name, value in settings}
    if "image" in said:
        return said["image"].rpartition("/")[2].partition(":")[0]
    try:
        parts = shlex.split(said.get("command", ""))
    except ValueError:
        parts = []
    # The last word before the options that is a file of this folder: `python service.py`, `node server.js`, `./api`.
    files = [
        Path(part).stem for part in parts if "{" not in part and Path(part).is_file() and "bin" not in Path(part).parts
    ]
    # As Python's servers are told an app: `uvicorn main:app`, `flask --app orders run`.
    modules = [found[1] for part in [*parts, said.get("app", "")] if (found := _APP.fullmatch(part))]
    modules += [part for flag, part in pairwise(parts) if flag == "--app" and _MODULE.fullmatch(part)]
    stem = next(iter([*files, *map(_module_name, modules)]), target if target not in _CAN_BE_ANY else Path.cwd().name)
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem) or "service"


def _module_name(module: str) -> str:
    *packages, name = module.split(".")
    return packages[-1] if packages and name in _ANY_MODULE else name


def _free(file: Path, force: bool) -> Path:
    """The file, if nothing is there that would be lost. Raises `UsageError`."""
    if file.suffix != ".toml":
        raise UsageError(f"--output takes the name of a profile, which ends with .toml, not {str(file)!r}")
    if file.exists() and not force:
        raise UsageError(f"{file} is there: choose another --output, or --force to write over it")
    return file


def _print_surveyed(console: Console, file: Path, surveyed: Surveyed) -> None:
    portrait = surveyed.portrait
    sure = [one for one in portrait.seen if not one.doubt]
    doubtful = [one for one in portrait.seen if one.doubt]
    if portrait.misdeeds:
        console.print(words(("\nFindings: no service may do this, and no line declares it away", "red bold")))
        for one in portrait.misdeeds:
            first, second = misdeed_lines(one)
            console.print(words("  ", (first, "red"), f"\n  {second}"), soft_wrap=True)
    if doubtful:
        console.print(words(("\nDoubtful: left out of the profile until you say that it is meant", "yellow bold")))
        for seen in doubtful:
            console.print(
                words(f"  {seen.table}.{seen.name} = {seen.value!r}: {seen.evidence}. {seen.doubt}"), soft_wrap=True
            )
    console.print(
        words(
            f"\n{file}: {len(sure)} lines observed, {len(doubtful)} doubtful, {len(portrait.unknown)} policies "
            f"unknown, routes: {', '.join(portrait.routes)}. Nothing in it is promised yet: keep what your documents "
            "bear out."
        ),
        soft_wrap=True,
    )


def _propose(file: Path, portrait: Portrait) -> str:
    """Write the findings beside the profile, where a run looks for them; what is said of it.

    A file in which somebody has decided something is left alone.
    """
    try:
        file.parent.mkdir(exist_ok=True)
        proposed = OutputFile(file, is_only_proposed)
    except (OSError, UsageError) as problem:
        return f"the findings above were not written beside the profile: {foreign(problem)}"
    proposed.write(findings_text(portrait))
    return f"{file}: the findings above, commented out. Each is for you to decide: mended, or known with a reason"


def _print_compared(console: Console, file: Path, compared: Compared) -> int:
    for one in compared.contradictions:
        console.print(
            words(("contradicted ", "red bold"), f"{file}:{one.line}: {one.declared}; seen: {one.evidence}"),
            soft_wrap=True,
        )
    for name in compared.not_compared:
        console.print(words(("not compared ", "dim"), name), soft_wrap=True)
    count = len(compared.contradictions)
    console.print(words(f"{compared.agreed} lines are as declared, {count} are contradicted"))
    if count:
        return EXIT_FAILED
    return EXIT_OK if compared.agreed else EXIT_COULD_NOT_RUN


def _next_command(
    file: Path, target: str, given: Sequence[tuple[str, str]], surveyed: Surveyed, others: Sequence[tuple[str, str]]
) -> str:
    """The line that judges the service by the new profile."""
    said = ["idp-harness", "run", "--profile", str(file), "--target", target]
    short = {"command": "--command", "base_url": "--base-url"}
    told = [(name.replace("-", "_"), value) for name, value in given]
    for name, value in told:
        said += [short[name], value] if name in short else ["--target-option", f"{name}={value}"]
    if target in _CAN_BE_ANY and "health_path" not in {name for name, _ in told}:
        option = f"health_path={surveyed.health}" if surveyed.health else "health_status=any"
        said += [] if surveyed.health == "/health" else ["--target-option", option]
    if target == "process" and surveyed.start_seconds > _SLOW_START_SECONDS and "boot_seconds" not in dict(told):
        said += ["--target-option", f"boot_seconds={_BOOT_SECONDS}"]
    said += [word for pair in others for word in pair]
    return shlex.join([*said, "--style", surveyed.portrait.style])

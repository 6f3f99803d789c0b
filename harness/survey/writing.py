"""The portrait of a service as a profile: each line beside its evidence, and what only a person can say left open."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any, Final

from harness.declared.quantities import QUANTITIES
from harness.grammar.model import Route
from harness.grammar.policies import Knob
from harness.grammar.vocabulary import CAPABILITIES, VENDORS
from harness.shown.foreign_text import one_line
from harness.survey.portrait import FoundRoute, Misdeed, Portrait, Seen, is_error
from harness.targets.toml_text import toml_value

HEAD: Final = "# A profile by idp-harness init"
_FINDINGS_HEAD: Final = "# Findings that idp-harness init proposes"
_WIDTH: Final = 200
_STYLE_WORDS: Final = "with tokens of the style"
# Rows of the card on which documents of a service say something, and the words to look for there.
_PROMISES: Final[Mapping[str, tuple[str, str]]] = {
    "exp-leeway": ("60", "leeway, clock skew, clock tolerance"),
    "required-claims": ('["iss", "aud", "exp"]', "required claims, spec_required, requiredClaims"),
    "algorithms-unconfigured": ('["RS256"]', "algorithms, allowed algorithms, alg"),
    "fetches-unknown-kid": ("1", "unknown kid, refetch, key rotation, JWKS cache"),
    "cool-down": ("30", "cooldown, rate limit, min refresh interval of the JWKS"),
    "revocation-lag-timer": ("{ refresh = 1 }", "JWKS cache time, refresh interval, TTL, max age"),
    "stale-window": ("{ stale = 1 }", "stale keys, grace, provider outage"),
}


def profile_text(portrait: Portrait, knobs: Mapping[str, Knob]) -> str:
    """A profile that can be loaded at once; `knobs` are all that there are."""
    parts = [
        *_head(portrait),
        f"title = {toml_value(portrait.title)}",
        *_note("observed", portrait.audience_evidence),
        f"audience = {toml_value(portrait.audience)}",
        *_capabilities(portrait),
        *_routes(portrait.routes),
        *_permissions(portrait),
        *_table(portrait, "refusal"),
        *_table(portrait, "timing"),
        *_table(portrait, "policy", _unknown(portrait, knobs)),
        *_vocabulary(portrait),
        *_promised(),
    ]
    return "\n".join(parts) + "\n"


def style_in(text: str) -> str:
    """The style of the tokens with which a profile was made; the plainest where it doesn't say."""
    found = re.search(rf"{_STYLE_WORDS} ([a-z0-9-]+)\.", text)
    return found[1] if found and found[1] in VENDORS else "custom"


def _head(portrait: Portrait) -> list[str]:
    lines = [
        f"{HEAD}: what the service was seen to do, {_STYLE_WORDS} {portrait.style}.",
        "#",
        "# A profile says what a service's documents PROMISE. Nobody has promised yet what stands here:",
        "#   observed  the service did so; the evidence stands beside it. Keep what its documents bear out.",
        "#   doubtful  the service did so, and it may be a mistake: the line is no line until you make it one.",
        "#   unknown   no experiment of init found it out; cases that depend on it are `undeclared`.",
        "#   promised  for you to fill in, with the words to look for in the documents of the service and its library.",
        "# idp-harness init --check says later which lines the service contradicts.",
    ]
    if portrait.misdeeds:
        lines += ["#", "# FINDINGS, which a run will show as failed, whatever stands below:"]
        lines += [f"#   {line}" for one in portrait.misdeeds for line in misdeed_lines(one)]
    return [*lines, ""]


def misdeed_lines(misdeed: Misdeed) -> list[str]:
    """A finding in two lines."""
    count = f"{len(misdeed.cells)} cells" if len(misdeed.cells) > 1 else "1 cell"
    said = ". An error of the service: nobody is let in, and nobody is told why" if is_error(misdeed.actual) else ""
    return [
        one_line(f"{misdeed.severity} {misdeed.scenario}: {misdeed.title} ({count})", _WIDTH),
        one_line(f"  {misdeed.requirement}; got {misdeed.actual}", _WIDTH) + said,
    ]


def findings_text(portrait: Portrait) -> str:
    """The misdeeds as a file of expected findings in which nothing counts yet."""
    lines = [
        f"{_FINDINGS_HEAD} for {one_line(portrait.title, _WIDTH)}. None counts yet: a run shows all of them as failed.",
        "# What is to be mended, leave as it is. Where a deviation is known and stays for now, take the # away before",
        "# its lines and write the reason: then it is a `finding`, and the run turns red when it is gone.",
    ]
    for one in portrait.misdeeds:
        first, second = misdeed_lines(one)
        said: dict[str, Any] = {"scenario": one.scenario}
        said |= {"variants": list(one.variants)} if one.variants else {}
        said |= {"requirement": one_line(one.requirement, _WIDTH), "reason": ""}
        lines += ["", f"# {first}", f"# {second.strip()}", "# [[finding]]"]
        lines += [f"# {name} = {toml_value(value)}" for name, value in said.items()]
    return "\n".join(lines) + "\n"


def is_only_proposed(data: bytes) -> bool:
    """Whether a file of findings is one of init's in which nobody has decided anything."""
    return data.startswith(_FINDINGS_HEAD.encode()) and all(
        line.startswith(b"#") or not line.strip() for line in data.splitlines()
    )


def _capabilities(portrait: Portrait) -> list[str]:
    lines = ["capabilities = ["]
    for name in CAPABILITIES:
        if name in portrait.capabilities:
            lines.append(f"  {toml_value(name) + ',':22} # observed: {_shown(portrait.capabilities[name])}")
    lines += ["]", "", "[lacks]"]
    return lines + [f"{name} = {toml_value(_shown(reason))}" for name, reason in portrait.lacks.items()]


def _routes(routes: Mapping[str, FoundRoute]) -> list[str]:
    lines = []
    for name, found in routes.items():
        lines += ["", *_note("observed", found.evidence), f"[routes.{name}]", *_route(found.route)]
    missing = [name for name in ("write", "other", "item", "any-token") if name not in routes]
    if missing:
        lines += ["", f"# unknown: routes.{', routes.'.join(missing)} (see docs/scenarios.md, Profiles)"]
    return lines


def _route(route: Route) -> list[str]:
    said: dict[str, Any] = {"method": route.method, "path": route.path}
    said |= {"permission": route.permission} if route.permission else {}
    said |= {"body": route.body} if route.body is not None else {}
    said |= {"success": list(route.success)} if route.success != (200,) else {}
    said |= {"let_in": list(route.let_in)} if route.let_in else {}
    return [f"{name} = {toml_value(value)}" for name, value in said.items()]


def _permissions(portrait: Portrait) -> list[str]:
    if portrait.place is None:
        return []
    lines = ["", "[permissions]", *_note("observed", portrait.place_evidence)]
    if portrait.place.claim:
        claim = portrait.place.claim
        lines.append(f"claim = {toml_value(claim if isinstance(claim, str) else list(claim))}")
    return [*lines, f"form = {toml_value(portrait.place.form or 'array')}"]


def _table(portrait: Portrait, name: str, more: Iterable[str] = ()) -> list[str]:
    lines = [line for one in portrait.seen if one.table == name for line in _line(one)]
    lines += more
    return ["", f"[{name}]", *lines] if lines else []


def _line(seen: Seen) -> list[str]:
    line = f"{seen.name} = {toml_value(seen.value)}"
    if not seen.doubt:
        return [*_note("observed", seen.evidence), line]
    return [*_note("doubtful", f"{seen.evidence}. {seen.doubt}"), f"# {line}"]


def _unknown(portrait: Portrait, knobs: Mapping[str, Knob]) -> list[str]:
    lines = []
    for name, why in portrait.unknown.items():
        lines += [*_note("unknown", f"{knobs[name].sentence} {why}"), f"# {name} = {_possible(knobs[name])}"]
    if portrait.moot:
        lines.append("# of no account, as no case depends on them that this target and this profile could run:")
        lines += textwrap.wrap(", ".join(portrait.moot), 100, initial_indent="#   ", subsequent_indent="#   ")
    return lines


def _possible(knob: Knob) -> str:
    if knob.words:
        return " or ".join(json.dumps(word) for word in knob.words)
    return {"flag": "true or false", "seconds": "SECONDS", "count": "COUNT"}.get(knob.type, "NUMBER")


def _vocabulary(portrait: Portrait) -> list[str]:
    lines = ["", "[vocabulary]"]
    lines += ["# All permissions that were met; there may be more."] if portrait.permissions else []
    lines.append(f"permissions = {toml_value(list(portrait.permissions))}")
    public = [
        f"  {{ path = {toml_value(one.path)}, success = {toml_value(list(one.success))} }},"
        if one.success != (200,)
        else f"  {{ path = {toml_value(one.path)} }},"
        for one in portrait.public
    ]
    return [*lines, *(["# observed: let in without a token", "public = [", *public, "]"] if public else [])]


def _promised() -> list[str]:
    lines = [
        "",
        "# promised: what the documents say of the rows of the behaviour card; leave out what they don't.",
        "# [documented]",
    ]
    for name, (value, look_up) in _PROMISES.items():
        lines.append(f"# {QUANTITIES[name].what}. Look for: {look_up}")
        lines.append(f'# {name} = {{ value = {value}, source = "which document, which section" }}')
    return lines


def _note(mark: str, text: str) -> list[str]:
    return [f"# {mark}: {_shown(text)}"] if text else []


def _shown(text: str) -> str:
    return one_line(text, _WIDTH)

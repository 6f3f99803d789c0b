"""Whether the values in a scenario are of the kind that their keys ask for, and whether the names it uses exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from harness import vocabulary as words
from harness.model import Step, Table
from harness.toml_source import Place, TomlSource

Kind = tuple[str, Callable[[Any], bool]]

_FLAG: Kind = ("true or false", lambda value: isinstance(value, bool))
_COUNT: Kind = ("a whole number from 0", lambda value: type(value) is int and value >= 0)
_TIMES: Kind = ("a whole number from 1", lambda value: type(value) is int and value >= 1)
_NUMBER: Kind = ("a number", lambda value: type(value) in (int, float))
_RATE: Kind = ("a number above 0", lambda value: type(value) in (int, float) and value > 0)
_TEXT: Kind = ("a text", lambda value: isinstance(value, str))
_LIST: Kind = ("a list with something in it", lambda value: isinstance(value, list) and value != [])
_WORDS: Kind = ("a list of words", lambda value: _LIST[1](value) and all(isinstance(one, str) for one in value))
_SAME: Kind = ('"same"', lambda value: value == "same")

_SCENARIO: Mapping[str, Kind] = {
    **dict.fromkeys(("timed", "preflight", "positive_control"), _FLAG),
    **dict.fromkeys(("kills", "styles"), _WORDS),
    **dict.fromkeys(("source", "note"), _TEXT),
    "steps": _LIST,
}
_SEND: Mapping[str, Kind] = {
    **dict.fromkeys(("repeat", "concurrent"), _TIMES),
    **dict.fromkeys(("keep", "resend", "name", "remember", "issuer"), _TEXT),
    "unique_kid": _FLAG,
    "connection": _SAME,
    "rate": _RATE,
}
_REQUEST: Mapping[str, Kind] = {
    **dict.fromkeys(("route", "method", "path", "id", "query", "body", "content_type", "authorization"), _TEXT),
    "anonymous": _FLAG,
}
_FETCHES: Mapping[str, Kind] = {
    **dict.fromkeys(("at_most", "at_least"), _COUNT),
    **dict.fromkeys(("timer", "cooldown"), _FLAG),
}
_DURATION: Mapping[str, Kind] = dict.fromkeys(words.DURATION_KEYS, _NUMBER)
_MOMENT: Mapping[str, Kind] = dict.fromkeys(words.TIME_KEYS, _NUMBER)
# The values of steps that send nothing by themselves and have no other check.
_STEPS: Mapping[str, Mapping[str, Kind]] = {
    "expect-requests": {
        **dict.fromkeys(("on", "method"), _TEXT),
        **dict.fromkeys(("without_headers", "lacks"), _WORDS),
    },
    "start-service": {"refusal": ('"allowed"', lambda value: value == "allowed"), "names": _WORDS},
    "send-raw": {"lines": _WORDS, "body": _TEXT},
    "send-half": {"lines": _WORDS},
    "send-pipeline": {"requests": _LIST},
    "expect-alike": {"answers": _WORDS},
    "compare-times": {"samples": _TIMES},
    "scrape-metrics": {"name": _TEXT},
    "expect-counter": {"counter": _TEXT, "by": _NUMBER},
    "expect-series": {"at_most": _COUNT},
    "remember-memory": {"name": _TEXT},
    "expect-memory": {"at_most_mib": _RATE},
}
# Step -> its argument that is a name, and the step that gives the name.
_USES = {
    "join": ("name", "send-in-background"),
    "stop-traffic": ("name", "start-traffic"),
    "expect-fetches": ("since", "mark"),
    "expect-requests": ("since", "mark"),
    "expect-counter": ("since", "scrape-metrics"),
    "expect-series": ("since", "scrape-metrics"),
    "expect-memory": ("since", "remember-memory"),
}
# Argument of any step -> what gives the name that it uses.
_GIVERS = {"resend": "keep", "issuer": "make-issuer"}
# What was begun in the background is judged when it is ended: without an end nothing would be.
_ENDS = {"send-in-background": "join", "start-traffic": "stop-traffic"}


def check_scenario(source: TomlSource, table: Table, place: Place) -> None:
    """Check the values beside the request and the steps. Raises `ScenarioFileError`."""
    _check_kinds(source, table, _SCENARIO, place)
    check_config(source, table.get("config", {}), place)
    check_answer(source, table.get("answer", {}), place)
    check_fetches(source, table.get("fetches", {}), (*place, "fetches"))


def check_config(source: TomlSource, config: Any, place: Place) -> None:
    """Check a table of settings that the service is started with. Raises `ScenarioFileError`."""
    place = (*place, "config")
    source.check_keys(config, words.CONFIG_KEYS, place, "config")
    for key, allowed in words.CONFIG_WORDS.items():
        if key in config:
            source.check_word(config[key], allowed, (*place, key), key)


def check_answer(source: TomlSource, answer: Any, place: Place) -> None:
    """Check what is asked of an answer beside its status. Raises `ScenarioFileError`."""
    place = (*place, "answer")
    source.check_keys(answer, words.ANSWER_KEYS, place, "answer")
    _check_texts(source, answer, place)
    headers = answer.get("headers", {})
    source.check_keys(headers, headers, (*place, "headers"), "headers")
    for name, wish in headers.items():
        if not isinstance(wish, bool):
            source.check_keys(wish, words.HEADER_WISH_KEYS, (*place, "headers", name), f"header {name}")
            _check_texts(source, wish, (*place, "headers", name))
    _check_kinds(source, answer, {"lacks_secrets": _FLAG}, place)


def _check_texts(source: TomlSource, table: Table, place: Place) -> None:
    for key in ("contains", "lacks"):
        value = table.get(key, "")
        if not all(isinstance(one, str) for one in (value if isinstance(value, list) else [value])):
            source.fail((*place, key), f"{key} must be a text or a list of texts, not {value!r}")


def check_send(source: TomlSource, send: Table, place: Place) -> None:
    """Check the values of a request that is sent. Raises `ScenarioFileError`."""
    _check_kinds(source, send, _SEND, place)
    if {"expect", "policy"} <= send.keys():
        source.fail((*place, "policy"), "a request has expect or policy, not both")
    if isinstance(send.get("request"), dict):
        _check_request(source, send["request"], (*place, "request"))
    times_place = (*place, "token", "times")
    times = send.get("token", {}).get("times", {})
    source.check_keys(times, times, times_place, "times")
    for claim, when in times.items():
        moment = when if isinstance(when, dict) else {"seconds": when}
        source.check_keys(moment, words.TIME_KEYS, times_place, f"times.{claim}")
        _check_kinds(source, moment, _MOMENT, (*times_place, claim))
    for key in ("within", "answer_within"):
        check_duration(source, send.get(key, {}), (*place, key))
    check_fetches(source, send.get("fetches", {}), (*place, "fetches"))
    check_answer(source, send.get("answer", {}), place)


def _check_request(source: TomlSource, request: Table, place: Place) -> None:
    _check_kinds(source, request, _REQUEST, place)
    headers = request.get("headers", {})
    source.check_keys(headers, headers, (*place, "headers"), "headers")
    for name, value in headers.items():
        if not all(isinstance(one, str) for one in (value if isinstance(value, list) else [value])):
            source.fail((*place, "headers", name), f"header {name} must be a text or a list of texts, not {value!r}")


def check_fetches(source: TomlSource, fetches: Any, place: Place) -> None:
    """Check a table that bounds the number of fetches. Raises `ScenarioFileError`."""
    source.check_keys(fetches, words.FETCHES_KEYS, place, "fetches")
    _check_kinds(source, fetches, _FETCHES, place)


def check_duration(source: TomlSource, duration: Any, place: Place) -> None:
    """Check a table of times that add up. Raises `ScenarioFileError`."""
    source.check_keys(duration, words.DURATION_KEYS, place, str(place[-1]))
    _check_kinds(source, duration, _DURATION, place)


def check_step(source: TomlSource, do: str, args: Table, place: Place) -> None:
    """Check the values of a step that sends nothing by itself. Raises `ScenarioFileError`."""
    if do == "wait":
        _check_kinds(source, args, _DURATION, place)
    elif do == "wait-for-fetch":
        check_duration(source, args.get("within", {}), (*place, "within"))
    elif do in _STEPS:
        _check_kinds(source, args, _STEPS[do], place)
        check_config(source, args.get("config", {}), place)
    elif do == "restart-service":
        check_config(source, args.get("config", {}), place)
    elif do == "present-certificate":
        source.check_word(args["kind"], words.CERTIFICATES, (*place, "kind"), "certificate")
    elif do == "make-issuer" and "style" in args:
        source.check_word(args["style"], words.STYLES, (*place, "style"), "style")
    elif do == "expect-fetches":
        _check_kinds(source, args, _FETCHES, place)
    elif do == "send-to-routes":
        for key, allowed in (("routes", words.ROUTE_SETS), ("permissions", words.PERMISSION_SETS)):
            if not isinstance(args[key], list):
                source.check_word(args[key], allowed, (*place, key), f"set of {key}")
        source.check_word(args["expect"], words.EXPECTATIONS, (*place, "expect"), "expectation")


def check_names(source: TomlSource, steps: Iterable[Step], place: Place) -> None:
    """Check that a name is given before it is used, and that what runs in the background is ended.

    Raises `ScenarioFileError`.
    """
    given: dict[str, list[str]] = {"mark": ["start"], "make-issuer": ["second"]}
    running: dict[tuple[str, str], int] = {}
    for number, step in enumerate(steps):
        uses = [(step.args[key], giver) for key, giver in _GIVERS.items() if key in step.args]
        if step.do in _USES and _USES[step.do][0] in step.args:
            key, giver = _USES[step.do]
            uses.append((step.args[key], giver))
        if step.do == "expect-alike":
            uses += [(name, "remember") for name in step.args["answers"]]
        for name, giver in uses:
            what = f"name that an earlier {giver} gave"
            source.check_word(name, given.get(giver, []), (*place, number), what)
            running.pop((giver, name), None)
        for key in ("keep", "remember"):
            if key in step.args:
                given.setdefault(key, []).append(step.args[key])
        if "name" in step.args:
            given.setdefault(step.do, []).append(step.args["name"])
        if step.do in _ENDS:
            running[step.do, step.args["name"]] = number
    for (do, name), number in running.items():
        source.fail((*place, number), f"{do} {name!r} is never judged: it needs a {_ENDS[do]} step")


def _check_kinds(source: TomlSource, table: Table, kinds: Mapping[str, Kind], place: Place) -> None:
    for key, (what, fits) in kinds.items():
        if key in table and not fits(table[key]):
            source.fail((*place, key), f"{key} must be {what}, not {table[key]!r}")

"""What somebody gives as an app: one that is there, or a function that makes one and says by its parameters what it
has to be told.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.base.errors import TargetError, UsageError
from harness.grammar.toml_source import nearest
from harness.shown.foreign_text import foreign
from harness.targets.base import ServiceConfig
from harness.targets.service_template import FIELDS, SECRET_WORDS, SETTING_WORDS

# What a function that makes an app may have as parameters: the words of the process target, but for those of sockets
# and files.
APP_WORDS = (*FIELDS, "public_key", "api_keys")
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class AppSource:
    """Where apps come from: `make` with the `words` that it takes, or the one `app`."""

    app: Any = field(default=None)
    make: Callable[..., Any] | None = None
    words: tuple[str, ...] = ()

    @property
    def cannot_set(self) -> dict[str, str]:
        """The settings of scenarios that the app isn't told, with the reason."""
        reasons = {}
        for setting, words in SETTING_WORDS.items():
            known = list(dict.fromkeys("api_keys" if word in SECRET_WORDS else word for word in words))
            known = [word for word in known if word in APP_WORDS]
            if not set(known) & {*self.words}:
                wanted = f"its parameters have no {' or '.join(known)}" if known else "there is no word for it"
                reasons[setting] = f"nothing tells the app {setting}: {wanted}"
        return reasons

    def arguments(self, config: ServiceConfig) -> dict[str, Any]:
        """What `make` is called with: texts, numbers, truth values, and lists; API keys are tables."""
        keys = [{**vars(entry), "permissions": list(entry.permissions)} for entry in config.api_keys]
        special: Mapping[str, Any] = {"public_key": config.public_key_pem, "api_keys": keys}
        values = {word: special[word] if word in special else getattr(config, word) for word in self.words}
        return {word: list(value) if isinstance(value, tuple) else value for word, value in values.items()}


def app_source(given: object) -> AppSource:
    """Read what was given: an app, a function that makes one, or `module:name` of either.

    A function whose parameters are all words makes apps. Raises `UsageError` for what is neither.
    """
    if isinstance(given, str):
        given = _imported(given)
    if not callable(given):
        raise UsageError(f"the app is {type(given).__name__}, which nobody can call")
    if is_asgi(given) or _counts(given) == 2:
        return AppSource(app=given)
    try:
        parameters = list(inspect.signature(given).parameters.values())
    except (TypeError, ValueError) as problem:
        raise UsageError(f"the app {_name(given)} doesn't say its parameters: {foreign(problem)}") from problem
    words = []
    for one in parameters:
        if one.kind not in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY):
            raise UsageError(
                f"{_name(given)} has the parameter {one}: name what the app has to be told, such as issuer, jwks_url "
                "and audience"
            )
        if one.name in APP_WORDS:
            words.append(one.name)
        elif one.default is inspect.Parameter.empty:
            raise UsageError(f"{_name(given)} has a parameter {one.name!r}{nearest(one.name, APP_WORDS)}")
    return AppSource(make=given, words=tuple(words))


def is_asgi(app: object) -> bool:
    """Whether it takes `scope`, `receive` and `send`."""
    if any(name in APP_WORDS for name in _parameters(app)):
        return False
    call = getattr(app, "__call__", None)  # noqa: B004  # Whether it is async is what counts.
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(call) or _counts(app) == 3


def _counts(app: object) -> int:
    """How many arguments it must be called with by their places; 0 where one of them is a word."""
    names = _parameters(app)
    return 0 if any(name in APP_WORDS for name in names) else len(names)


def _parameters(app: object) -> list[str]:
    try:
        parameters = inspect.signature(app).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    return [one.name for one in parameters if one.kind in _POSITIONAL and one.default is inspect.Parameter.empty]


def checked_app(app: object, given: object) -> Any:
    """What a function has made. Raises `TargetError` when that is no app."""
    if callable(app) and (is_asgi(app) or _counts(app) == 2):
        return app
    raise TargetError(f"{_name(given)} has made {foreign(repr(app)[:80])}, which is neither a WSGI nor an ASGI app")


def _imported(text: str) -> object:
    """The object that `module:name` is, of a module in this folder or of one that is installed."""
    module, colon, name = text.partition(":")
    if not (module and colon and name):
        raise UsageError(f"the app {text!r} is not MODULE:NAME, such as orders.web:make_app")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as problem:  # Whatever the module does when it is imported.
        raise UsageError(f"the app {text} can't be imported: {type(problem).__name__}: {foreign(problem)}") from problem
    return found


def _name(given: object) -> str:
    return str(getattr(given, "__qualname__", None) or type(given).__qualname__)

"""What an app writes to `logging` and to the error stream of its server, while it is called by the harness."""

from __future__ import annotations

import io
import logging
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from harness.shown.foreign_text import ForeignText

_KEPT_LINES = 2000
# Whose request it is that runs; threads that an app starts for itself have none.
_SERVED: ContextVar[AppLog | None] = ContextVar("idp_harness_served", default=None)
# The harness and the identity provider run beside the app.
_NOT_THE_APP = ("harness", "mock_idp", "granian")


class AppLog(logging.Handler):
    """The log of one service. No logger's level is changed: what the app doesn't log it doesn't log here.

    A record of another service's request is not taken; one of no request (of a thread that the app has started) is.
    """

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.errors = _ErrorStream(self)
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._loggers: list[logging.Logger] = []

    def open(self) -> None:
        """Listen to the root logger, and to those that don't hand their records on to it."""
        known = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
        self._loggers = [logging.root, *(one for one in known if not one.propagate)]
        for logger in self._loggers:
            logger.addHandler(self)

    def close(self) -> None:
        """Listen no more; what was said stays."""
        while self._loggers:
            self._loggers.pop().removeHandler(self)
        super().close()

    def listen_on(self) -> None:
        """Listen again where the app has configured logging anew meanwhile, and so thrown others out."""
        if self._loggers and self not in logging.root.handlers:
            logging.root.addHandler(self)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """What is logged within is of this service."""
        self.listen_on()
        token = _SERVED.set(self)
        try:
            yield
        finally:
            _SERVED.reset(token)

    def emit(self, record: logging.LogRecord) -> None:
        if _SERVED.get() not in (None, self) or record.name.partition(".")[0] in _NOT_THE_APP:
            return
        try:
            text = self.format(record)
        except Exception:  # Its arguments don't fit its text.
            text = f"{record.msg} {record.args}"
        self.write(text)

    def write(self, text: str) -> None:
        """Take up lines that were written otherwise."""
        self._lines.extend(text.splitlines())

    def exception(self, problem: BaseException) -> None:
        """An error that the app did not catch, as a server writes it down."""
        self.write("".join(traceback.format_exception(problem)))

    def tail(self, lines: int) -> ForeignText:
        """The last lines."""
        return ForeignText("\n".join(self._lines)).last_lines(lines)


class _ErrorStream(io.TextIOBase):
    """`wsgi.errors` (PEP 3333)."""

    def __init__(self, log: AppLog) -> None:
        self._log = log

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._log.write(text)
        return len(text)

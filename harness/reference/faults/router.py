"""Faults of routers that find a protected route where the gate saw none: by another method, or another spelling."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from flask import request

from harness.reference.errors import RequestError
from harness.reference.faults.registry import fault
from harness.reference.router import Match, Router


def opened(match: Match) -> Match:
    """The same route, for everybody."""
    return Match(match.route, match.arguments, public=True)


@fault("m-preflight-runs-handler", precedent="gates that let OPTIONS through before a handler for all methods")
class PreflightRunsHandler(Router):
    """OPTIONS is let through without credentials, to the handler of the method that it asks about, or of GET."""

    def match(self, method: str, path: str) -> Match:
        """A preflight has no credentials, and something has to answer it."""
        if method != "OPTIONS":
            return super().match(method, path)
        return opened(super().match(request.headers.get("Access-Control-Request-Method", "GET"), path))


@fault("m-put-as-post", precedent="rules that list GET, POST and DELETE before a handler for all methods")
class PutAsPost(Router):
    """PUT is served as POST, and no rule is for PUT."""

    def match(self, method: str, path: str) -> Match:
        """The handler asks whether there is a body."""
        try:
            return super().match(method, path)
        except RequestError:
            if method not in ("PUT", "PATCH"):
                raise
            return opened(super().match("POST", path))


@fault("m-path-trailing-blank", precedent="CVE-2022-22978 (Spring Security: a line feed in the path)")
class PathTrailingBlank(Router):
    """A blank, line feed or NUL at the end of the path makes another path for the gate, and the same for the router."""

    def match(self, method: str, path: str) -> Match:
        """A pattern whose dot does not match a line feed."""
        trimmed = path.partition("\0")[0].rstrip()
        return super().match(method, path) if trimmed == path else opened(super().match(method, trimmed))


@fault("m-path-decoded-twice", precedent="CWE-174; CVE-2021-29492 (Envoy: escaped slashes)")
class PathDecodedTwice(Router):
    """Behind the gate the path is percent-decoded once more."""

    def match(self, method: str, path: str) -> Match:
        """The server had done that, and the framework does it, too."""
        return opened(super().match(method, unquote(path))) if "%" in path else super().match(method, path)


@fault("m-path-backslash", precedent="CVE-2021-36740's class: servers for which a backslash is a slash")
class PathBackslash(Router):
    """Behind the gate a backslash in the path is a slash, and dot segments are resolved."""

    def match(self, method: str, path: str) -> Match:
        """As files are found on Windows."""
        if "\\" not in path:
            return super().match(method, path)
        return opened(super().match(method, posixpath.normpath(path.replace("\\", "/"))))


@fault("m-path-parameters-dropped", precedent="CVE-2020-11989 (Shiro) and the class of `..;/` before Tomcat")
class PathParametersDropped(Router):
    """Behind the gate what follows a semicolon in a segment is dropped, and dot segments are resolved."""

    def match(self, method: str, path: str) -> Match:
        """RFC 3986 section 3.3 lets segments have parameters."""
        if ";" not in path:
            return super().match(method, path)
        return opened(super().match(method, posixpath.normpath(re.sub(r";[^/]*", "", path))))

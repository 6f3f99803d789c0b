"""Making a request that shows a mistake small: everything goes that the mistake can do without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from .vendor_requests import Request

_MOST_TRIES = 400


def smallest(request: Request, shows: Callable[[Request], bool]) -> Request:
    """The smallest request found that still shows it. In: a way to find out; it is asked some hundred times at most."""
    tries = 0
    while True:
        for smaller in _smaller(request):
            tries += 1
            if tries > _MOST_TRIES:
                return request
            if shows(smaller):
                request = smaller
                break
        else:
            return request


def _smaller(request: Request) -> Iterator[Request]:
    for number in range(len(request.headers)):
        yield replace(request, headers=request.headers[:number] + request.headers[number + 1 :])
    path, mark, query = request.target.partition("?")
    for shorter in _fewer(query):
        yield replace(request, target=path + mark + shorter if shorter else path)
    for shorter in _fewer(request.body.decode("latin-1")):
        yield replace(request, body=shorter.encode("latin-1"))


def _fewer(text: str) -> Iterator[str]:
    """Shorter texts: without one of the members of a form, or with one of them half as long."""
    members = text.split("&")
    for number, member in enumerate(members):
        rest = members[:number], members[number + 1 :]
        if text:
            yield "&".join([*rest[0], *rest[1]])
        name, equals, value = member.partition("=")
        if len(value) > 1:
            yield "&".join([*rest[0], name + equals + value[: len(value) // 2], *rest[1]])

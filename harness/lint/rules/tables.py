"""Settings of authentication that stand in a table which the service doesn't read, and services without any."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lint.config_file import VARIABLES
from harness.lint.finding import ERROR, Found, rule
from harness.lint.names import in_brackets
from harness.lint.reading import Reading
from harness.shown.foreign_text import foreign


@rule(
    severity=ERROR,
    source="Configuration Reference, Location, says [web.auth], External Auth Provider Integration [auth]; with "
    "either, tasker-py 0.1.8 starts without a warning and answers GET /v1/templates without credentials with 200",
    always=True,
)
def ignored_table(reading: Reading) -> Iterator[Found]:
    """Settings of authentication stand in a table that the service doesn't read."""
    open_now = "" if reading.has_auth else ", and every route is open"
    for place in reading.ignored:
        message = f"{in_brackets(place)} is not read: the {reading.service} reads {reading.table} alone{open_now}"
        yield Found(place, message, reading.table, softer=reading.has_auth)


@rule(
    severity=ERROR,
    source="Authentication & Authorization, Auth Disabled by Default; without the table, tasker-py 0.1.8 answers "
    "GET /v1/templates without credentials with 200, over gRPC too",
    always=True,
)
def no_auth_table(reading: Reading) -> Iterator[Found]:
    """There are no settings of authentication at all: every route is open."""
    if not reading.has_auth and not reading.ignored:
        message = f"there is no {reading.table}: every route of the {reading.service} is open"
        yield Found(reading.web_place, message, f"{reading.table}\nenabled = true", absent=True)


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/config/config_loader.rs: of other variables, one that is set ends the "
    "process, and one that isn't leaves the text as it stands; comments are read alike",
    always=True,
)
def unknown_variable(reading: Reading) -> Iterator[Found]:
    """The file names a variable that the service doesn't replace."""
    for one in reading.file.placeholders:
        if one.name not in VARIABLES:
            message = f"the variable {foreign(one.name, 60)} ends the start where it is set, and is never replaced"
            yield Found((), message, "write the value itself, from a template that is filled in before", line=one.line)

"""All kinds of fault by name. A new one is a small class and a line here."""

from mock_idp.faults.answers import Body, ContentType, Garbage, Huge, Redirect, Status
from mock_idp.faults.base import Fault
from mock_idp.faults.connection import Close, Drip, Reset, Truncate
from mock_idp.faults.crowd import Crowd
from mock_idp.faults.encoding import Encoding
from mock_idp.faults.rate_limit import RateLimit
from mock_idp.faults.waiting import Delay, Hang

FAULTS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (
        *(Status, Delay, Hang, Truncate, Reset, Close, Drip),
        *(Garbage, ContentType, Redirect, Huge, Body, Encoding, Crowd, RateLimit),
    )
}

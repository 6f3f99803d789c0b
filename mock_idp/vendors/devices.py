"""How a vendor treats devices (RFC 8628)."""

from __future__ import annotations

from mock_idp.http11.response import Headers


class Devices:
    """The part of a vendor about the device grant; the defaults are those of RFC 8628."""

    refuses_device_scope = True
    """Whether a device is told of a scope that its client may not have."""
    device_headers: Headers = (("Cache-Control", "no-store"),)
    """The headers of the codes for a device."""
    device_challenges = False
    """Whether a device proves by a code challenge that it is the one that got the code, as in a browser."""
    paces_decided_devices = False
    """Whether a device waits between its questions also when its user has decided."""
    unknown_user_code_status = 400
    """The status of the page that says that no device shows the code."""

"""Calls over gRPC (extra `grpc`), as exchanges like those over HTTP: metadata as it stands, one message, one answer.

No description of the service is needed: a message without fields is no bytes, whatever its type, and a call of one
message is the same on the wire whether the method streams or not.
"""

from __future__ import annotations

import re
import threading
from typing import Any

from harness.base.errors import HarnessError
from harness.shown.foreign_text import ForeignText
from harness.wire.answer_reader import MAX_BODY
from harness.wire.exchange import ANSWER_SECONDS, Exchange, Request, Watch
from harness.wire.grpc_address import GrpcAddress
from harness.wire.grpc_status import HTTP_STATUS

# What metadata can carry (gRPC over HTTP/2, Custom-Metadata); grpcio says INTERNAL to the rest and sends nothing.
_NAME, _VALUE = re.compile(r"[0-9a-z_.-]+"), re.compile(r"[ -~]*")
_OPTIONS = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_receive_message_length", MAX_BODY),
)


class GrpcConnection:
    """A channel to an address; used by one thread at a time.

    `send` takes a request whose path is `/package.Service/Method`, whose headers are the metadata and whose body is
    the message. Raises `HarnessError` without the extra.
    """

    def __init__(self, address: GrpcAddress, ended: threading.Event | None = None) -> None:
        self._ended = ended
        self._channel = address.channel(_OPTIONS)

    def send(self, request: Request, *, answer_seconds: float = ANSWER_SECONDS) -> Exchange:
        """Call and wait at most `answer_seconds`, the deadline of the call, for the first message or the status.

        Never raises for what comes back. Raises `HarnessError` for metadata that gRPC can't carry, and when the run
        is ended.
        """
        import grpc

        metadata = [_entry(name, value) for name, value in request.headers]
        if self._ended is not None and self._ended.is_set():
            raise HarnessError("the run was ended")
        watch = Watch(request, answer_seconds, self._ended)
        method = self._channel.stream_stream(request.path, request_serializer=bytes, response_deserializer=bytes)
        call = method(iter([request.body or b""]), timeout=answer_seconds, metadata=metadata)
        message, code, details, trailing = b"", "OK", "", ()
        try:
            message = next(call, b"")
        except grpc.RpcError as error:
            code, details, trailing = error.code().name, error.details() or "", error.trailing_metadata() or ()
        else:
            call.cancel()  # Of a stream the first message says enough.
        if code == "DEADLINE_EXCEEDED":
            return watch.failed(TimeoutError())
        status = (("grpc-status", code), *((("grpc-message", details),) if details else ()))
        return watch.called(HTTP_STATUS[code], (*_texts(call.initial_metadata()), *status, *_texts(trailing)), message)

    def close(self) -> None:
        self._channel.close()


def _entry(name: str, value: str | bytes) -> tuple[str, str]:
    """One entry of the metadata, whose names have no capitals."""
    name, text = name.lower(), value if isinstance(value, str) else ForeignText(value, len(value) * 4).as_it_came
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(text):
        raise HarnessError(f"metadata {name!r} can't be sent as it stands: names are a-z0-9_.- and values plain ASCII")
    return name, text


def _texts(metadata: Any) -> tuple[tuple[str, str], ...]:
    """Metadata as headers."""
    return tuple((str(name), ForeignText(value).as_it_came) for name, value in metadata or ())

"""The reference service as a process: `python -m harness.reference --settings FILE.toml`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from harness.reference.documented import DocumentedConfiguration
from harness.reference.errors import SettingsError
from harness.reference.faults import FAULTS, UnknownFault
from harness.reference.known_faults import mixins
from harness.reference.parts import Parts
from harness.reference.server import ReferenceServer
from harness.reference.settings_file import load_settings

EXAMPLE = """\
example FILE.toml:
  service = "worker"
  jwt_issuer = "http://127.0.0.1:9400"
  jwt_audience = "tasker-api"
  jwks_url = "http://127.0.0.1:9400/.well-known/jwks.json"
  jwks_url_allow_http = true
  api_keys_enabled = true
  [[api_keys]]
  key = "test-key"
  permissions = ["worker:templates_read"]

example:
  python -m harness.reference --settings FILE.toml --port 8081 --fault m-no-exp-check

The service has real faults when asked to: it is a test bed and binds loopback unless --host says otherwise.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGINT or SIGTERM. Prints the address once it is bound. Exit status: 0 ended, 2 wrong usage,
    3 the address cannot be bound."""
    options = _parser().parse_args(arguments)
    if options.list_faults:
        for fault in FAULTS.values():
            print(f"{fault.id:32} {fault.component}.{fault.method}: {fault.sentence}")
        return 0
    if options.settings is None:
        return _wrong("--settings FILE.toml is missing")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        documented = Parts(mixins(options.fault)).of(DocumentedConfiguration)(os.environ)
        settings = load_settings(options.settings, documented)
        server = ReferenceServer(settings, options.fault, host=options.host, port=options.port)
        server.start()
    except (SettingsError, UnknownFault) as error:
        return _wrong(str(error))
    except OSError as error:
        return _wrong(f"cannot listen on {options.host} port {options.port}: {error.strerror}", 3)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    print(server.base_url, flush=True)
    if server.grpc_address is not None:
        print(f"gRPC at {server.grpc_address}", flush=True)
    over.wait()
    server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m harness.reference",
        description="Serve the reference service, with the named faults.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--settings", type=Path, metavar="FILE.toml", help="the settings of the service")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to bind (default: any free one)")
    parser.add_argument("--fault", action="append", default=[], metavar="ID", help="switch a fault on; may be repeated")
    parser.add_argument("--list-faults", action="store_true", help="print the faults and end")
    return parser


def _wrong(sentence: str, status: int = 2) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

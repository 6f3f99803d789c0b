"""Does what testcontainers' Ryuk does, where its image can't be had: removes what a client named, once it is gone.

Clients connect to port 8080 and send filters, one a line, such as `label=NAME=VALUE`; each is answered with ACK. When
the last client has been gone for RYUK_RECONNECTION_TIMEOUT (such as `1s`), all containers and networks with such a
label are removed, and then this program ends. Standard library only.
"""

import contextlib
import http.client
import json
import os
import socket
from urllib.parse import quote

ENGINE = "/var/run/docker.sock"


class Engine(http.client.HTTPConnection):
    def __init__(self) -> None:
        super().__init__("engine")

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(ENGINE)


def call(method: str, path: str) -> bytes:
    """The engine's answer."""
    engine = Engine()
    engine.request(method, path)
    answer = engine.getresponse().read()
    engine.close()
    return answer


def remove(label: str) -> None:
    """Remove the containers and networks with a label."""
    chosen = quote(json.dumps({"label": [label]}))
    for one in json.loads(call("GET", f"/containers/json?all=1&filters={chosen}")):
        call("DELETE", f"/containers/{one['Id']}?force=1&v=1")
    for one in json.loads(call("GET", f"/networks?filters={chosen}")):
        call("DELETE", f"/networks/{one['Id']}")


def main() -> None:
    patience = float(os.environ.get("RYUK_RECONNECTION_TIMEOUT", "10s").rstrip("s"))
    labels: set[str] = set()
    server = socket.create_server(("", 8080))
    print("Started!", flush=True)
    while True:
        try:
            client, _ = server.accept()
        except TimeoutError:
            break
        # A client that is killed before it read an answer ends in a reset.
        with client, contextlib.suppress(ConnectionError), client.makefile("rw", newline="\n") as lines:
            for line in lines:
                labels.add(line.strip().removeprefix("label="))
                lines.write("ACK\n")
                lines.flush()
        server.settimeout(patience)
    for label in labels - {""}:
        remove(label)


if __name__ == "__main__":
    main()

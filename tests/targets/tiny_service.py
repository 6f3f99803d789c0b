"""A service to start as a process: answers GET /health, and GET /arguments with its own command line.

python tiny_service.py --port N [--unhealthy STATUS] [--refuse] [--deaf] [--child] [anything else]
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"arguments": rest, "pid": os.getpid(), "child": child}).encode()
        self.send_response(200 if self.path != "/health" else options.unhealthy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--unhealthy", type=int, default=200, help="what GET /health answers")
parser.add_argument("--refuse", action="store_true", help="end with status 3 at once")
parser.add_argument("--deaf", action="store_true", help="run without listening")
parser.add_argument("--child", action="store_true", help="start a process in a session of its own, which stays")
options, rest = parser.parse_known_args()
print("tiny service", rest, flush=True)
if options.refuse:
    print("tiny service refuses to start", flush=True)
    sys.exit(3)
child = None
if options.child:
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True).pid
if options.deaf:
    signal.pause()
ThreadingHTTPServer(("127.0.0.1", options.port), Handler).serve_forever()

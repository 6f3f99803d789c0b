"""The client of FastMCP, as its documentation has it; a line of standard input is a tool to call, or `expire`."""

import asyncio
import json
import sys
import threading
import time
import urllib.request
import webbrowser
from urllib.error import HTTPError, URLError

from fastmcp import Client
from fastmcp.client.auth import OAuth


class Browser(webbrowser.BaseBrowser):
    """Follows the authorization URL, and comes back as soon as somebody listens."""

    def open(self, url, new=0, autoraise=True):
        threading.Thread(target=self._go, args=(url,), daemon=True).start()
        return True

    def _go(self, url):
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args):
                return None

        try:
            urllib.request.build_opener(Stay).open(url, timeout=20)
        except HTTPError as answer:
            callback = answer.headers["Location"]
        # The client listens for its callback only after it has opened the browser.
        for _ in range(200):
            try:
                urllib.request.urlopen(callback, timeout=20).read()
                return
            except HTTPError:
                return
            except URLError as error:
                last = error
                time.sleep(0.05)
        raise SystemExit(f"nobody listens at the callback {callback.partition('?')[0]}: {last.reason}")


webbrowser.register("a-test", None, Browser(), preferred=True)


def let_hours_pass():
    """The clock of this process, by which the client knows that its token has expired, goes on at once."""
    now = time.time
    time.time = lambda: now() + 10 * 3600


def why(error):
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


async def main():
    url, options = sys.argv[1], json.loads(sys.argv[2])
    known, document = options.get("client_id"), options.get("document")
    more = {"client_id": known} if known else {"client_metadata_url": document} if document else {}
    auth = OAuth(callback_timeout=30, **more)
    async with Client(url, auth=auth) as client:
        print(json.dumps([tool.name for tool in await client.list_tools()]), flush=True)
        for line in iter(sys.stdin.readline, ""):
            word = line.strip()
            if word == "expire":
                let_hours_pass()
                print(json.dumps("expired"), flush=True)
                continue
            result = await client.call_tool(word, {})
            print(json.dumps(result.content[0].text), flush=True)


try:
    asyncio.run(main())
except BaseException as error:
    print(json.dumps({"failed": why(error)}), flush=True)

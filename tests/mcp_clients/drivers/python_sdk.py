"""The client of the Python SDK, as its documentation has it; a line of input is a tool to call, or `expire`."""

import asyncio
import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata


class Storage:
    def __init__(self, client):
        self.tokens, self.client = None, client

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


class Browser:
    """Follows the authorization URL to where it sends the user, who is logged in."""

    async def open(self, url):
        async with httpx2.AsyncClient() as client:
            answer = await client.get(url)
        assert answer.is_redirect, answer.text
        self.came = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    async def come_back(self):
        if "error" in self.came:
            raise RuntimeError(self.came["error"])
        return AuthorizationCodeResult(code=self.came["code"], state=self.came.get("state"), iss=self.came.get("iss"))


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
    uris = ["http://localhost:3030/callback"]
    grants = ["authorization_code", "refresh_token"]
    metadata = OAuthClientMetadata(
        client_name="A test", redirect_uris=uris, grant_types=grants, token_endpoint_auth_method="none"
    )
    known = options.get("client_id")
    client = None
    if known:
        client = OAuthClientInformationFull(client_id=known, redirect_uris=uris, token_endpoint_auth_method="none")
    browser, storage = Browser(), Storage(client)
    provider = OAuthClientProvider(
        url, metadata, storage, browser.open, browser.come_back, client_metadata_url=options.get("document")
    )
    http = httpx2.AsyncClient(auth=provider)
    async with http, Client(streamable_http_client(url, http_client=http)) as client:
        print(json.dumps([tool.name for tool in (await client.list_tools()).tools]), flush=True)
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

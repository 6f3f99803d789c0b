// The client of the TypeScript SDK, as its documentation has it; a line of standard input is a tool to call.
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const url = process.argv[2];
const options = JSON.parse(process.argv[3]);
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');

class Provider {
  redirectUrl = 'http://localhost:3030/callback';
  clientMetadataUrl = options.document;
  clientMetadata = {
    client_name: 'A test',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  #client = options.client_id ? { client_id: options.client_id } : undefined;
  #tokens;
  #verifier;
  clientInformation = () => this.#client;
  saveClientInformation = (client) => { this.#client = client; };
  tokens = () => this.#tokens;
  saveTokens = (tokens) => { this.#tokens = tokens; };
  saveCodeVerifier = (verifier) => { this.#verifier = verifier; };
  codeVerifier = () => this.#verifier;
  // The user is logged in: the browser comes back at once.
  redirectToAuthorization = async (target) => {
    const answer = await fetch(target, { redirect: 'manual' });
    const location = answer.headers.get('location');
    if (!location) throw new Error(await answer.text());
    this.came = new URL(location).searchParams;
  };
}

const provider = new Provider();
let transport;

async function connected() {
  transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const client = new Client({ name: 'a-test', version: '1' });
  await client.connect(transport);
  return client;
}

async function withLogin(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    if (provider.came.get('error')) throw new Error(provider.came.get('error'));
    await transport.finishAuth(provider.came.get('code'));
    return action();
  }
}

try {
  const client = await withLogin(connected);
  say((await client.listTools()).tools.map((tool) => tool.name));
  for await (const word of createInterface({ input: process.stdin })) {
    const result = await withLogin(() => client.callTool({ name: word, arguments: {} }));
    say(result.content[0].text);
  }
  await client.close();
} catch (error) {
  say({ failed: `${error.name}: ${error.message}` });
}

// Notes over MCP: the TypeScript SDK with requireBearerAuth, whose verifier is jose's jwtVerify, as their pages show them.
//
// Where the key set is, whose tokens count and for whom they are comes from the command line; scopes are in `scope`.

import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from "@modelcontextprotocol/sdk/server/auth/router.js";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const { values: settings } = parseArgs({
  options: {
    port: { type: "string" },
    "jwks-url": { type: "string" },
    issuer: { type: "string" },
    audience: { type: "string" },
  },
});
const SCOPES = ["notes:read"];
const address = new URL(settings.audience);
const keys = createRemoteJWKSet(new URL(settings["jwks-url"]));

async function verifyAccessToken(token) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: ["RS256"],
      requiredClaims: ["exp", "sub"],
    });
    return {
      token,
      clientId: String(payload.client_id ?? ""),
      scopes: typeof payload.scope === "string" ? payload.scope.split(" ") : [],
      expiresAt: payload.exp,
      resource: address,
      extra: { subject: payload.sub },
    };
  } catch (error) {
    // Of any other error the middleware makes a 500.
    if (error instanceof errors.JWKSTimeout) throw error;
    throw new InvalidTokenError("The token is not valid");
  }
}

function notes() {
  const server = new McpServer({ name: "Notes", version: "1" });
  server.registerTool("list_notes", { description: "All notes" }, () => ({ content: [{ type: "text", text: "one" }] }));
  return server;
}

// The SDK leaves sessions to the service, also that one is good for whoever opened it alone.
const sessions = new Map();

async function handle(request, response) {
  const id = request.headers["mcp-session-id"];
  const { subject } = request.auth.extra;
  let { transport } = sessions.get(id)?.subject === subject ? sessions.get(id) : {};
  if (!transport && !id && isInitializeRequest(request.body)) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (opened) => sessions.set(opened, { transport, subject }),
    });
    transport.onclose = () => sessions.delete(transport.sessionId);
    await notes().connect(transport);
  }
  if (!transport) {
    const message = id ? "Session not found" : "No session";
    return response.status(id ? 404 : 400).json({ jsonrpc: "2.0", error: { code: -32000, message }, id: null });
  }
  await transport.handleRequest(request, response, request.body);
}

const app = createMcpExpressApp();
app.use(
  mcpAuthMetadataRouter({
    oauthMetadata: {
      issuer: settings.issuer,
      authorization_endpoint: `${settings.issuer}/authorize`,
      token_endpoint: `${settings.issuer}/token`,
      response_types_supported: ["code"],
    },
    resourceServerUrl: address,
    scopesSupported: SCOPES,
  }),
);
app.all(
  address.pathname,
  requireBearerAuth({
    verifier: { verifyAccessToken },
    requiredScopes: SCOPES,
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(address),
  }),
  handle,
);
app.listen(Number(settings.port), "127.0.0.1");

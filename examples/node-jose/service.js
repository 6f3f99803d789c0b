// Notes behind Node's own server and jose.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const { values: settings } = parseArgs({
  options: {
    port: { type: "string" },
    "jwks-url": { type: "string" },
    issuer: { type: "string" },
    audience: { type: "string" },
    algorithms: { type: "string", default: "RS256" },
    "refresh-seconds": { type: "string", default: "600" },
  },
});

const JWKS = createRemoteJWKSet(new URL(settings["jwks-url"]), {
  cacheMaxAge: Number(settings["refresh-seconds"]) * 1000,
});

class Refusal extends Error {
  constructor(status, challenge) {
    super(challenge);
    Object.assign(this, { status, challenge });
  }
}

async function authorize(request, scope) {
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (!token) throw new Refusal(401, "Bearer");
  let payload;
  try {
    ({ payload } = await jwtVerify(token, JWKS, {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: settings.algorithms.split(","),
      requiredClaims: ["exp", "sub"],
    }));
  } catch (error) {
    if (error instanceof errors.JWKSTimeout) throw error;
    throw new Refusal(401, 'Bearer error="invalid_token"');
  }
  const granted = typeof payload.scope === "string" ? payload.scope.split(" ") : [];
  if (scope && !granted.includes(scope)) {
    throw new Refusal(403, `Bearer error="insufficient_scope", scope="${scope}"`);
  }
  return payload;
}

async function createNote(request) {
  const note = await json(request).catch(() => undefined);
  if (typeof note?.text !== "string") return [400, { error: "a note has a text" }];
  return [201, { id: randomUUID(), text: note.text }];
}

const routes = {
  "GET /notes": ["notes:read", () => [200, { notes: [] }]],
  "POST /notes": ["notes:write", createNote],
  "GET /labels": ["labels:read", () => [200, { labels: [] }]],
  "GET /me": [undefined, (request, payload) => [200, { sub: payload.sub }]],
};

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}

createServer(async (request, response) => {
  const path = request.url.split("?")[0];
  if (request.method === "GET" && path === "/health") return answer(response, 200, { status: "ok" });
  const route = routes[`${request.method} ${path}`];
  if (!route) return answer(response, 404, { error: "not found" });
  const [scope, handle] = route;
  try {
    const payload = await authorize(request, scope);
    answer(response, ...(await handle(request, payload)));
  } catch (error) {
    if (!(error instanceof Refusal)) return answer(response, 503, { error: "the token can't be looked at now" });
    answer(response, error.status, { error: error.challenge }, { "WWW-Authenticate": error.challenge });
  }
}).listen(Number(settings.port), "127.0.0.1");

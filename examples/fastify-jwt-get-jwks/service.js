// Notes behind Fastify, @fastify/jwt and get-jwks.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import fjwt from "@fastify/jwt";
import Fastify from "fastify";
import buildGetJwks from "get-jwks";

const { values: settings } = parseArgs({
  options: {
    port: { type: "string" },
    issuer: { type: "string" },
    audience: { type: "string" },
    algorithms: { type: "string", default: "RS256" },
    "refresh-seconds": { type: "string", default: "60" },
  },
});

const fastify = Fastify();
const getJwks = buildGetJwks({
  issuersWhitelist: [settings.issuer],
  ttl: Number(settings["refresh-seconds"]) * 1000,
});

fastify.register(fjwt, {
  decode: { complete: true },
  secret: (request, token, callback) => {
    const {
      header: { kid, alg },
      payload: { iss },
    } = token;
    getJwks.getPublicKey({ kid, domain: iss, alg }).then((publicKey) => callback(null, publicKey), callback);
  },
  verify: {
    algorithms: settings.algorithms.split(","),
    allowedIss: settings.issuer,
    allowedAud: settings.audience,
    requiredClaims: ["iss", "aud", "exp", "sub"],
  },
});

const needs = (scope) => async (request, reply) => {
  const granted = typeof request.user.scope === "string" ? request.user.scope.split(" ") : [];
  if (!granted.includes(scope)) {
    reply.header("WWW-Authenticate", `Bearer error="insufficient_scope", scope="${scope}"`);
    return reply.code(403).send({ error: "insufficient_scope" });
  }
};

fastify.get("/health", async () => ({ status: "ok" }));

fastify.register(async (notes) => {
  notes.addHook("onRequest", async (request) => {
    await request.jwtVerify();
  });
  notes.get("/notes", { onRequest: needs("notes:read") }, async () => ({ notes: [] }));
  const schema = { body: { type: "object", required: ["text"], properties: { text: { type: "string" } } } };
  notes.post("/notes", { onRequest: needs("notes:write"), schema }, async (request, reply) => {
    reply.code(201);
    return { id: randomUUID(), text: request.body.text };
  });
  notes.get("/labels", { onRequest: needs("labels:read") }, async () => ({ labels: [] }));
  notes.get("/me", async (request) => ({ sub: request.user.sub }));
});

await fastify.listen({ port: Number(settings.port), host: "127.0.0.1" });

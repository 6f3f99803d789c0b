// Notes behind Express, express-jwt and jwks-rsa.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import express from "express";
import { expressjwt } from "express-jwt";
import jwksRsa from "jwks-rsa";

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

const app = express();
app.get("/health", (req, res) => res.json({ status: "ok" }));

app.use(
  expressjwt({
    secret: jwksRsa.expressJwtSecret({
      cache: true,
      rateLimit: true,
      jwksRequestsPerMinute: 5,
      jwksUri: settings["jwks-url"],
      cacheMaxAge: Number(settings["refresh-seconds"]) * 1000,
    }),
    audience: settings.audience,
    issuer: settings.issuer,
    algorithms: settings.algorithms.split(","),
  }),
);

const needs = (scope) => (req, res, next) => {
  const granted = typeof req.auth.scope === "string" ? req.auth.scope.split(" ") : [];
  if (granted.includes(scope)) return next();
  res.set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="${scope}"`);
  res.status(403).json({ error: "insufficient_scope" });
};

app.get("/notes", needs("notes:read"), (req, res) => res.json({ notes: [] }));
app.post("/notes", needs("notes:write"), express.json(), (req, res) => {
  if (typeof req.body?.text !== "string") return res.status(400).json({ error: "a note has a text" });
  res.status(201).json({ id: randomUUID(), text: req.body.text });
});
app.get("/labels", needs("labels:read"), (req, res) => res.json({ labels: [] }));
app.get("/me", (req, res) => res.json({ sub: req.auth.sub }));

app.use((err, req, res, next) => {
  if (err.name === "JwksRateLimitError") return res.set("Retry-After", "12").status(429).json({ error: err.message });
  if (err.name !== "UnauthorizedError") return next(err);
  res.set("WWW-Authenticate", err.code === "credentials_required" ? "Bearer" : 'Bearer error="invalid_token"');
  res.status(401).json({ error: err.code });
});

app.listen(Number(settings.port), "127.0.0.1");

// Notes behind Express and express-oauth2-jwt-bearer.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import express from "express";
import { auth, requiredScopes } from "express-oauth2-jwt-bearer";

const { values: settings } = parseArgs({
  options: {
    port: { type: "string" },
    "discovery-url": { type: "string" },
    audience: { type: "string" },
    "refresh-seconds": { type: "string", default: "600" },
  },
});

const app = express();
app.get("/health", (req, res) => res.json({ status: "ok" }));

app.use(
  auth({
    issuerBaseURL: settings["discovery-url"].replace("/.well-known/openid-configuration", ""),
    audience: settings.audience,
    cacheMaxAge: Number(settings["refresh-seconds"]) * 1000,
  }),
);

app.get("/notes", requiredScopes("notes:read"), (req, res) => res.json({ notes: [] }));
app.post("/notes", requiredScopes("notes:write"), express.json(), (req, res) => {
  if (typeof req.body?.text !== "string") return res.status(400).json({ error: "a note has a text" });
  res.status(201).json({ id: randomUUID(), text: req.body.text });
});
app.get("/labels", requiredScopes("labels:read"), (req, res) => res.json({ labels: [] }));
app.get("/me", (req, res) => res.json({ sub: req.auth.payload.sub }));

app.listen(Number(settings.port), "127.0.0.1");

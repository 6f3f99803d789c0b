// @okta/jwt-verifier: an https issuer, its keys at /v1/keys behind it, kept for an hour and fetched again for a new kid.
import OktaJwtVerifier from "@okta/jwt-verifier";
import { fetches, mint, rotate, tell, vendor } from "./mock.mjs";

const verifier = new OktaJwtVerifier({ issuer: vendor.issuer, clientId: "app" });
// Its errors have no codes.
const access = (token) => verifier.verifyAccessToken(token, vendor.audience).then(() => "ok", (error) => error.message);

const old = await mint();
const seen = { before: await access(old) };
const idToken = await mint({ kind: "user", audience: "app", claims: { nonce: "n1" } });
seen.idToken = await verifier.verifyIdToken(idToken, "app", "n1").then(({ claims }) => claims.aud, String);
seen.fetchesBefore = await fetches();
await rotate("immediate");
seen.after = await access(await mint());
seen.oldOne = await access(old);
seen.fetches = await fetches();
await rotate("prepublished");
seen.published = await access(await mint());
seen.bad = {};
for (const [name, spec] of Object.entries(vendor.bad)) seen.bad[name] = await access(await mint(spec));
tell(seen);

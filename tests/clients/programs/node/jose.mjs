// jose: createRemoteJWKSet rests 30 seconds between two fetches, whatever kid it meets (cooldownDuration), and fetches
// again after ten minutes (cacheMaxAge).
import { createRemoteJWKSet, jwtVerify } from "jose";
import { fetches, later, mint, rotate, tell, vendor, verdict } from "./mock.mjs";

const patient = createRemoteJWKSet(new URL(vendor.jwks_uri));
const eager = createRemoteJWKSet(new URL(vendor.jwks_uri), { cooldownDuration: 0 });
const options = { issuer: vendor.issuer, audience: vendor.audience };
const verify = (token, keys = patient) => verdict(jwtVerify(token, keys, options));

const old = await mint();
const seen = { before: await verify(old), eagerBefore: await verify(old, eager) };
await rotate("immediate");
const fresh = await mint();
seen.eager = await verify(fresh, eager);
seen.resting = await verify(fresh);
later(31);
seen.rested = await verify(fresh);
seen.oldOne = await verify(old);
seen.fetches = await fetches();
later(601);
seen.aged = await verify(fresh);
seen.fetchesWhenAged = await fetches();
seen.bad = {};
for (const [name, spec] of Object.entries(vendor.bad)) seen.bad[name] = await verify(await mint(spec), eager);
tell(seen);

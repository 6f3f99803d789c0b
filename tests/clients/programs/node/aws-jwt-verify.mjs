// aws-jwt-verify: CognitoJwtVerifier knows Amazon's host names, so a proxy leads there. It fetches for a kid that it has
// not met, and rests ten seconds after one that the keys don't have (SimplePenaltyBox).
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { mint, rotate, tell, vendor } from "./mock.mjs";

const pool = { userPoolId: vendor.pool, clientId: "app" };
const cognito = CognitoJwtVerifier.create({ ...pool, tokenUse: "access" });
const ids = CognitoJwtVerifier.create({ ...pool, tokenUse: "id" });
const named = (work) => work.then(() => "ok", (error) => error.constructor.name);

const own = { client_id: "app" };
const old = await mint(own);
const id = await mint({ kind: "user", key: "id-token", claims: { token_use: "id", aud: "app" } });
const seen = { before: await named(cognito.verify(old)) };
seen.idToken = await named(ids.verify(id));
seen.idAsAccess = await named(cognito.verify(id));
await rotate("immediate");
const fresh = await mint(own);
seen.after = await named(cognito.verify(fresh));
seen.oldOne = await named(cognito.verify(old));
seen.client = await named(cognito.verify(await mint()));
const other = JwtVerifier.create({ issuer: vendor.issuer, audience: null, jwksUri: vendor.jwks_uri });
seen.other = await named(other.verify(fresh));
seen.unknown = await named(cognito.verify(await mint({ ...own, header: { kid: "nobody" } })));
await rotate("immediate");
seen.resting = await named(cognito.verify(await mint(own)));
seen.bad = {};
for (const [name, spec] of Object.entries(vendor.bad)) seen.bad[name] = await named(other.verify(await mint(spec)));
tell(seen);

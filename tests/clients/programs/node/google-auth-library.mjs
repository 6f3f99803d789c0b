// google-auth-library: it knows Google's host names, so a proxy leads there. It keeps the certificates for the max-age of
// their answer, and fetches for no kid before that.
import { JWT, OAuth2Client } from "google-auth-library";
import { CALLBACK, fetches, later, logIn, mint, rotate, tell, vendor } from "./mock.mjs";

const client = new OAuth2Client({ clientId: "app", clientSecret: "secret", redirectUri: CALLBACK });
const verify = (idToken) => client.verifyIdToken({ idToken, audience: "app" }).then(() => "ok", (error) => error.message.split(":")[0]);

const seen = {};
const url = client.generateAuthUrl({ access_type: "offline", scope: ["openid", "email"], state: "s1" });
const back = await logIn(url);
const { tokens } = await client.getToken(back.searchParams.get("code"));
client.setCredentials(tokens);
seen.login = (await client.verifyIdToken({ idToken: tokens.id_token, audience: "app" })).getPayload().email;
seen.scopes = (await client.getTokenInfo(tokens.access_token)).scopes;
seen.refreshed = typeof (await client.refreshAccessToken()).credentials.id_token;
const robot = new JWT({
  email: "robot@project.iam.gserviceaccount.com",
  key: vendor.robot_key,
  scopes: ["https://example.com/read"],
});
seen.robot = (await robot.authorize()).access_token.slice(0, 5);
const user = { kind: "user", audience: "app" };
await rotate("prepublished");
seen.published = await verify(await mint(user));
seen.oldOne = await verify(tokens.id_token);
await rotate("immediate");
const fresh = await mint(user);
seen.kept = await verify(fresh);
seen.fetches = await fetches();
// Google says six hours at most.
const hours = 6 * 3600;
later(hours + 1);
seen.expired = await verify(await mint({ ...user, times: { exp: 2 * hours } }));
seen.revoked = (await client.revokeToken(tokens.refresh_token)).status;
tell(seen);

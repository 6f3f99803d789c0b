// @azure/msal-node: an https authority among knownAuthorities, so that Microsoft isn't asked about it. It keeps tokens and
// verifies none: a rotation shows in the tokens that it fetches.
import { ConfidentialClientApplication, CryptoProvider } from "@azure/msal-node";
import { CALLBACK, fetches, kid, logIn, rotate, tell, vendor } from "./mock.mjs";

const authority = `${vendor.url}/${vendor.tenant}`;
const auth = { clientId: "app", authority, knownAuthorities: [new URL(vendor.url).host] };
const app = new ConfidentialClientApplication({ auth: { ...auth, clientSecret: "secret" } });
const machine = { scopes: ["api://tasker-api/.default"] };
const scopes = ["api://tasker-api/access"];

const seen = {};
const first = await app.acquireTokenByClientCredential(machine);
const again = await app.acquireTokenByClientCredential(machine);
seen.kept = [again.accessToken === first.accessToken, again.fromCache, await fetches("token")];
await rotate("immediate");
const other = await app.acquireTokenByClientCredential({ ...machine, skipCache: true });
seen.rotated = kid(other.accessToken) !== kid(first.accessToken);

const { verifier: codeVerifier, challenge: codeChallenge } = await new CryptoProvider().generatePkceCodes();
const asked = { scopes, redirectUri: CALLBACK, codeChallenge, codeChallengeMethod: "S256", state: "s1", nonce: "n1" };
const back = await logIn(await app.getAuthCodeUrl({ ...asked, responseMode: "query" }));
const code = back.searchParams.get("code");
const user = await app.acquireTokenByCode({ scopes, redirectUri: CALLBACK, codeVerifier, code, nonce: "n1" });
seen.user = [user.account.username, user.idTokenClaims.nonce, user.tenantId === vendor.tenant];
const silent = await app.acquireTokenSilent({ account: user.account, scopes });
await rotate("immediate");
const forced = await app.acquireTokenSilent({ account: user.account, scopes, forceRefresh: true });
seen.silent = [silent.fromCache, forced.fromCache, kid(forced.accessToken) !== kid(user.accessToken)];
const onBehalf = await app.acquireTokenOnBehalfOf({ oboAssertion: user.accessToken, scopes: ["api://other/.default"] });
seen.onBehalf = onBehalf.tokenType;
const wrong = new ConfidentialClientApplication({ auth: { ...auth, clientSecret: "another" } });
seen.wrong = await wrong.acquireTokenByClientCredential(machine).catch((error) => [error.errorCode, error.errorNo]);
tell(seen);

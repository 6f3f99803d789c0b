// openid-client: everything from discovery. With enableNonRepudiationChecks it verifies ID tokens; it keeps the keys for
// five minutes, and fetches for a new kid when they are a minute old.
import * as oidc from "openid-client";
import { CALLBACK, fetches, kid, later, logIn, rotate, tell, vendor, verdict } from "./mock.mjs";

const config = await oidc.discovery(new URL(vendor.issuer), "app", "secret");
oidc.enableNonRepudiationChecks(config);
const seen = { issuer: config.serverMetadata().issuer };

async function logInOnce() {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: "openid profile email offline_access",
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
  });
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return oidc.authorizationCodeGrant(config, await logIn(url), checks);
}

const tokens = await logInOnce();
const sub = tokens.claims().sub;
seen.userinfo = (await oidc.fetchUserInfo(config, tokens.access_token, sub)).sub === sub;
seen.refreshed = typeof (await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token;
seen.machine = (await oidc.clientCredentialsGrant(config)).token_type;
if (config.serverMetadata().introspection_endpoint) {
  seen.active = (await oidc.tokenIntrospection(config, tokens.access_token)).active;
}
await rotate("immediate");
seen.resting = await verdict(logInOnce());
seen.fetches = [await fetches()];
later(61);
const renewed = await logInOnce();
seen.rested = kid(renewed.id_token) !== kid(tokens.id_token);
seen.fetches.push(await fetches());
if (config.serverMetadata().revocation_endpoint) {
  await oidc.tokenRevocation(config, renewed.refresh_token);
  seen.revoked = await oidc.refreshTokenGrant(config, renewed.refresh_token).catch((error) => error.error);
}
if (config.serverMetadata().end_session_endpoint) {
  const url = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: CALLBACK, id_token_hint: renewed.id_token });
  seen.logout = (await fetch(url, { redirect: "manual" })).status < 400;
}
tell(seen);

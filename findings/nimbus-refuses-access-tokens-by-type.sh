#!/usr/bin/env bash
# Nimbus JOSE + JWT, and access tokens that follow RFC 9068.
#
# One would guess: a processor that is made as its documentation shows, with a key source, an issuer and an audience, takes the
# access tokens of a provider that follows the RFC for them, as Auth0 does for an API that asks for it.
# What happens: RFC 9068 section 2.1 has them say `"typ": "at+jwt"`, and DefaultJWTProcessor takes `JWT` or nothing. The message
# names the type, but what gets to the caller of a service is a 401 as for a forged token. Of the other verifiers for Java,
# jose4j, JJWT and java-jwt look at no type.
#
# In a service: setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt"), JOSEObjectType.JWT, null)).
# Without the second and the third it refuses what it took before.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Java 17 or newer and curl.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=10.10
curl -sfO "https://repo.maven.apache.org/maven2/com/nimbusds/nimbus-jose-jwt/$version/nimbus-jose-jwt-$version.jar"
echo "nimbus-jose-jwt $version"
cat >Probe.java <<'JAVA'
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Set;

public class Probe {
    public static void main(String[] arguments) throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("one").keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.RS256).generate();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/jwks", exchange -> {
            byte[] body = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks").toURL();
        var processor = new DefaultJWTProcessor<SecurityContext>();
        var keys = JWKSourceBuilder.<SecurityContext>create(url).build();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<SecurityContext>(
            "api", new JWTClaimsSet.Builder().issuer("https://idp.test/").build(), Set.of("sub", "exp")));
        for (boolean told : new boolean[] {false, true}) {
            if (told) {
                processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                    new JOSEObjectType("at+jwt"), JOSEObjectType.JWT, null));
            }
            for (String type : new String[] {"JWT", null, "at+jwt"}) {
                var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one");
                if (type != null) header.type(new JOSEObjectType(type));
                var token = new SignedJWT(header.build(), new JWTClaimsSet.Builder().issuer("https://idp.test/").subject("somebody")
                    .audience("api").expirationTime(new Date(System.currentTimeMillis() + 300_000)).build());
                token.sign(new RSASSASigner(key));
                String result = "accepted";
                try {
                    processor.process(token.serialize(), null);
                } catch (Exception refusal) {
                    result = "refused: " + refusal.getMessage();
                }
                System.out.printf("%s, typ %s: %s%n", told ? "told of at+jwt" : "as it is made", type, result);
            }
        }
        System.exit(0);
    }
}
JAVA
java -cp '*' Probe.java | tee seen
grep -q '^as it is made, typ JWT: accepted$' seen && grep -q '^as it is made, typ null: accepted$' seen &&
  grep -q '^as it is made, typ at+jwt: refused: ' seen && [ "$(grep -c '^told of at+jwt, typ .*: accepted$' seen)" = 3 ] ||
  { echo "the behaviour has changed"; exit 1; }

#!/usr/bin/env bash
# Vert.x's JWTAuth, and RSA keys that don't say an algorithm.
#
# One would guess: alg is optional in a JWK (RFC 7517 section 4.4), and a key without it verifies whatever its type can, as the
# token's header says: RS256, RS384, RS512 and PS256 of an RSA key.
# What happens: a key without alg is one for RS256. Tokens of the others find no key, with the message "algorithm [RS512]" and no
# word of a missing alg. A key on P-384 without alg is one for ES256, which no key on that curve can do; its own ES384 is refused.
# Nimbus, jose4j and JJWT take the RSA ones.
#
# Entra ID publishes RSA keys without alg, and signs with RS256; a provider that signs with anything else has to say alg.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Java 17 or newer and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>probe</groupId><artifactId>probe</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.vertx</groupId><artifactId>vertx-auth-jwt</artifactId><version>5.0.7</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B -Dmaven.repo.local="$folder/repository" dependency:copy-dependencies -DoutputDirectory=jars >log 2>&1 || { cat log >&2; exit 1; }
echo "vertx-auth-jwt 5.0.7"
cat >Probe.java <<'JAVA'
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

public class Probe {
    static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String number(BigInteger value, int length) {
        byte[] bytes = value.toByteArray(), exact = new byte[length == 0 ? (value.bitLength() + 7) / 8 : length];
        int kept = Math.min(bytes.length, exact.length);
        System.arraycopy(bytes, bytes.length - kept, exact, exact.length - kept, kept);
        return text(exact);
    }

    static void ask(Vertx vertx, String words, String alg, String name, KeyPair pair, JsonObject key) throws Exception {
        String claims = "{\"sub\":\"somebody\",\"exp\":" + (System.currentTimeMillis() / 1000 + 300) + "}";
        String signed = text(("{\"alg\":\"" + alg + "\",\"kid\":\"one\"}").getBytes(StandardCharsets.UTF_8)) + "."
            + text(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance(name);
        signature.initSign(pair.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        String token = signed + "." + text(signature.sign());
        String result = "accepted";
        try {
            JWTAuth.create(vertx, new JWTAuthOptions().addJwk(key)).authenticate(new TokenCredentials(token))
                .toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Throwable refusal) {
            result = "refused: " + String.valueOf(refusal.getMessage()).split("\n")[0];
        }
        System.out.printf("%s, alg of the key %s: %s%n", words, key.getString("alg"), result);
    }

    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        Vertx vertx = Vertx.vertx();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair rsa = generator.generateKeyPair();
        RSAPublicKey known = (RSAPublicKey) rsa.getPublic();
        for (String alg : new String[] {"RS256", "RS512"}) {
            JsonObject key = new JsonObject().put("kty", "RSA").put("kid", "one").put("use", "sig")
                .put("n", number(known.getModulus(), 0)).put("e", number(known.getPublicExponent(), 0));
            String name = "SHA" + alg.substring(2) + "withRSA";
            ask(vertx, "RSA, " + alg, alg, name, rsa, key);
            ask(vertx, "RSA, " + alg, alg, name, rsa, key.copy().put("alg", alg));
        }
        generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp384r1"));
        KeyPair ec = generator.generateKeyPair();
        var point = ((ECPublicKey) ec.getPublic()).getW();
        JsonObject key = new JsonObject().put("kty", "EC").put("kid", "one").put("use", "sig").put("crv", "P-384")
            .put("x", number(point.getAffineX(), 48)).put("y", number(point.getAffineY(), 48));
        ask(vertx, "P-384, ES384", "ES384", "SHA384withECDSAinP1363Format", ec, key);
        ask(vertx, "P-384, ES384", "ES384", "SHA384withECDSAinP1363Format", ec, key.copy().put("alg", "ES384"));
        System.exit(0);
    }
}
JAVA
java -cp 'jars/*' Probe.java 2>log | tee seen
[ "$(grep -c ': accepted$' seen)" = 4 ] && grep -q '^RSA, RS512, alg of the key null: refused: ' seen &&
  grep -q '^P-384, ES384, alg of the key null: refused: ' seen ||
  { cat log >&2; echo "the behaviour has changed"; exit 1; }

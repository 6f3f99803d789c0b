#!/usr/bin/env bash
# JJWT, and a key set in which one key stands under two kids.
#
# One would guess: the set has both entries, and tokens with either kid find their key. A provider that changes how it makes its
# kids publishes the same key under the old name and the new one for a while, so that nobody has to change anything.
# What happens: the parsed JwkSet is a set of keys that are compared by their numbers and not by their kid, and has the first entry
# alone. A token with the other kid finds no key, and no fetch will bring it. The same for one RSA key that is published once
# with `"use": "enc"` and once with `"use": "sig"`: if the first one stands first, nothing verifies signatures.
#
# jose4j, Nimbus and jwks-rsa find the entry that the token names.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Java 17 or newer and curl.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for jar in io/jsonwebtoken/jjwt-api/0.13.0/jjwt-api-0.13.0 io/jsonwebtoken/jjwt-impl/0.13.0/jjwt-impl-0.13.0 \
  io/jsonwebtoken/jjwt-jackson/0.13.0/jjwt-jackson-0.13.0 \
  com/fasterxml/jackson/core/jackson-databind/2.19.0/jackson-databind-2.19.0 \
  com/fasterxml/jackson/core/jackson-core/2.19.0/jackson-core-2.19.0 \
  com/fasterxml/jackson/core/jackson-annotations/2.19.0/jackson-annotations-2.19.0; do
  curl -sfO "https://repo.maven.apache.org/maven2/$jar.jar"
done
echo "jjwt 0.13.0"
cat >Probe.java <<'JAVA'
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.LocatorAdapter;
import io.jsonwebtoken.security.JwkSet;
import io.jsonwebtoken.security.Jwks;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.Date;

public class Probe {
    static final KeyPair pair = Jwts.SIG.RS256.keyPair().build();

    static String number(java.math.BigInteger value) {
        byte[] bytes = value.toByteArray();
        int start = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(java.util.Arrays.copyOfRange(bytes, start, bytes.length));
    }

    static String entry(String kid, String use, String alg) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return String.format("{\"kty\":\"RSA\",\"kid\":\"%s\",\"use\":\"%s\",\"alg\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}",
            kid, use, alg, number(key.getModulus()), number(key.getPublicExponent()));
    }

    static void ask(String words, String kid, String... entries) {
        JwkSet set = Jwks.setParser().build().parse("{\"keys\":[" + String.join(",", entries) + "]}");
        String token = Jwts.builder().header().keyId(kid).and().subject("somebody")
            .expiration(new Date(System.currentTimeMillis() + 300_000)).signWith(pair.getPrivate(), Jwts.SIG.RS256).compact();
        String result = "accepted";
        try {
            Jwts.parser().keyLocator(new LocatorAdapter<Key>() {
                @Override
                public Key locate(JwsHeader header) {
                    return set.getKeys().stream().filter(key -> header.getKeyId().equals(key.getId())).findFirst()
                        .orElseThrow(() -> new IllegalStateException("no key " + header.getKeyId())).toKey();
                }
            }).build().parseSignedClaims(token);
        } catch (Exception refusal) {
            result = "refused: " + refusal.getMessage();
        }
        System.out.printf("%s: %d of %d entries, a token with kid %s is %s%n",
            words, set.getKeys().size(), entries.length, kid, result);
    }

    public static void main(String[] arguments) {
        String[] names = {entry("old-name", "sig", "RS256"), entry("new-name", "sig", "RS256")};
        ask("two names", "old-name", names);
        ask("two names", "new-name", names);
        ask("two uses", "sig-1", entry("enc-1", "enc", "RSA-OAEP"), entry("sig-1", "sig", "RS256"));
        ask("two uses, turned around", "sig-1", entry("sig-1", "sig", "RS256"), entry("enc-1", "enc", "RSA-OAEP"));
    }
}
JAVA
java -cp '*' Probe.java | tee seen
grep -q '^two names: 1 of 2 entries, a token with kid old-name is accepted$' seen &&
  grep -q '^two names: 1 of 2 entries, a token with kid new-name is refused: no key new-name$' seen &&
  grep -q '^two uses: 1 of 2 entries, a token with kid sig-1 is refused: no key sig-1$' seen &&
  grep -q '^two uses, turned around: 1 of 2 entries, a token with kid sig-1 is accepted$' seen ||
  { echo "the behaviour has changed"; exit 1; }

#!/usr/bin/env bash
# Kafka's broker, and the first token of a key that was published a moment ago.
#
# One would guess: the broker doesn't know the kid, fetches the key set, and accepts the token, as most verifiers do.
# What happens: it refuses the token as invalid_token and fetches the key set behind that, in another thread. The next token of
# the same key, a second later, is accepted. To Kafka's clients an authentication error is no reason to try again, so that one
# which connects first after a rotation fails as if its token were wrong.
#
# For a provider this means: publish a key well before it signs, longer than the broker's
# sasl.oauthbearer.jwks.endpoint.refresh.ms, an hour unless set.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Java 17 or newer, curl and unzip.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for jar in org/apache/kafka/kafka-clients/4.4.0/kafka-clients-4.4.0 org/bitbucket/b_c/jose4j/0.9.6/jose4j-0.9.6 \
  org/slf4j/slf4j-api/2.0.17/slf4j-api-2.0.17 org/slf4j/slf4j-simple/2.0.17/slf4j-simple-2.0.17 \
  com/fasterxml/jackson/core/jackson-databind/2.19.0/jackson-databind-2.19.0 \
  com/fasterxml/jackson/core/jackson-core/2.19.0/jackson-core-2.19.0 \
  com/fasterxml/jackson/core/jackson-annotations/2.19.0/jackson-annotations-2.19.0; do
  curl -sfO "https://repo.maven.apache.org/maven2/$jar.jar"
done
cat >Probe.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;

public class Probe {
    static final List<JsonWebKey> published = new CopyOnWriteArrayList<>();
    static final AtomicInteger fetches = new AtomicInteger();
    static final OAuthBearerValidatorCallbackHandler handler = new OAuthBearerValidatorCallbackHandler();

    static RsaJsonWebKey publish(String kid) throws Exception {
        RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId(kid);
        key.setUse("sig");
        key.setAlgorithm("RS256");
        published.add(key);
        return key;
    }

    static String sign(RsaJsonWebKey key, Object scope) throws Exception {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("https://idp.test/");
        claims.setAudience("kafka");
        claims.setSubject("somebody");
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(5);
        if (scope != null) claims.setClaim("scope", scope);
        JsonWebSignature jws = new JsonWebSignature();
        jws.setPayload(claims.toJson());
        jws.setKey(key.getPrivateKey());
        jws.setKeyIdHeaderValue(key.getKeyId());
        jws.setAlgorithmHeaderValue("RS256");
        return jws.getCompactSerialization();
    }

    static OAuthBearerValidatorCallback ask(String token) throws Exception {
        OAuthBearerValidatorCallback callback = new OAuthBearerValidatorCallback(token);
        handler.handle(new Callback[] {callback});
        return callback;
    }

    static void start() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            String keys = new JsonWebKeySet(published).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
            byte[] body = keys.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks";
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", url);
        // A broker's settings, with Kafka's own defaults for those that are not named here.
        ConfigDef definition = new ConfigDef();
        SaslConfigs.addClientSaslSupport(definition);
        Map<String, Object> settings = definition.parse(Map.of(
            "sasl.oauthbearer.jwks.endpoint.url", url,
            "sasl.oauthbearer.expected.audience", "kafka",
            "sasl.oauthbearer.expected.issuer", "https://idp.test/",
            "sasl.oauthbearer.jwt.validator.class", DefaultJwtValidator.class.getName()));
        AppConfigurationEntry entry = new AppConfigurationEntry(
            "module", AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, Map.of());
        handler.configure(settings, "OAUTHBEARER", List.of(entry));
    }

    public static void main(String[] arguments) throws Exception {
        publish("first");
        start();
        for (String kid : List.of("second", "third")) {
            RsaJsonWebKey key = publish(kid);
            int before = fetches.get();
            String first = ask(sign(key, null)).errorStatus();
            // The fetch goes on behind the refusal.
            for (int waited = 0; fetches.get() == before && waited < 100; waited++) Thread.sleep(100);
            Thread.sleep(1000);
            boolean then = ask(sign(key, null)).token() != null;
            System.out.printf("%s key: at first %s, after %d fetch %s%n",
                kid, first == null ? "accepted" : first, fetches.get() - before, then ? "accepted" : "refused");
        }
        System.exit(0);
    }
}
JAVA
unzip -p kafka-clients-*.jar kafka/kafka-version.properties | awk -F= '$1 == "version" { print "kafka-clients", $2 }'
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp '*' Probe.java | tee seen
grep -q '^second key: at first invalid_token, after 1 fetch accepted$' seen &&
  grep -q '^third key: at first invalid_token, after 1 fetch accepted$' seen ||
  { echo "the behaviour has changed"; exit 1; }

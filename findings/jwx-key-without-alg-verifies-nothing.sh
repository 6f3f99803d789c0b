#!/usr/bin/env bash
# lestrrat-go/jwx, and keys that don't say an algorithm.
#
# One would guess: `jwt.Parse(token, jwt.WithKeySet(set))` finds the key by its kid, and takes the algorithm from the token if it
# is one for keys of that type: alg is optional in a JWK (RFC 7517 section 4.4), and Entra ID's keys don't have it.
# What happens: a key without alg is left out, and the good token is refused, with the message that no matching keys were
# provided. The option jws.WithInferAlgorithmFromKey(true) of WithKeySet lets it count. golang-jwt with keyfunc, go-jose and
# go-oidc take the token as it is.
#
# For a service behind Entra ID this means that option; for a provider, to say alg.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Go 1.24 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod GOMODCACHE="$folder/modules" GOCACHE="$folder/cache"
cat >go.mod <<'MODULE'
module probe

go 1.24

require (
	github.com/MicahParks/keyfunc/v3 v3.9.2
	github.com/coreos/go-oidc/v3 v3.21.0
	github.com/go-jose/go-jose/v4 v4.1.4
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/lestrrat-go/jwx/v3 v3.4.0
)
MODULE
cat >main.go <<'GO'
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	background := context.Background()
	private := must(rsa.GenerateKey(rand.Reader, 2048))
	claims := jwt.MapClaims{"iss": "https://idp.test/", "aud": "api", "sub": "somebody", "exp": time.Now().Unix() + 300}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	unsigned.Header["kid"] = "one"
	token := must(unsigned.SignedString(private))
	for _, alg := range []string{"RS256", ""} {
		entry := jose.JSONWebKey{Key: private.Public(), KeyID: "one", Use: "sig", Algorithm: alg}
		body := must(json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{entry}}))
		server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
			writer.Header().Set("Content-Type", "application/json")
			writer.Write(body)
		}))
		set := must(jwk.Fetch(background, server.URL))
		say := func(name string, err error) {
			result := "accepted"
			if err != nil {
				parts := strings.Split(strings.ReplaceAll(err.Error(), "\n", " "), ": ")
				result = "refused: " + parts[len(parts)-1]
			}
			fmt.Printf("alg of the key %q, %s: %s\n", alg, name, result)
		}
		_, err := jwxjwt.Parse([]byte(token), jwxjwt.WithKeySet(set))
		say("jwx", err)
		_, err = jwxjwt.Parse([]byte(token), jwxjwt.WithKeySet(set, jws.WithInferAlgorithmFromKey(true)))
		say("jwx, told to infer it", err)
		_, err = jwt.Parse(token, must(keyfunc.NewDefaultCtx(background, []string{server.URL})).Keyfunc)
		say("keyfunc", err)
		var known jose.JSONWebKeySet
		if err := json.Unmarshal(body, &known); err != nil {
			panic(err)
		}
		parsed := must(josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256}))
		say("go-jose", parsed.Claims(known, &josejwt.Claims{}))
		verifier := oidc.NewVerifier("https://idp.test/", oidc.NewRemoteKeySet(background, server.URL), &oidc.Config{ClientID: "api"})
		_, err = verifier.Verify(background, token)
		say("go-oidc", err)
		server.Close()
	}
}
GO
go mod download >/dev/null 2>&1
go list -m github.com/lestrrat-go/jwx/v3 github.com/MicahParks/keyfunc/v3 github.com/go-jose/go-jose/v4 github.com/coreos/go-oidc/v3
go run . | tee seen
[ "$(grep -c ': accepted$' seen)" = 9 ] && grep -q '^alg of the key "", jwx: refused: ' seen ||
  { echo "the behaviour has changed"; exit 1; }

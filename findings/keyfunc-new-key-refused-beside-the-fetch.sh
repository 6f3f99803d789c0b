#!/usr/bin/env bash
# keyfunc (Go) and ten good tokens at once, signed by a key that was published a moment ago.
#
# One would guess: an unknown kid makes it fetch the key set, and the tokens that come meanwhile wait for that fetch.
# What happens: the first token causes the fetch and is accepted. The nine others are refused at once: they ask a limiter for
# a fetch of their own, which allows one in five minutes, instead of looking at what the first one brings. For these five
# minutes every token of a further new key is refused, without a fetch.
#
# For a provider this means: publish a key well before it signs. In `idp-harness measure` it is the row coalescing-new-kid:
# "1 fetch, 1 of 10 let in". Other than PyJWT (pyjwt-new-key-waits.sh), keyfunc doesn't rest after its very first fetch.
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
	github.com/golang-jwt/jwt/v5 v5.3.1
)
MODULE
cat >main.go <<'GO'
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// So long the key set takes to come, once more than one key is in it.
const slow = 300 * time.Millisecond

func main() {
	var lock sync.Mutex
	var fetches atomic.Int32
	private := map[string]*rsa.PrivateKey{}
	published := []map[string]string{}
	publish := func(kid string) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		lock.Lock()
		defer lock.Unlock()
		private[kid] = key
		published = append(published, map[string]string{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		fetches.Add(1)
		lock.Lock()
		defer lock.Unlock()
		if len(published) > 1 {
			time.Sleep(slow)
		}
		writer.Header().Set("Content-Type", "application/json")
		json.NewEncoder(writer).Encode(map[string]any{"keys": published})
	}))
	defer server.Close()

	publish("first")
	context, cancel := context.WithCancel(context.Background())
	defer cancel()
	keys, err := keyfunc.NewDefaultCtx(context, []string{server.URL})
	if err != nil {
		panic(err)
	}
	sign := func(kid string) string {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"sub": "somebody"})
		token.Header["kid"] = kid
		text, err := token.SignedString(private[kid])
		if err != nil {
			panic(err)
		}
		return text
	}
	crowd := func(kid string) {
		before, token := fetches.Load(), sign(kid)
		var group sync.WaitGroup
		var accepted atomic.Int32
		for range 10 {
			group.Add(1)
			go func() {
				defer group.Done()
				if _, err := jwt.Parse(token, keys.Keyfunc, jwt.WithValidMethods([]string{"RS256"})); err == nil {
					accepted.Add(1)
				}
			}()
		}
		group.Wait()
		fmt.Printf("%s key: %d of 10 accepted, %d fetches\n", kid, accepted.Load(), fetches.Load()-before)
	}
	crowd("first")
	publish("second")
	crowd("second")
	publish("third")
	crowd("third")
}
GO
go mod download >/dev/null 2>&1
go list -m github.com/MicahParks/keyfunc/v3 github.com/golang-jwt/jwt/v5
go run . | tee seen
grep -q '^first key: 10 of 10 accepted, 0 fetches$' seen &&
  grep -q '^second key: 1 of 10 accepted, 1 fetches$' seen &&
  grep -q '^third key: 0 of 10 accepted, 0 fetches$' seen ||
  { echo "the behaviour has changed"; exit 1; }

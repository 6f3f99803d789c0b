#!/usr/bin/env bash
# A key set with the right key and one more entry that a verifier in Go doesn't know what to do with.
#
# One would guess: the entry is passed over, as RFC 7517 §5 says of a `kty` that isn't understood and of values out of the
# supported range. Other keys than those for signatures may stand there (RFC 8037 §3.2: X25519), and other curves
# (RFC 8812 §3.1: secp256k1).
# What happens: each library lets nobody in for another one. jwx can't read a set with a `kty` or a curve that it doesn't know.
# keyfunc passes over these, and has no keys at all beside another `use` or `key_ops` than the registered ones, which §4.2 and §4.3
# allow. go-oidc passes over a key on secp256k1 as long as its `alg` says so, which is optional (§4.4); without, it has no keys.
#
# one-entry-spoils-the-key-set.sh tries libraries in Python. In the scenarios of this project that is jwks-document/entries.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Go 1.25 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod GOMODCACHE="$folder/modules" GOCACHE="$folder/cache"
cat >go.mod <<'MODULE'
module probe

go 1.25.0

require (
	github.com/MicahParks/keyfunc/v3 v3.9.2
	github.com/coreos/go-oidc/v3 v3.21.0
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/lestrrat-go/jwx/v3 v3.4.0
)
MODULE
cat >main.go <<'GO'
package main

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

const issuer = "https://idp.test/"

type entry = map[string]any

var text = base64.RawURLEncoding.EncodeToString

func rsaKey() (*rsa.PrivateKey, entry) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key, entry{"kty": "RSA", "n": text(key.N.Bytes()), "e": text(big.NewInt(int64(key.E)).Bytes())}
}

func with(members entry, more entry) entry {
	all := entry{}
	for _, one := range []entry{members, more} {
		for name, value := range one {
			all[name] = value
		}
	}
	return all
}

func hexed(digits string) string {
	octets, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return text(octets)
}

func withOIDC(url, token string) error {
	keys := oidc.NewRemoteKeySet(context.Background(), url)
	_, err := oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: "api"}).Verify(context.Background(), token)
	return err
}

func withKeyfunc(url, token string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	keys, err := keyfunc.NewDefaultCtx(ctx, []string{url})
	if err != nil {
		return err
	}
	_, err = jwt.Parse(token, keys.Keyfunc, jwt.WithValidMethods([]string{"RS256"}))
	return err
}

func withJWX(url, token string) error {
	keys, err := jwk.Fetch(context.Background(), url)
	if err != nil {
		return err
	}
	_, err = jwxjwt.Parse([]byte(token), jwxjwt.WithKeySet(keys))
	return err
}

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	signing, members := rsaKey()
	good := with(members, entry{"kid": "good", "use": "sig", "alg": "RS256"})
	_, other := rsaKey()
	agreement, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	koblitz := entry{
		"kty": "EC", "crv": "secp256k1", "kid": "more", "use": "sig",
		// The base point, which SEC 2 §2.4.1 gives.
		"x": hexed("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
		"y": hexed("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
	}
	entries := []struct {
		what string
		more []entry
	}{
		{"nothing else", nil},
		{"kty AKP", []entry{{"kty": "AKP", "alg": "ML-DSA-44", "kid": "more", "pub": strings.Repeat("A", 1750)}}},
		{"curve secp256k1", []entry{with(koblitz, entry{"alg": "ES256K"})}},
		{"curve secp256k1, no alg", []entry{koblitz}},
		{"curve X25519", []entry{{"kty": "OKP", "crv": "X25519", "kid": "more", "use": "enc", "x": text(agreement.PublicKey().Bytes())}}},
		{"another use", []entry{with(other, entry{"kid": "more", "use": "urn:example:attest"})}},
		{"another key_ops", []entry{with(other, entry{"kid": "more", "key_ops": []string{"verify", "urn:example:attest"}})}},
		{"no kid", []entry{other}},
	}
	now := time.Now().Unix()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": issuer, "aud": "api", "sub": "somebody", "iat": now, "exp": now + 300,
	})
	unsigned.Header["kid"] = "good"
	token, err := unsigned.SignedString(signing)
	if err != nil {
		panic(err)
	}
	libraries := []struct {
		name   string
		verify func(url, token string) error
	}{{"go-oidc", withOIDC}, {"keyfunc", withKeyfunc}, {"jwx", withJWX}}
	for _, library := range libraries {
		fmt.Println(library.name)
		for _, one := range entries {
			body, err := json.Marshal(entry{"keys": append(one.more, good)})
			if err != nil {
				panic(err)
			}
			server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
				writer.Header().Set("Content-Type", "application/json")
				writer.Write(body)
			}))
			if err := library.verify(server.URL, token); err != nil {
				line, _, _ := strings.Cut(err.Error(), "\n")
				fmt.Printf("  %s: refused, %s\n", one.what, line)
			} else {
				fmt.Printf("  %s: accepted\n", one.what)
			}
			server.Close()
		}
	}
}
GO
go mod tidy >/dev/null 2>&1
go list -m github.com/coreos/go-oidc/v3 github.com/MicahParks/keyfunc/v3 github.com/lestrrat-go/jwx/v3
go run . | tee seen
refused() { sed -n "/^$1\$/,/^[a-z]/p" seen | sed -n 's/^  \(.*\): refused.*/\1/p' | paste -sd';' -; }
[[ $(refused go-oidc) == "curve secp256k1, no alg" && $(refused keyfunc) == "another use;another key_ops" &&
  $(refused jwx) == "kty AKP;curve secp256k1;curve secp256k1, no alg" ]] ||
  { echo "the behaviour has changed"; exit 1; }

#!/usr/bin/env bash
# MCP's Go SDK, auth.RequireBearerToken, and what its challenges say of a bad token and of a missing scope.
#
# One would guess: error="invalid_token" with a 401 and error="insufficient_scope" with a 403, as RFC 6750 §3 and §3.1 have it, and MCP 2025-11-25
# (Authorization, Runtime Insufficient Scope Errors). A client knows from the latter that it should ask for more, and MCP's TypeScript
# client looks for just that word.
# What happens: no challenge has an error. Where no ResourceMetadataURL and no Scopes are set, a 401 has no challenge at all, which RFC 9110
# §11.6.1 wants of each.
#
# For a profile of this project: nothing; true findings of mcp-scope-challenge and transport/challenge.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Go 1.25 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod GOMODCACHE="$folder/modules" GOCACHE="$folder/cache"
cat >go.mod <<'MODULE'
module probe

go 1.25.0

require github.com/modelcontextprotocol/go-sdk v1.8.0
MODULE
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
)

// verify knows one token, which may list.
func verify(_ context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
	if token != "good" {
		return nil, auth.ErrInvalidToken
	}
	return &auth.TokenInfo{Scopes: []string{"list"}, Expiration: time.Now().Add(time.Hour)}, nil
}

func ask(what, token string, options *auth.RequireBearerTokenOptions) {
	request := httptest.NewRequest(http.MethodPost, "http://notes.example/mcp", nil)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	served := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	auth.RequireBearerToken(verify, options)(served).ServeHTTP(answer, request)
	challenge := answer.Header().Get("WWW-Authenticate")
	if challenge == "" {
		challenge = "no challenge"
	}
	fmt.Printf("%s: %d %s\n", what, answer.Code, challenge)
}

func main() {
	url := "http://notes.example/.well-known/oauth-protected-resource/mcp"
	needs := func(scope string) *auth.RequireBearerTokenOptions {
		return &auth.RequireBearerTokenOptions{ResourceMetadataURL: url, Scopes: []string{scope}}
	}
	ask("a good token", "good", needs("list"))
	ask("no token", "", needs("list"))
	ask("a bad token", "bad", needs("list"))
	ask("a missing scope", "good", needs("write"))
	ask("a bad token, without options", "bad", nil)
}
GO
go mod tidy >/dev/null 2>&1
go list -m github.com/modelcontextprotocol/go-sdk
go run . | tee seen
saw() { sed -n "s/^$1: //p" seen; }
bearer() { echo "$1 Bearer resource_metadata=\"http://notes.example/.well-known/oauth-protected-resource/mcp\", scope=\"$2\""; }
[[ $(saw "a good token") == "200 no challenge" && $(saw "a bad token") == "$(bearer 401 list)" &&
  $(saw "a missing scope") == "$(bearer 403 write)" && $(saw "a bad token, without options") == "401 no challenge" ]] ||
  { echo "the behaviour has changed"; exit 1; }

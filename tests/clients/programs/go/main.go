// go-oidc with golang.org/x/oauth2: discovery, machines, login with PKCE, refresh, userinfo, and a rotation, which a
// RemoteKeySet meets at once: it fetches for each kid that it doesn't know.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const callback = "https://app.example/callback"

// Where the vendor is, as the test says, and what was seen of it, for the test.
var vendor struct {
	Control, Issuer, Audience string
	Bad                       map[string]json.RawMessage
}
var seen = map[string]any{}

// One call of the mock's control API.
func control(path, body string) map[string]any {
	answer, err := http.Post(vendor.Control+path, "application/json", bytes.NewBufferString(body))
	must(err)
	return decoded(answer)
}

func decoded(answer *http.Response) map[string]any {
	defer answer.Body.Close()
	var document map[string]any
	must(json.NewDecoder(answer.Body).Decode(&document))
	return document
}

func mint(spec string) string { return control("/tokens", spec)["token"].(string) }

func fetches() int {
	answer, err := http.Get(vendor.Control + "/requests?endpoint=jwks")
	must(err)
	return len(decoded(answer)["requests"].([]any))
}

// The browser of ann: what comes back when she logs in.
func logIn(authorization string) url.Values {
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(authorization + "&mock_user=ann@example.com")
	must(err)
	answer.Body.Close()
	back, err := answer.Location()
	must(err)
	return back.Query()
}

// What the verifier says to a token: "ok", or why not.
func verdict(verifier *oidc.IDTokenVerifier, token string) string {
	var expired *oidc.TokenExpiredError
	_, err := verifier.Verify(context.Background(), token)
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &expired):
		return "expired"
	}
	return err.Error()
}

func main() {
	must(json.Unmarshal([]byte(os.Args[1]), &vendor))
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, vendor.Issuer)
	must(err)

	machine := clientcredentials.Config{ClientID: "app", ClientSecret: "secret", TokenURL: provider.Endpoint().TokenURL}
	machine.EndpointParams = url.Values{"audience": {vendor.Audience}}
	token, err := machine.Token(ctx)
	must(err)
	api := provider.Verifier(&oidc.Config{ClientID: vendor.Audience})
	seen["machine"] = verdict(api, token.AccessToken)

	scopes := []string{oidc.ScopeOpenID, "email", oidc.ScopeOfflineAccess}
	app := oauth2.Config{ClientID: "app", ClientSecret: "secret", Endpoint: provider.Endpoint(), RedirectURL: callback, Scopes: scopes}
	codeVerifier := oauth2.GenerateVerifier()
	back := logIn(app.AuthCodeURL("s1", oidc.Nonce("n1"), oauth2.S256ChallengeOption(codeVerifier)))
	user, err := app.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(codeVerifier))
	must(err)
	rawID := user.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: "app"}).Verify(ctx, rawID)
	must(err)
	seen["login"] = []any{back.Get("state"), idToken.Nonce, idToken.VerifyAccessToken(user.AccessToken) == nil || idToken.AccessTokenHash == ""}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(user))
	must(err)
	seen["userinfo"] = info.Subject == idToken.Subject
	old := token.AccessToken
	seen["fetches"] = []int{fetches()}

	control("/rotate", `{"habit": "immediate"}`)
	again, err := app.TokenSource(ctx, &oauth2.Token{RefreshToken: user.RefreshToken}).Token()
	must(err)
	seen["refreshed"] = again.AccessToken != user.AccessToken
	seen["after"] = verdict(api, mint("{}"))
	seen["oldOne"] = verdict(api, old)
	control("/rotate", `{"habit": "prepublished"}`)
	seen["published"] = verdict(api, mint("{}"))
	seen["fetches"] = append(seen["fetches"].([]int), fetches())
	bad := map[string]string{}
	for name, spec := range vendor.Bad {
		bad[name] = verdict(api, mint(string(spec)))
	}
	seen["bad"] = bad
	text, err := json.Marshal(seen)
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

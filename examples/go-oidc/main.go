// A small API that takes access tokens which go-oidc verifies.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

func main() {
	port := flag.String("port", "8080", "where to listen")
	issuer := flag.String("issuer", "", "who issues the tokens")
	keys := flag.String("jwks-url", "", "where its keys are; without it the issuer's metadata say so")
	audience := flag.String("audience", "", "who the tokens must be for")
	algorithms := flag.String("algorithms", oidc.RS256, "the allowed ones, with commas between")
	flag.Parse()

	verifier, err := newVerifier(context.Background(), *issuer, *keys, &oidc.Config{
		ClientID:             *audience,
		SupportedSigningAlgs: strings.Split(*algorithms, ","),
	})
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	http.HandleFunc("GET /notes", requires(verifier, "notes:list", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string][]string{"notes": {}})
	}))
	http.HandleFunc("POST /notes", requires(verifier, "notes:create", func(w http.ResponseWriter, r *http.Request) {
		var note struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&note); err != nil {
			answer(w, http.StatusBadRequest, map[string]string{"error": "not a note"})
			return
		}
		answer(w, http.StatusCreated, map[string]string{"text": note.Text})
	}))
	http.HandleFunc("GET /labels", requires(verifier, "labels:list", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string][]string{"labels": {}})
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+*port, nil))
}

func newVerifier(ctx context.Context, issuer, keys string, config *oidc.Config) (*oidc.IDTokenVerifier, error) {
	if keys != "" {
		return oidc.NewVerifier(issuer, oidc.NewRemoteKeySet(ctx, keys), config), nil
	}
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, err
	}
	return provider.Verifier(config), nil
}

// requires lets those in whose token is good and has the permission.
func requires(verifier *oidc.IDTokenVerifier, permission string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			answer(w, http.StatusUnauthorized, map[string]string{"error": "a bearer token is needed"})
			return
		}
		var claims struct {
			Permissions []string `json:"permissions"`
		}
		verified, err := verifier.Verify(r.Context(), token)
		if err == nil {
			err = verified.Claims(&claims)
		}
		if err != nil {
			log.Print(err)
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			answer(w, http.StatusUnauthorized, map[string]string{"error": "the token is not valid"})
			return
		}
		if !slices.Contains(claims.Permissions, permission) {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope"`)
			answer(w, http.StatusForbidden, map[string]string{"error": "needs " + permission})
			return
		}
		next(w, r)
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// A small API that takes access tokens which jwx verifies, with keys from its cache.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"slices"
	"time"

	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

func main() {
	port := flag.String("port", "8080", "where to listen")
	issuer := flag.String("issuer", "", "who issues the tokens")
	keysURL := flag.String("jwks-url", "", "where its keys are")
	audience := flag.String("audience", "", "who the tokens must be for")
	refresh := flag.Float64("refresh-seconds", 900, "how often the keys are fetched")
	flag.Parse()

	interval := time.Duration(*refresh * float64(time.Second))
	keys, err := cachedKeys(context.Background(), *keysURL, interval)
	if err != nil {
		log.Fatal(err)
	}
	gate := gate{
		jwt.WithKeySet(keys),
		jwt.WithIssuer(*issuer),
		jwt.WithAudience(*audience),
		jwt.WithRequiredClaim("exp"),
	}
	http.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	http.HandleFunc("GET /notes", gate.requires("notes:list", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string][]string{"notes": {}})
	}))
	http.HandleFunc("POST /notes", gate.requires("notes:create", func(w http.ResponseWriter, r *http.Request) {
		var note struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&note); err != nil {
			answer(w, http.StatusBadRequest, map[string]string{"error": "not a note"})
			return
		}
		answer(w, http.StatusCreated, map[string]string{"text": note.Text})
	}))
	http.HandleFunc("GET /labels", gate.requires("labels:list", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string][]string{"labels": {}})
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+*port, nil))
}

// cachedKeys are read now, and again after each interval, in the background.
func cachedKeys(ctx context.Context, url string, interval time.Duration) (jwk.Set, error) {
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		return nil, err
	}
	if err := cache.Register(ctx, url, jwk.WithMinInterval(interval), jwk.WithMaxInterval(interval)); err != nil {
		return nil, err
	}
	return cache.CachedSet(url)
}

type gate []jwt.ParseOption

// requires lets those in whose token is good and has the permission.
func (g gate) requires(permission string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			answer(w, http.StatusUnauthorized, map[string]string{"error": "a bearer token is needed"})
			return
		}
		token, err := jwt.ParseRequest(r, g...)
		if err != nil {
			log.Print(err)
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			answer(w, http.StatusUnauthorized, map[string]string{"error": "the token is not valid"})
			return
		}
		var granted []any
		if token.Has("permissions") {
			token.Get("permissions", &granted)
		}
		if !slices.Contains(granted, any(permission)) {
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

// A small API that takes access tokens which golang-jwt verifies, with the keys that keyfunc fetches.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// Claims are what this API reads of a token.
type Claims struct {
	jwt.RegisteredClaims
	Permissions []string `json:"permissions"`
}

func main() {
	port := flag.String("port", "8080", "where to listen")
	issuer := flag.String("issuer", "", "who issues the tokens")
	keysURL := flag.String("jwks-url", "", "where its keys are")
	audience := flag.String("audience", "", "who the tokens must be for")
	algorithms := flag.String("algorithms", "RS256", "the allowed ones, with commas between")
	refresh := flag.Float64("refresh-seconds", 3600, "how often the keys are fetched")
	flag.Parse()

	keys, err := keyfunc.NewDefaultOverrideCtx(context.Background(), []string{*keysURL}, keyfunc.Override{
		RefreshInterval: time.Duration(*refresh * float64(time.Second)),
	})
	if err != nil {
		log.Fatal(err)
	}
	gate := &gate{keys: keys.Keyfunc, parser: jwt.NewParser(
		jwt.WithValidMethods(strings.Split(*algorithms, ",")),
		jwt.WithIssuer(*issuer),
		jwt.WithAudience(*audience),
		jwt.WithExpirationRequired(),
	)}
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

type gate struct {
	keys   jwt.Keyfunc
	parser *jwt.Parser
}

// requires lets those in whose token is good and has the permission.
func (g *gate) requires(permission string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			answer(w, http.StatusUnauthorized, map[string]string{"error": "a bearer token is needed"})
			return
		}
		var claims Claims
		if _, err := g.parser.ParseWithClaims(token, &claims, g.keys); err != nil {
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

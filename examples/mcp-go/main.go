// Notes over MCP: the Go SDK with auth.RequireBearerToken, whose verifier is golang-jwt with the keys of keyfunc.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

const wellKnown = "/.well-known/oauth-protected-resource"

// Claims are what this server reads of a token.
type Claims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"`
}

func main() {
	port := flag.String("port", "8080", "where to listen")
	issuer := flag.String("issuer", "", "who issues the tokens")
	keysURL := flag.String("jwks-url", "", "where its keys are")
	audience := flag.String("audience", "", "the address of this server, for which the tokens must be")
	flag.Parse()

	keys, err := keyfunc.NewDefault([]string{*keysURL})
	if err != nil {
		log.Fatal(err)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(*issuer),
		jwt.WithAudience(*audience),
		jwt.WithExpirationRequired(),
	)
	verify := func(_ context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
		var claims Claims
		if _, err := parser.ParseWithClaims(token, &claims, keys.Keyfunc); err != nil {
			log.Print(err)
			return nil, auth.ErrInvalidToken
		}
		return &auth.TokenInfo{
			Scopes:     strings.Split(claims.Scope, " "),
			Expiration: claims.ExpiresAt.Time,
			UserID:     claims.Subject, // Without it a session is good for whoever names it.
		}, nil
	}

	address, err := url.Parse(*audience)
	if err != nil {
		log.Fatal(err)
	}
	metadata := wellKnown + address.Path
	scopes := []string{"notes:read"}
	http.Handle(metadata, auth.ProtectedResourceMetadataHandler(&oauthex.ProtectedResourceMetadata{
		Resource:             *audience,
		AuthorizationServers: []string{*issuer},
		ScopesSupported:      scopes,
	}))
	guard := auth.RequireBearerToken(verify, &auth.RequireBearerTokenOptions{
		Scopes:              scopes,
		ResourceMetadataURL: fmt.Sprintf("%s://%s%s", address.Scheme, address.Host, metadata),
	})
	server := notes()
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil)
	// As StreamableHTTPOptions.CrossOriginProtection says where it is deprecated.
	http.Handle(address.Path, http.NewCrossOriginProtection().Handler(guard(handler)))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+*port, nil))
}

func notes() *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "Notes", Version: "1"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "list_notes", Description: "All notes."},
		func(context.Context, *mcp.CallToolRequest, struct{}) (*mcp.CallToolResult, any, error) {
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "one"}}}, nil, nil
		})
	return server
}

"""A real Keycloak beside the mock: the same requests to both, and what differs in the answers."""

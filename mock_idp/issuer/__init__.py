"""An issuer with its keys, clients, log and clock, and all issuers of a server; imports `plans` and `vendors`."""

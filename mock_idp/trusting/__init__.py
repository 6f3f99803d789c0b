"""What a service is told so that it trusts an issuer, to be copied: in the words of each framework. Pure."""

"""One cell: an issuer and a service of its own, what is sent and counted, and what must hold before and after."""

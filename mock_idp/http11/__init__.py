"""HTTP/1.1 on the wire and what travels in it, bodies, parameters, JSON and its schemas; imports `jose`."""

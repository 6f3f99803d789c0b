"""What happens to a request between the socket and the room that answers it; imports `control` and `oauth`."""

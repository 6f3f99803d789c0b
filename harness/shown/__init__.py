"""The border to what others wrote and to secrets: what is shown is printable, and no credential can be put together."""

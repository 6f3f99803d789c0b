"""The control API under /_mock, a module per subject with its operations and schemas; imports `issuer`, not `oauth`."""

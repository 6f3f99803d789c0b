"""The commands of `mock-idp`. What a command needs is imported when it runs: the rest would only delay it."""

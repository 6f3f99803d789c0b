"""What `init` finds out by experiment about a service that nobody has described yet, and the profile that it writes."""

"""Starting a server, in a process of its own or inside another; imports all that answers requests, but no command."""

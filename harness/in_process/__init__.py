"""Apps that are called in this process: no socket, no server and no process of their own."""

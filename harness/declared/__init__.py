"""What is declared of a service: its profile, the rows of its card, and the deviations that are known."""

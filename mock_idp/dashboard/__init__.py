"""Pages for people: the start page and the dashboard, whose buttons are calls of the control API; imports `control`."""

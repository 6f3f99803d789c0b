"""Scenario files: read strictly, made into cells, and described to editors by a schema."""

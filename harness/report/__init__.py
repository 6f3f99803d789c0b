"""What a run leaves for people and pipelines: the record, scripts, pages, and the folder they lie in."""

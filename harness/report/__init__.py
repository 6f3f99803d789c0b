"""What a run leaves for people and programs: the record, JUnit, scripts and pages, and the folder they lie in."""

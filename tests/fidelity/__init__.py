"""What the mock serves against what the vendors serve, as recorded in the fixture files beside the project."""

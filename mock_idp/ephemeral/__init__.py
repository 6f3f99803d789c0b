"""Folders and processes that go with the process that has made them, however that ends; standard library only."""

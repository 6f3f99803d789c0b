"""Whether the tests of a module notice when it changes: a mutation tester tries it, outside CI."""

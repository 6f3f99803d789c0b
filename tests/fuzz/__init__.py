"""Fuzzing: what people and machines send by mistake or on purpose, thrown at everything here that reads it.

`test_control_api` lets schemathesis loose on the control API, `vendor_requests` makes requests of clients for every
vendor, and `raw_bytes` what is hardly HTTP. The tests try a bounded number of each; `python -m tests.fuzz` goes on for
as long as it is told to. An input is made by drawing from a `Draw`, so that Hypothesis and a generator with a seed make
the same kinds of them.
"""

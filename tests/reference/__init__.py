"""Tests of the reference service: its good behaviour, and each of its faults."""

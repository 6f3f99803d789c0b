"""What is planned for requests to come, faults and stubbed responses; imports `vendors` and `http11`."""

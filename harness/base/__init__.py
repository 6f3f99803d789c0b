"""What everything else rests on: errors, verdicts, values, waiting, and who was held up. It imports `shown` alone."""

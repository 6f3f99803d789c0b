"""The reference service: the Tasker of the seed documents in Python, correct by the documents and the RFCs.

It stands alone: nothing here imports the mock identity provider or the rest of the harness, so that the
scenarios are judged against an independent reading of the same requirements. Every named fault replaces one
method of one part (see `harness.reference.faults`); the parts themselves know nothing of faults.
"""

import logging

# Quiet unless the program that embeds the service configures logging.
logging.getLogger(__name__).addHandler(logging.NullHandler())

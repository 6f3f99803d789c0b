"""Files and outputs, for both programs: nothing here knows what an identity provider is."""

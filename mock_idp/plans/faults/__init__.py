"""The faults an issuer can show, one small class each; `registry` names them all."""

"""HTTP as it goes over the wire: exact bytes out, one answer in; every wait has an end and every size a limit."""

"""Processes, ports and folders that a run makes and nothing leaves behind."""

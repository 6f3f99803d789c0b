"""What pipelines read of a run: JUnit, SARIF, a summary in Markdown, a badge, and the words of GitHub Actions.

Each is made from the record alone. A person reads them where there is room for ten alarms and not for a thousand cells:
cells of one scenario that came out alike are told once.
"""

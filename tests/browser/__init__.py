"""The pages of the mock identity provider in a real browser: Debian's Chromium, driven by Playwright."""

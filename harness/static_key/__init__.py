"""Keys and tokens of one's own, for a service that verifies with one public key and asks no provider.

What `tasker-ctl auth` is documented to do (API Security Guide, CLI commands), for anybody's service.
"""

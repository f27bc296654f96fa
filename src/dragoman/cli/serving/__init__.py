"""Commands of who runs a service."""

"""A service that stands around the clock: what it does when it is told to stop, when models change, when they fail."""

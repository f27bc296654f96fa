"""The thin door: one file per command; each imports its job only when called."""

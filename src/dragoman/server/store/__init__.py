"""What the service keeps for its callers, each kind behind a joint of its own; in memory if nothing else is given."""

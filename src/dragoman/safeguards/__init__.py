"""Text made safer before it goes on, and what it takes to have it back. Knows no model and no service."""

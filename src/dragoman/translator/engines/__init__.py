"""What actually runs the model. Knows ids only, no text."""

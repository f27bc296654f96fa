"""The commands that make a model smaller: distill and compress."""

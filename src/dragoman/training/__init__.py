"""The loop and what it needs: optimizers, schedules, patience, averaging, checkpoints. Knows no text."""

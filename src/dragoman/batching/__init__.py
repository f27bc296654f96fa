"""Ids → tensors: examples, batches, buckets of like length, and a loader whose state is three integers."""

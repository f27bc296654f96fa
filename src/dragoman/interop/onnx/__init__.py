"""Bundles for ONNX Runtime: two graphs and their weights. Knows models, not how the graphs are searched with."""

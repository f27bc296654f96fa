"""Robust output: what holds for every translation, whatever the model does. Knows texts, no ids."""

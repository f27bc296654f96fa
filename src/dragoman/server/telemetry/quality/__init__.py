"""How good what the models say seems, and whether that changes. Texts are looked at and forgotten."""

"""Record → example, ids → output. Knows neither models nor files."""

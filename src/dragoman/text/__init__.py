"""What can be said of a string without a model. Knows neither files nor ids."""

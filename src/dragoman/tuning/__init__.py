"""Search for the best values of a function's arguments. Knows neither recipes nor training, and never imports torch."""

"""Model → model: changes of weights and shape. Knows neither text nor training."""

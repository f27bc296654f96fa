"""(model, batch) → loss. Knows neither the loop nor the optimizer."""

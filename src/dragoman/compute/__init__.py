"""Where work runs: device, threads, memory. Knows nothing of what is computed."""

"""Files as jobs of the service: taken, translated beside everyone's texts, kept for a while, forgotten."""

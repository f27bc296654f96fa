"""Who may come in, how often, and with how much; what is too much never reaches a parser or a model."""

"""Models as a service: texts come in through the web in several dialects, translations go out. Only here is the web."""

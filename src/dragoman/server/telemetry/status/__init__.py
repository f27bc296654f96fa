"""How the service was in the last hour and day, and a page that shows it."""

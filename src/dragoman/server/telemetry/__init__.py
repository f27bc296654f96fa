"""How the service is: what is counted, logged, tested and told to its operator. No text ever leaves through here."""

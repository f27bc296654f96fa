"""What stands beside a text that is translated from the command line."""

"""One file per verb: what the command line does, callable from Python."""

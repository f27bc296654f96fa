"""The parts of a training run that :mod:`dragoman.jobs.train` puts together. None of them knows the whole."""

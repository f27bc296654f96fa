"""Ground floor: names, configuration, errors, files, keys and talk. Knows nothing of translation."""

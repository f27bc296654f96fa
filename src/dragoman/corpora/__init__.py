"""Files ↔ records: formats, streams, cleaning, splitting, and the embedded phrasebook. Knows nothing of ids."""

"""Parts of the verb compress: candidates are made, measured on one machine, compared, and one of them is chosen."""

"""Countries that do not exist, with a truth that is known: what was planted must be found."""

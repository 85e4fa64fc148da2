"""People's labels of a run: kept in its folder, chosen, exchanged, and used to correct its numbers."""

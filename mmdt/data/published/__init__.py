"""How rows of the published datasets become cases: one small file a perspective, free of any scoring."""

"""Is the judge sound? The same outputs under several judges, and under the same judge asked again."""

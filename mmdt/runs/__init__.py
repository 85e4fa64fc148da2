"""One life of a run, in reading order: settings, selection, session, plan, batches, manifest, result, verbs."""

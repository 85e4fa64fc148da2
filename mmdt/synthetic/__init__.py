"""Everything with planted truth: drawn worlds, people, streets, documents, posters, and the organisms."""

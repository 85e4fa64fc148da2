"""What several perspectives share: objects, counts, positions, words and questions, each with its target and scores."""

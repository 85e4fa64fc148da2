"""Street views for location privacy: drawings of invented shops in real places."""

"""The language of worlds: wording requests and questions, and parsing them."""

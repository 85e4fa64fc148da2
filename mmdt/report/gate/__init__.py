"""The outcome of a gate for people and for the systems that run it: text, Markdown, JUnit XML and SARIF."""

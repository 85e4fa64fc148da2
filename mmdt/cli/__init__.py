"""The command line: thin; it parses, calls mmdt.runs.verbs and prints."""

from mmdt.cli.main import main

__all__ = ["main"]

"""The command line: a thin layer that parses options, calls mmdt.runs.verbs and prints results."""

from mmdt.cli.main import main

__all__ = ["main"]

"""How many cases a run needs for what it is to show."""

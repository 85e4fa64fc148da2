"""The viewer: runs in a browser, while they run and afterwards, behind the guard of the label page."""

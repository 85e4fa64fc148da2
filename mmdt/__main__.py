"""``python -m mmdt`` is ``mmdt``."""

from mmdt.cli import main

main()

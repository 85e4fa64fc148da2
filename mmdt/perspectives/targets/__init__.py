"""What the targets of each perspective hold (docs/targets.md), as types that every loaded case is checked against."""

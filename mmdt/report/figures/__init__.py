"""Pictures of a run's numbers, each as SVG, PNG and a table of what is drawn."""

"""The pipeline of a run: load the cases, ask the model, observe the outputs, report progress."""

"""Our parts of the pipeline."""

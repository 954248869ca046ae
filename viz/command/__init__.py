"""The command line. Reading order: parser; expressions, training, plots: what the commands do."""

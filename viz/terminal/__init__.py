"""The terminal. Reading order: console, keys, chart → stepper → quiz."""

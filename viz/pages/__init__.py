"""Pages for a browser. Reading order: page, inline → stepper → film_drawings, film; scripts, styles."""

"""Networks folded into boxes. Reading order: owners → boxes → folding."""

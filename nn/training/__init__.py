"""Training: `fit` and all it is made of.

Reading order: last_batch, history → eager → recipe, state, batch_tape, taped → rate, callbacks,
display, fit → predictor → estimators.
"""

"""Training: `fit` and all it is made of.

Reading order: history → eager → recipe, taped → fit → predictor → estimators.
"""

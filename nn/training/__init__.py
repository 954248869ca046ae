"""Training: `fit` and all it is made of.

Reading order:

    last_batch, history                        what comes out
    eager                                      an epoch, as a learner writes it
    coupling                                   what is to be known of a loss before a tape stands for it
    recipe, draws, trial, recording            a step of training as tapes
    state, batch_tape, taped                   an epoch on tape
    blame, checked                             an epoch by both engines
    predictor                                  prediction on arrays
    rate, callbacks, display, fit              the loop
    estimators, search                         scikit-learn's conventions
    table_model                                one's own data
"""

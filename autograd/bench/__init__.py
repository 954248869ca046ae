"""The learner's bench: tools for the hour in which a person understands backprop. All read the table and the uses.

Reading order:

    anomaly     detect_anomaly: the first operation that makes inf or nan
    answers     when a number that was worked out by hand is right
    one_use     the mistakes at one use of a node and in one sum of uses, as texts and expressions
    slips       the mistakes that people make, one at a time, and the gradient that each leads to
    checking    check_by_hand: right or wrong, and the likely mistake
    mistakes    mistakes(f): the same graph with a classic bug of engines
    exercises   graphs to differentiate by hand, by level and seed
    secants     numeric_derivative: how small a step should be
    gradcheck   derivatives against numeric ones, for a function and for a row of one's own
"""

"""Backprop in a terminal: a stepper that is turned by single keys, a quiz, a chart of the loss.

Reading order:

    console     text and colours for a stream, and questions to the user
    keys        single keys, without Enter
    chart       a curve in plain characters
    stepper     backstep step -i: one step at a time, forward and back
    quiz        backstep quiz: what does each operand receive?
"""

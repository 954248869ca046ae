"""Backprop in a terminal: a stepper that draws the circuit and is turned by single keys, a quiz, a chart of the loss.

Reading order:

    console     text and colours for a stream, and questions to the user
    keys        single keys, without Enter
    chart       a curve in plain characters
    stepper     backstep step -i: the pages of a worked solution, one for each step, and the keys that turn them
    circuit     the graph in box characters
    screen      page and circuit on a whole screen
    quiz        backstep quiz: what does each operand receive?
    practice    backstep practice: exercises, one after the other
"""

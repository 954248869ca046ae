"""The command line: what can be typed after `backstep`, and what then happens.

Reading order:

    arguments   what several commands share: an expression with the values of its variables
    output      the file that a command writes
    steps       backstep step, quiz, routes
    rules       backstep derivative, rules
    programs    backstep export
    bench       backstep check, mistake, worksheet, practice
    pictures    backstep draw, html
    learning    what training takes as arguments
    tables      backstep predict, and `train` for a .csv file
    training    backstep train
    function_plots  the plots that show a function: descent, newton, secants, convexity, surface
    plots       backstep plot: the table of all plots, and those of activations, trainings and data
    parser      the registry of commands, and `main`, which runs the one that was typed

A new command is written in the file of its family, with its examples and its options, and entered in `parser.COMMANDS`.
"""

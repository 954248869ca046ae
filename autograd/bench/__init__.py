"""The learner's bench: tools for the hour in which a person understands backprop. All read the table and the uses.

Reading order:

    anomaly     detect_anomaly: the first operation that makes inf or nan
"""

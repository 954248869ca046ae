"""The name `backstep`, for those who import what they have installed: the error says what to import.

It is installed as the package `backstep` (see pyproject.toml): `import backstep` is an ImportError that names autograd,
nn and viz. It holds nothing else.
"""

if __name__ == "backstep":
    raise ImportError(
        "backstep is three packages: `from autograd import Value, explain, parse` (the engine), "
        "`import nn` (networks), `import viz` (pictures and pages); `backstep` is the command"
    )

"""The course in `examples/`: numbered programs, each with what it prints in comments at its end; and one notebook of all.

    python -m tests.course

runs all programs, writes what they print into them, and makes `examples/course.ipynb` from them. The tests hold both to
what the programs print.
"""

import io
import json
import os
import runpy
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

COURSE = Path(__file__).parent.parent / "examples"
NOTEBOOK = COURSE / "course.ipynb"
PRINTS = "\n# prints\n#\n"


def programs():
    """The programs in their order."""
    return sorted(COURSE.glob("*/*.py"), key=lambda path: path.name)


def parted(path):
    """A program's docstring, its code, and what its comments say that it prints."""
    text = path.read_text(encoding="utf-8")
    text, _, comments = text.partition(PRINTS)
    docstring, _, code = text.removeprefix('"""').partition('"""\n')
    printed = "".join(line.removeprefix("#").removeprefix(" ") for line in comments.splitlines(keepends=True))
    return docstring.strip(), code.strip() + "\n", printed


def printed_by(path, folder):
    """What a program prints when it runs in this folder."""
    output, before = io.StringIO(), Path.cwd()
    os.chdir(folder)
    try:
        with redirect_stdout(output):
            runpy.run_path(str(path), run_name="__main__")
    finally:
        os.chdir(before)
    return output.getvalue()


def with_output(path, printed):
    """The program with what it prints in comments at its end."""
    text = path.read_text(encoding="utf-8").partition(PRINTS)[0].rstrip("\n")
    comments = "".join(f"# {line}".rstrip() + "\n" for line in printed.splitlines())
    return f"{text}\n{PRINTS}{comments}"


def notebook():
    """All programs as one notebook: a text for each docstring, a cell for each code, with what it prints."""
    cells = []
    for path in programs():
        docstring, code, printed = parted(path)
        number, _, name = path.stem.partition("_")
        title = f"## {int(number)} · {name.replace('_', ' ')}\n\n{docstring}"
        output = {"output_type": "stream", "name": "stdout", "text": printed.splitlines(keepends=True)}
        cells.append({"cell_type": "markdown", "id": f"text{number}", "metadata": {}, "source": lines(title)})
        cells.append(
            {"cell_type": "code", "id": f"code{number}", "metadata": {}, "execution_count": None,
             "source": lines(code.rstrip()), "outputs": [output]}
        )  # fmt: skip
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def lines(text):
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for path in programs():
            print(path.relative_to(COURSE), file=sys.stderr)
            path.write_text(with_output(path, printed_by(path, folder)), encoding="utf-8")
    NOTEBOOK.write_text(notebook(), encoding="utf-8")

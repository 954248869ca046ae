"""The package `viz` as it is imported."""

import viz


def test_names_are_found_where_the_table_says_and_nowhere_else():
    assert sorted(name for names in viz.FILES.values() for name in names) == sorted(viz.__all__)
    for file, names in viz.FILES.items():
        for name in names:
            assert getattr(viz, name).__module__ == file
            assert name in dir(viz)


def test_importing_viz_loads_no_room(python):
    program = "import sys, viz; print([name for name in sys.modules if name.startswith(('viz.', 'nn', 'graphviz'))])"
    assert python(program).stdout == "[]\n"
    assert "has no attribute 'drow'" in python("import viz; viz.drow").stderr

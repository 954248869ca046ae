"""Colours: each has one meaning, and those that are compared are told apart by everybody."""

from itertools import combinations

import numpy as np
import pytest

from viz.graph.theme import PALETTES, SERIES, rgb

# Colours as people see them who lack one kind of cone (Machado, Oliveira, Fernandes 2009, severity 1.0), in linear RGB.
SIGHTS = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]


def linear(colour):
    share = np.array(rgb(colour)) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(colour, sight="usual"):
    """Lightness and the two axes of colour of CIE L*a*b*, in which a step of 2 is just seen."""
    xyz = TO_XYZ @ np.clip(SIGHTS[sight] @ linear(colour), 0, 1) / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one, other):
    dark, light = sorted(float(np.dot(linear(colour), TO_XYZ[1])) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_texts_can_be_read_and_lines_be_seen(theme):
    palette = PALETTES[theme]
    for text in (palette.ink, palette.muted, palette.value, palette.gradient, palette.accent):
        assert contrast(text, palette.paper) >= 4.5
        assert contrast(text, palette.gate) >= 4.5
    for line in (palette.positive, palette.negative, *SERIES[theme]):
        assert contrast(line, palette.paper) >= 3.0


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_what_is_compared_is_told_apart_with_any_sight(theme, sight):
    palette = PALETTES[theme]
    compared = [(palette.value, palette.gradient), (palette.positive, palette.negative), SERIES[theme][:2]]
    for one, other in compared:
        assert np.linalg.norm(lab(one, sight) - lab(other, sight)) >= 20


@pytest.mark.parametrize("theme", PALETTES)
def test_signs_of_weights_and_the_first_two_classes_differ_in_grey(theme):
    palette = PALETTES[theme]
    for one, other in ((palette.positive, palette.negative), SERIES[theme][:2]):
        assert abs(lab(one)[0] - lab(other)[0]) >= 12


@pytest.mark.parametrize("theme", PALETTES)
def test_a_colour_has_one_meaning(theme):
    colours = [*PALETTES[theme][4:], *SERIES[theme]]
    assert len(set(colours)) == len(colours)
    for one, other in combinations(PALETTES[theme][4:], 2):
        assert np.linalg.norm(lab(one) - lab(other)) >= 25
    for other in (*PALETTES[theme][5:], *SERIES[theme]):
        if other != PALETTES[theme].gradient:
            assert np.linalg.norm(lab(PALETTES[theme].gradient) - lab(other)) >= 25  # orange is the gradient alone

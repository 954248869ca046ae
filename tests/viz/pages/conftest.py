"""What the tests of pages share: a browser, and the page of the sigmoid circuit."""

import pytest

import viz
from tests import chromium
from tests.viz.pages.test_stepper import sigmoid_circuit

launched, contexts, visit = chromium.launched, chromium.contexts, chromium.visit


@pytest.fixture
def page(visit):
    return visit(viz.step(sigmoid_circuit()))

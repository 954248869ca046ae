import pytest

pytest.register_assert_rewrite("tests.nn.training.truth")  # a failure there tells both numbers, too

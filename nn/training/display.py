"""The display of progress while `fit` runs: a bar, or a line for some epochs.

>>> history = History(loss=[0.5, 0.25])
>>> show = display(1, epochs=2)
>>> show(1, history)
epoch     1  loss 0.250000
"""

from collections.abc import Callable
from importlib.util import find_spec

from nn.training.history import History

Display = Callable[[int | None, History], None]  # is called after each epoch, and with None at the end


def display(progress: bool | int, epochs: int) -> Display:
    """The display that `progress` asks for, see `fit`."""
    if progress is True and find_spec("tqdm") is not None:
        from tqdm import tqdm  # the optional extra `progress`

        bar = tqdm(total=epochs, unit="epoch")

        def advance(epoch: int | None, history: History) -> None:
            if epoch is None:
                bar.close()
            else:
                bar.set_postfix(loss=f"{history.loss[epoch]:.6g}", refresh=False)
                bar.update()

        return advance
    every = max(1, epochs // 10) if progress is True else int(progress)

    def line(epoch: int | None, history: History) -> None:
        if every and epoch is not None and (epoch % every == 0 or epoch == epochs - 1):
            print(f"epoch {epoch:5d}  loss {history.loss[epoch]:.6f}")

    return line

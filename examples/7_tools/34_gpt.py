"""A GPT on scalars: every weight is a Value. It learns names letter by letter, one name an update, and invents new ones.

One layer, 16 wide, 4 heads, a context of 16 letters: about 4 000 parameters, the size of a well-known one in pure Python.
`train` builds the graph of each name anew. `train_on_tape` records one graph for each length and replays it: what differs
between two names of one length goes in as numbers, the rows of the embedding and the targets as 0 and 1.
"""

import random

import numpy as np

import nn
from autograd import Value, no_grad, record, relu

VOWELS, ENDS = ["a", "e", "i", "o", "u", "ai", "ia"], ["", "", "", "n", "r", "l", "s"]
ONSETS = ["b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "tr"]
add = lambda xs, ys: [x + y for x, y in zip(xs, ys, strict=True)]  # noqa: E731


def invented_names(count=300, seed=0):
    """Names of two or three syllables, made for this program, in random order."""
    rng = random.Random(seed)
    pieces = [[rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(rng.choice((2, 2, 3)))] for _ in range(count)]
    return list(dict.fromkeys("".join(syllables) + rng.choice(ENDS) for syllables in pieces))


class GPT(nn.Module):
    """Attention and an MLP, each added to what it reads, between an embedding of letters and places and the logits."""

    def __init__(self, alphabet, width=16, heads=4, context=16, seed=0):
        self._alphabet, self._context = alphabet, context
        init = nn.init.Generator(seed + 3)
        self.letters = nn.Embedding(len(alphabet) + 1, width, seed, spread=0.1)  # the last one: begin and end
        self.places = nn.Embedding(context, width, seed + 1, spread=0.1)
        self.norms = [nn.RMSNorm(width) for _ in range(3)]
        self.attention = nn.CausalAttention(width, heads, seed + 2)
        self.wide = nn.Linear(width, 4 * width, generator=init)
        self.narrow = nn.Linear(4 * width, width, generator=init)
        self.head = nn.Linear(width, len(alphabet) + 1, generator=init)

    def encode(self, name):
        """The numbers of a name's letters, between two marks of begin and end; cut to the context."""
        mark = len(self._alphabet)
        return [mark, *map(self._alphabet.index, name), mark][: self._context + 1]

    def logits(self, rows):
        """For each place the logits of what comes next, from the embedding's rows of the letters so far."""
        rows = [add(row, place) for row, place in zip(rows, self.places(range(len(rows))), strict=True)]
        rows = [add(row, more) for row, more in zip(rows, self.attention(self.norms[0](rows)), strict=True)]
        rows = [add(row, self.narrow([relu(z) for z in self.wide(self.norms[1](row))])) for row in rows]
        return [self.head(self.norms[2](row)) for row in rows]

    def loss(self, name):
        numbers = self.encode(name)
        return nn.cross_entropy(self.logits(self.letters(numbers[:-1])), numbers[1:])

    def invent(self, rng):
        """A new name, letter by letter, each drawn by its probability."""
        numbers = [len(self._alphabet)]
        with no_grad():
            while len(numbers) == 1 or (numbers[-1] != numbers[0] and len(numbers) <= self._context):
                shares = [p.data for p in nn.softmax(self.logits(self.letters(numbers))[-1])]
                numbers += rng.choices(range(len(shares)), shares)
        return "".join(self._alphabet[i] for i in numbers if i != numbers[0])


def train(model, names, steps, until):
    """One name a step, eagerly, up to the step `until`; the losses. The rate would fall to 0 over all steps."""
    optimizer, losses = nn.Adam(model.parameters(), betas=(0.85, 0.99)), []
    for step in range(until):
        optimizer.lr = 0.01 * (1 - step / steps)
        for leaf in optimizer.parameters:
            leaf.grad = 0.0  # not None: momentum goes on for letters that this name has not
        loss = model.loss(names[step % len(names)])
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return losses


def train_on_tape(model, names, steps, until, engine="auto"):
    """The same on tape; the losses. All weights stand in one array, the embedding's rows first."""
    leaves = model.parameters()
    weights = np.array([leaf.data for leaf in leaves])
    shape, tapes, losses = np.shape(model.letters.weight), {}, []
    first = shape[0] * shape[1]  # of the weights behind the embedding
    optimizer, memory = nn.Adam(leaves, betas=(0.85, 0.99)), (0.0, 0.0)
    for step in range(until):
        *given, last = model.encode(names[step % len(names)])
        if len(given) not in tapes:
            tapes[len(given)] = record_length(model, len(given), *shape, leaves[first:])
        rows, targets = weights[:first].reshape(shape)[given], np.eye(shape[0])[[*given[1:], last]]
        inputs = np.concatenate([weights[first:], rows.ravel(), targets.ravel()])
        loss, *slopes = tapes[len(given)].evaluate(inputs, engine)
        slopes = np.array(slopes[: len(leaves) - first + rows.size])
        gradient = np.concatenate([np.zeros(first), slopes[: len(leaves) - first]])
        np.add.at(gradient[:first].reshape(shape), given, slopes[len(leaves) - first :].reshape(rows.shape))
        optimizer.lr = 0.01 * (1 - step / steps)
        weights, memory = optimizer.update(weights, gradient, memory, step + 1)
        losses.append(float(loss))
    for leaf, number in zip(leaves, weights.tolist(), strict=True):
        leaf.data = number
    return losses


def record_length(model, length, letters, width, weights):
    """The tape of the loss of a name of this length: weights, rows of the embedding and targets go in."""
    rows, targets = ([[Value(0.0) for _ in range(n)] for _ in range(length)] for n in (width, letters))
    return record(nn.cross_entropy(model.logits(rows), targets), [*weights, *np.ravel(rows), *np.ravel(targets)])


if __name__ == "__main__":
    names, steps = invented_names(), 200
    model = GPT(sorted(set("".join(names))))
    print(f"{len(names)} names, as {', '.join(names[:4])}; {len(model.parameters())} parameters")
    eager = train(GPT(model._alphabet), names, steps, until=3)
    losses = train_on_tape(model, names, steps, until=steps)
    print("the first losses, eagerly and on tape:", *(f"{a:.6f} {b:.6f}" for a, b in zip(eager, losses, strict=False)))
    print("mean losses of 50 steps:", *(f"{np.mean(losses[first : first + 50]):.2f}" for first in range(0, steps, 50)))
    print("invented:", *(model.invent(random.Random(seed)) for seed in range(12)))

# prints
#
# 300 names, as tamu, sianor, kuhin, gumu; 4149 parameters
# the first losses, eagerly and on tape: 3.315963 3.315963 3.171046 3.171046 3.678541 3.678541
# mean losses of 50 steps: 2.76 2.50 2.29 2.25
# invented: tojarn dsogipo vuba fiinoba fajabr noru sokeas haparobuarben fudoel keduar mina kitir

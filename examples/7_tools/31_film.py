"""A film of training: one page whose slider runs through the epochs, with the map, the network, the loss (film.html)."""

import nn
import viz

X, y = nn.datasets.moons(80, seed=1)
model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=1)
recorder = viz.FilmRecorder(X, y, every=20)
history = nn.fit(
    model,
    X,
    y,
    loss="binary_cross_entropy",
    optimizer=nn.Adam(model.parameters(), lr=0.05),
    epochs=200,
    callbacks=[recorder],
)
print(history)
film = viz.film(recorder)
print(film)
print("saved", film.save("film.html"))

# prints
#
# 200 epochs, loss 0.934 → 0.0164
# <Film of 11 frames, epochs 0 to 199>
# saved film.html

"""Writes `autoencoder.json`: a small autoencoder's training in Keras, to which the package's is compared.

    python autoencoder.py    # with ../../requirements.txt; takes some seconds
"""

import json
import pathlib

import keras
import numpy as np
from keras.layers import LSTM, Dense, Input

keras.utils.set_random_seed(3)
X = np.random.default_rng(5).normal(size=(7, 6, 3)).astype("float32")
model = keras.Sequential([Input((6, 3)), LSTM(5, return_sequences=True), LSTM(4, return_sequences=True), Dense(3)])
# Biases other than 0 and 1, so that all of them matter from the first step on.
initial = [w if w.ndim == 2 else w + np.linspace(-0.2, 0.2, w.size, dtype="float32") for w in model.get_weights()]
model.set_weights(initial)
model.compile(loss="mae", optimizer=keras.optimizers.Adam(0.01))
before = model.predict(X, verbose=0)
history = model.fit(X, X, batch_size=4, epochs=5, shuffle=False, verbose=0).history


def arrays(weights):
    return [[list(map(float, row)) for row in np.atleast_2d(w)] for w in weights]


golden = {
    "keras": keras.__version__,
    "backend": keras.backend.backend(),
    "data": X.tolist(),
    "initial": arrays(initial),
    "reconstruction": before.tolist(),
    "losses": [float(loss) for loss in history["loss"]],
    "final": arrays(model.get_weights()),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")

"""Compares the autoencoder with the same network in Keras, fed by a dask array: losses of several seeds, and times.

    python3.11 -m venv target/keras && target/keras/bin/pip install -r examples/neural_net/requirements.txt
    cargo build --release -p chunkfit-neural-net
    target/keras/bin/python examples/neural_net/compare.py --seeds 5 --curves target/keras.json

Both sides learn from the rows that the program writes by `--export`, in turns, each run in a process of its own. A run
of Keras opens a dask array in chunks of 10 rows on those rows, cuts it to sequences, and calls `fit` with it; a run of
ours makes its rows in chunks of 10, and anew in each epoch. A third run of ours, which is not timed, begins with the
weights that Keras drew. The time is that of `fit` alone, without imports; Keras' has the compilation of its graph in it.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target/release/chunkfit-neural-net"
STEPS, BATCH = 50, 128


def train_keras(rows, seed, weights, epochs):
    """A run of Keras, in this process; writes the weights that it begins with."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import dask.array
    import keras
    import numpy as np
    from keras.layers import LSTM, Dense, Input

    table = np.loadtxt(rows, delimiter=",", skiprows=1)[:, :10].astype("float32")
    keras.utils.set_random_seed(seed)
    layers = [Input((STEPS, 10)), LSTM(100, return_sequences=True), LSTM(40, return_sequences=True), Dense(10)]
    model = keras.Sequential(layers)
    initial = [np.atleast_2d(array).tolist() for array in model.get_weights()]
    pathlib.Path(weights).write_text(json.dumps(initial))
    model.compile(loss="mae", optimizer="adam")
    begin, busy = time.perf_counter(), time.process_time()
    X = dask.array.from_array(table, chunks=(10, 10))
    n = X.shape[0] // STEPS
    X = X[: n * STEPS].reshape(n, STEPS, 10)
    history = model.fit(X, X, batch_size=BATCH, epochs=epochs, shuffle=False, verbose=0).history
    seconds, cpu = time.perf_counter() - begin, time.process_time() - busy
    print(json.dumps({"losses": [float(loss) for loss in history["loss"]], "seconds": seconds, "cpu": cpu}))


def last_line(command):
    """The JSON that a run ends with, and the CPU time of the whole process if it does not tell that of `fit`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, **json.loads(done.stdout.strip().splitlines()[-1])}


def mean_curve(curves):
    return [statistics.fmean(losses) for losses in zip(*curves)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--rows", type=int, default=10000)
    parser.add_argument("--curves", type=pathlib.Path, help="write the mean curves to this JSON file")
    parser.add_argument("--keras", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.keras:
        return train_keras(args.keras[0], int(args.keras[1]), args.keras[2], args.epochs)
    with tempfile.TemporaryDirectory() as folder:
        size = ["--rows", str(args.rows)]
        subprocess.run([PROGRAM, *size, "--export", folder], check=True, stdout=subprocess.DEVNULL)
        (rows,) = pathlib.Path(folder).glob("*.csv")
        weights = pathlib.Path(folder) / "weights.json"
        epochs = ["--epochs", str(args.epochs)]
        ours, keras, apart = [], [], 0.0
        for seed in range(args.first_seed, args.first_seed + args.seeds):
            own = [PROGRAM, *size, *epochs, "--json"]
            ours.append(last_line([*own, "--seed", str(seed)]))
            keras.append(last_line([sys.executable, __file__, *epochs, "--keras", str(rows), str(seed), str(weights)]))
            same = last_line([*own, "--initial", str(weights)])["losses"]["chained"]
            apart = max(apart, max(abs(a / b - 1) for a, b in zip(same, keras[-1]["losses"])))
            for name, run in ("ours", ours[-1]), ("keras", keras[-1]):
                losses = run["losses"]["chained"] if name == "ours" else run["losses"]
                line = f"seed {seed}  {name:5}  loss {losses[-1]:.4f}  {run['seconds']:6.2f} s  CPU {run['cpu']:6.2f} s"
                print(line, flush=True)
    ours_name, keras_name = (f"{name}, mean of {args.seeds} seeds" for name in ("chained", "Keras"))
    curves = {
        ours_name: mean_curve([run["losses"]["chained"] for run in ours]),
        keras_name: mean_curve([run["losses"] for run in keras]),
    }
    if args.curves:
        args.curves.write_text(json.dumps(curves))
    last = {name: losses[-1] for name, losses in curves.items()}
    ratios = [theirs["seconds"] / own["seconds"] for own, theirs in zip(ours, keras)]
    seconds = [statistics.median(run["seconds"] for run in runs) for runs in (ours, keras)]
    ratio = last[ours_name] / last[keras_name]
    widest = max(abs(a / b - 1) for a, b in zip(*curves.values()))
    print(f"mean loss after {args.epochs} epochs: ours {last[ours_name]:.4f}, Keras {last[keras_name]:.4f}")
    print(f"ratio {ratio:.3f}; at most {100 * widest:.1f} % apart in any epoch")
    print(f"from the same initial weights: at most {100 * apart:.3f} % apart in any epoch of any seed")
    print(f"median time: ours {seconds[0]:.2f} s, Keras {seconds[1]:.2f} s; ratio {statistics.median(ratios):.2f}")
    cpu = [statistics.median(run["cpu"] for run in runs) for runs in (ours, keras)]
    print(f"median CPU time: ours, the whole process {cpu[0]:.2f} s, Keras, `fit` alone {cpu[1]:.2f} s")
    print(f"peak memory of ours: {max(run['peak_rss_mb'] for run in ours):.0f} MiB")
    return 0 if abs(ratio - 1) <= 0.1 and apart <= 0.01 else 1


if __name__ == "__main__":
    sys.exit(main())

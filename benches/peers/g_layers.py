"""G. Value and gradient of an unrolled perceptron of 100 layers, f32: h <- tanh(h W), all 32 x 32, then the sum of squares.

Compiling is everything from Python (ours: Rust) functions to something that runs: tracing or building, differentiating,
compiling; the least of some times counts. The results compared are the value, and the sums of squares of the gradients by the first and the last weights.
"""

import numpy as np

from common import Measure, Row, Session, Workload, load, save, serve, timed

LAYERS, WIDTH = 100, 32
COMPILATIONS = 3


def data(folder):
    draw = np.random.default_rng(0)
    weights = draw.standard_normal((LAYERS, WIDTH, WIDTH)) / 6
    save(folder, weights=weights.astype(np.float32), x=draw.standard_normal((WIDTH, WIDTH), dtype=np.float32))


def jax_session(name, folder, threads):
    import jax
    import jax.numpy as jnp

    def f(weights, x):
        for w in weights:
            x = jnp.tanh(x @ w)
        return jnp.sum(x * x)

    weights, x = load(folder, "weights", "x")
    weights, x = [jnp.asarray(w) for w in weights], jnp.asarray(x)

    def compiled():
        jax.clear_caches()
        return jax.jit(jax.value_and_grad(f)).lower(weights, x).compile()

    compiled()  # the first time loads parts of JAX
    run, seconds = timed(compiled, COMPILATIONS)
    value, gradient = run(weights, x)
    squares = [np.square(np.asarray(gradient[i], np.float64)).sum() for i in (0, -1)]
    call = lambda: jax.block_until_ready(run(weights, x))
    return Session([float(value), *squares], [Measure("call_us", call)], {"compile_ms": seconds * 1e3})


PEERS = {"jax": jax_session}
WORKLOADS = [
    Workload(
        "G",
        "100 layers of 32 x 32",
        list(PEERS),
        [Row("compile_ms", 15, 540), Row("call_us", 300, 1058)],
        data,
        rtol=1e-3,
    )
]

if __name__ == "__main__":
    serve(PEERS)

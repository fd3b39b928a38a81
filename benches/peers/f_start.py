"""F. From the start of a process to the first gradient of a tiny model, f32: y = sum((tanh(x W) v)^2), x 4 x 2, W 2 x 2,
v 2 x 1, all ones. The whole process is timed from outside, so a Python peer's time has the start of Python in it.
The result compared is the sum of the gradient by W and that by v.
"""

import json
import sys

import numpy as np

from common import Row, Workload, load, save


def data(folder):
    ones = lambda *shape: np.ones(shape, np.float32)
    save(folder, x=ones(4, 2), W=ones(2, 2), v=ones(2, 1))


def casadi_gradient(x, W, v):
    import casadi as ca

    w, u = ca.SX.sym("W", 2, 2), ca.SX.sym("v", 2, 1)
    y = ca.sumsqr(ca.mtimes(ca.tanh(ca.mtimes(ca.DM(x), w)), u))
    f = ca.Function("gradient", [w, u], [ca.gradient(y, w), ca.gradient(y, u)])
    return [np.array(g) for g in f(W, v)]


def jax_gradient(x, W, v):
    import jax
    import jax.numpy as jnp

    f = jax.jit(jax.grad(lambda p, x: jnp.sum((jnp.tanh(x @ p[0]) @ p[1]) ** 2)))
    return f((W, v), x)


PEERS = {"casadi": casadi_gradient, "jax": jax_gradient}
WORKLOADS = [
    Workload(
        "F",
        "process start to first gradient of a tiny model",
        list(PEERS),
        [Row("process_ms", 4, 125)],
        data,
        rtol=1e-5,
        blocks=10,
        from_start=True,
    )
]

if __name__ == "__main__":
    from pathlib import Path

    gradient = PEERS[sys.argv[2]](*load(Path(sys.argv[sys.argv.index("--data") + 1]) / "F", "x", "W", "v"))
    print(json.dumps({"check": [float(np.sum(g)) for g in gradient]}))

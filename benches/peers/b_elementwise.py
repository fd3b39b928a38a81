"""B. A fused elementwise sum, f32: y = sum(tanh(1.1 x + 0.2) sigmoid(x) + exp(-x^2)) and its gradient by x.

The results compared are y, the sum of the gradient and of its absolute values, and its first eight elements. The C peer
calls glibc's vector functions, which promise 4 units in the last place; it is compiled with -O3 and no -ffast-math. Sums of 10^7 numbers in f32 differ with
their order in the fourth digit, so the tolerance there is 10^-3.
"""

import numpy as np

from common import Measure, Row, Session, Workload, has, load, save, serve

SIZES = {"B-1e6": 1_000_000, "B-1e7": 10_000_000}
SLOPE, OFFSET = 1.1, 0.2


def data(name):
    return lambda folder: save(folder, x=np.random.default_rng(0).standard_normal(SIZES[name], dtype=np.float32))


def check(y, gradient):
    g = np.asarray(gradient)
    return [float(y), g.sum(dtype=np.float64), np.abs(g).sum(dtype=np.float64), *g[:8]]


def jax_session(name, folder, threads):
    import jax
    import jax.numpy as jnp

    f = lambda x: jnp.sum(jnp.tanh(x * SLOPE + OFFSET) * jax.nn.sigmoid(x) + jnp.exp(-x * x))
    value, both = jax.jit(f), jax.jit(jax.value_and_grad(f))
    x = jnp.asarray(*load(folder, "x"))
    measures = [
        Measure("value_us", lambda: value(x).block_until_ready()),
        Measure("gradient_us", lambda: jax.block_until_ready(both(x))),
    ]
    return Session(check(*both(x)), measures)


def torch_session(name, folder, threads):
    import torch

    torch.set_num_threads(threads)
    formula = lambda x: torch.sum(torch.tanh(x * SLOPE + OFFSET) * torch.sigmoid(x) + torch.exp(-x * x))
    f = torch.compile(formula, dynamic=False)
    x = torch.from_numpy(*load(folder, "x"))
    variable = x.clone().requires_grad_()

    def value():
        with torch.no_grad():
            return f(x)

    def both():
        y = f(variable)
        return y, torch.autograd.grad(y, variable)[0]

    y, gradient = both()
    measures = [Measure("value_us", value), Measure("gradient_us", both)]
    return Session(check(y.item(), gradient), measures)


PEERS = {"jax": jax_session, "torch-compile": torch_session}


def workload(name, title, rows):
    peers = ["jax", "c-loop"] + ["torch-compile"] * has("torch")
    programs = {"c-loop": ["{bin}/elementwise"]}
    rtol = 1e-3 if name == "B-1e7" else 1e-4
    return Workload(name, title, peers, rows, data(name), rtol=rtol, atol=2e-6, programs=programs)


WORKLOADS = [
    workload("B-1e6", "10^6 elements", [Row("value_us", 1050, 1526), Row("gradient_us", 1200, 1576)]),
    workload("B-1e7", "10^7 elements", [Row("gradient_us", 13_000, 17_000)]),
]

if __name__ == "__main__":
    serve(PEERS)

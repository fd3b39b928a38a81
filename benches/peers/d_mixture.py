"""D. ADBench's Gaussian mixture (1000 points, 10 dimensions, 25 components) with its Wishart prior, f64, one core: the
objective, and the objective with its gradient by the weights, the means and the inverse covariance factors.

A row of `icf` has the logarithms of a lower triangle's diagonal, then what is below it, column by column. The results
compared are the objective and, for each of the three, the sums of the gradient and of its absolute values.
"""

import math

import numpy as np

from common import Measure, Row, Session, Workload, has, load, save, serve

POINTS, DIMENSIONS, COMPONENTS = 1000, 10, 25
GAMMA, FREEDOM = 1.0, 0  # of the prior: its scale, and the degrees of freedom beyond the dimension plus one
BELOW = [(row, column) for column in range(DIMENSIONS) for row in range(column + 1, DIMENSIONS)]
ROWS, COLUMNS = (np.array(axis) for axis in zip(*BELOW))


def data(folder):
    draw = np.random.default_rng(0)
    normal = lambda *shape: draw.standard_normal(shape)
    factors = 0.3 * normal(COMPONENTS, DIMENSIONS + len(BELOW))
    save(folder, alphas=normal(COMPONENTS), means=normal(COMPONENTS, DIMENSIONS), icf=factors, x=normal(POINTS, DIMENSIONS))


def constant():
    """What the objective has that depends on no variable."""
    n = DIMENSIONS + FREEDOM + 1
    log_gamma = DIMENSIONS * (DIMENSIONS - 1) / 4 * math.log(math.pi)
    log_gamma += sum(math.lgamma(0.5 * (n - i)) for i in range(DIMENSIONS))
    prior = n * DIMENSIONS * (math.log(GAMMA) - 0.5 * math.log(2)) - log_gamma
    return -0.5 * POINTS * DIMENSIONS * math.log(2 * math.pi) - COMPONENTS * prior


def objective(m, logsumexp, triangle, alphas, means, icf, x):
    logs, below = icf[:, :DIMENSIONS], icf[:, DIMENSIONS:]
    trace = logs.sum(1)
    factors = triangle(m.exp(logs), below)
    scaled = m.einsum("kij,nkj->nki", factors, x[:, None, :] - means[None])
    likelihood = logsumexp(alphas + trace - 0.5 * (scaled * scaled).sum(2), 1).sum()
    squares = (m.exp(logs) ** 2).sum() + (below * below).sum()
    prior = 0.5 * GAMMA**2 * squares - FREEDOM * trace.sum()
    return likelihood - POINTS * logsumexp(alphas, 0) + prior + constant()


def check(value, gradient):
    gradient = [np.asarray(g) for g in gradient]
    return [float(value)] + [sum for g in gradient for sum in (g.sum(), np.abs(g).sum())]


def jax_session(name, folder, threads):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    diagonal = np.arange(DIMENSIONS)

    def triangle(on, below):
        zeros = jnp.zeros((COMPONENTS, DIMENSIONS, DIMENSIONS))
        return zeros.at[:, diagonal, diagonal].set(on).at[:, ROWS, COLUMNS].set(below)

    logsumexp = lambda a, axis: jax.scipy.special.logsumexp(a, axis=axis)
    f = lambda *inputs: objective(jnp, logsumexp, triangle, *inputs)
    inputs = [jnp.asarray(a) for a in load(folder, "alphas", "means", "icf", "x")]
    value, both = jax.jit(f), jax.jit(jax.value_and_grad(f, argnums=(0, 1, 2)))
    measures = [
        Measure("objective_us", lambda: value(*inputs).block_until_ready()),
        Measure("gradient_us", lambda: jax.block_until_ready(both(*inputs))),
    ]
    return Session(check(*both(*inputs)), measures)


def torch_session(name, folder, threads):
    import torch

    torch.set_num_threads(threads)
    rows, columns, diagonal = torch.from_numpy(ROWS), torch.from_numpy(COLUMNS), torch.arange(DIMENSIONS)

    def triangle(on, below):
        factors = torch.zeros(COMPONENTS, DIMENSIONS, DIMENSIONS, dtype=torch.float64)
        factors[:, diagonal, diagonal] = on
        factors[:, rows, columns] = below
        return factors

    inputs = [torch.from_numpy(a) for a in load(folder, "alphas", "means", "icf", "x")]
    variables = [a.clone().requires_grad_() for a in inputs[:3]]
    f = lambda *inputs: objective(torch, torch.logsumexp, triangle, *inputs)

    def value():
        with torch.no_grad():
            return f(*inputs)

    def both():
        y = f(*variables, inputs[3])
        return y, torch.autograd.grad(y, variables)

    y, gradient = both()
    return Session(check(y.item(), gradient), [Measure("objective_us", value), Measure("gradient_us", both)])


PEERS = {"jax": jax_session, "torch-eager": torch_session}

WORKLOADS = [
    Workload(
        "D",
        "Gaussian mixture, 1000 points, 10 dimensions, 25 components",
        ["jax"] + ["torch-eager"] * has("torch"),
        [Row("gradient_us", 450, 1832), Row("gradient_us / objective_us", 3.0, None, against="jax")],
        data,
        rtol=1e-9,
        atol=1e-9,  # the gradient by the weights has the sum 0
    )
]

if __name__ == "__main__":
    serve(PEERS)

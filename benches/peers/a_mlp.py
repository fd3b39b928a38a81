"""A. One training step of a multi-layer perceptron, f32: forward, loss, backward and gradient descent with rate 0.01.

Weights are stored [in, out]. A1 has tanh, a logit and binary cross-entropy; the others a class and softmax cross-entropy.
The results compared are the losses of the first and the tenth step and, after ten steps, the sum of squares of each
parameter.
"""

import numpy as np

from common import Measure, Row, Session, Workload, has, load, save, serve

SIZES = {  # layer sizes, batch, activation
    "A1": ([2, 2, 1], 4, "tanh"),
    "A2": ([64, 64, 10], 32, "relu"),
    "A3": ([784, 128, 10], 64, "relu"),
    "A4": ([784, 512, 512, 10], 128, "relu"),
    "A5": ([1024, 2048, 2048, 1024], 256, "tanh"),
}
RATE = 0.01
SCANNED = 50
CHECKED = 10


def data(name):
    def write(folder):
        sizes, batch, activation = SIZES[name]
        draw = np.random.default_rng(0)
        if name == "A1":
            x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
            y = np.array([[0], [1], [1], [0]], np.float32)
        else:
            x = draw.standard_normal((batch, sizes[0]), dtype=np.float32)
            y = draw.integers(0, sizes[-1], batch)
        gain = 2.0 if activation == "relu" else 1.0
        save(folder, x=x, y=y)
        for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:]), 1):
            w = draw.standard_normal((inputs, outputs)) * np.sqrt(gain / inputs)
            save(folder, **{f"W{i}": w.astype(np.float32), f"b{i}": np.zeros(outputs, np.float32)})

    return write


def problem(name, folder):
    layers = range(1, len(SIZES[name][0]))
    x, y, *params = load(folder, "x", "y", *(f"{p}{i}" for i in layers for p in "Wb"))
    return x, y, params


def jax_step(name):
    import jax
    import jax.numpy as jnp

    act = jax.nn.relu if SIZES[name][2] == "relu" else jnp.tanh

    def loss(params, x, y):
        h = x
        for i in range(0, len(params), 2):
            h = h @ params[i] + params[i + 1]
            h = act(h) if i + 2 < len(params) else h
        if name == "A1":
            return jnp.mean(jnp.logaddexp(h, 0.0) - h * y)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], 1))

    def step(params, x, y):
        value, gradient = jax.value_and_grad(loss)(params, x, y)
        return [p - RATE * g for p, g in zip(params, gradient)], value

    return step


def jax_session(name, folder, scanned):
    import jax
    import jax.numpy as jnp

    x, y, params = problem(name, folder)
    x, y, step = jnp.asarray(x), jnp.asarray(y), jax_step(name)
    fresh = lambda: [jnp.array(p) for p in params]
    if scanned:
        def steps(count):
            body = lambda p, x, y: jax.lax.scan(lambda c, _: step(c, x, y), p, None, length=count)
            return jax.jit(body, donate_argnums=0)

        after, losses = steps(CHECKED)(fresh(), x, y)
        many, per = steps(SCANNED), SCANNED
    else:
        many, per = jax.jit(step, donate_argnums=0), 1
        after, losses = fresh(), []
        for _ in range(CHECKED):
            after, value = many(after, x, y)
            losses.append(value)
    check = [losses[0], losses[-1]] + [np.square(np.asarray(p, np.float64)).sum() for p in after]
    state = [fresh()]

    def call():
        state[0], value = many(state[0], x, y)
        jax.block_until_ready((state[0], value))

    call()
    return Session(check, [Measure("step_us", call, per)])


def torch_session(name, folder, threads):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    x, y, params = problem(name, folder)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    params = [torch.from_numpy(p).requires_grad_() for p in params]
    act = torch.relu if SIZES[name][2] == "relu" else torch.tanh
    loss_of = F.binary_cross_entropy_with_logits if name == "A1" else F.cross_entropy

    def step():
        h = x
        for i in range(0, len(params), 2):
            h = torch.addmm(params[i + 1], h, params[i])
            h = act(h) if i + 2 < len(params) else h
        loss = loss_of(h, y)
        gradient = torch.autograd.grad(loss, params)
        with torch.no_grad():
            torch._foreach_add_(params, gradient, alpha=-RATE)
        return loss

    losses = [step().item() for _ in range(CHECKED)]
    check = [losses[0], losses[-1]] + [p.detach().double().square().sum() for p in params]
    return Session(check, [Measure("step_us", step)])


PEERS = {
    "jax-scan": lambda name, folder, threads: jax_session(name, folder, True),
    "jax-jit": lambda name, folder, threads: jax_session(name, folder, False),
    "torch-eager": torch_session,
}


def workload(name, title, rows):
    rows = [Row("step_us", target, before, threads) for threads, target, before in rows]
    if name == "A5":
        rows.append(Row("peak_mb", None, None, title="greatest resident size"))
    threads = tuple(dict.fromkeys(r.threads for r in rows))
    peers = [p for p in PEERS if p != "torch-eager" or has("torch")]
    return Workload(name, title, peers, rows, data(name), rtol=1e-3 if name == "A5" else 2e-4, atol=1e-9, threads=threads)


WORKLOADS = [
    workload("A1", "XOR, 2-2-1, batch 4", [(1, 0.12, 0.52)]),
    workload("A2", "64-64-10, batch 32", [(1, 9, 17)]),
    workload("A3", "784-128-10, batch 64", [(1, 240, 320), (2, 140, 250)]),
    workload("A4", "784-512-512-10, batch 128", [(1, 4100, 4940), (2, 2050, 3230)]),
    workload("A5", "1024-2048-2048-1024, batch 256", [(1, 117_000, 131_000), (2, 61_000, 72_000)]),
]

if __name__ == "__main__":
    serve(PEERS)

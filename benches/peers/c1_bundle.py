"""C1. The residual of bundle adjustment (15 variables, 3 residuals) with its whole 3 x 15 Jacobian, f64, 10,000 of them.

Variables: rotation vector, centre, focal length, principal point, two radial coefficients, point, weight. Times are a
residual. The results compared are the sums of the residuals and of the Jacobians, the sums of their absolute values, and
the first Jacobian's first two rows. Every peer has the layout that is natural to it: CasADi and num-dual one residual
after another; JAX and ours batches of vectors.
"""

import subprocess

import numpy as np

from common import Measure, Row, Session, Workload, load, save, serve, timed

COUNT, VARIABLES, RESIDUALS = 10_000, 15, 3


def data(folder):
    draw = np.random.default_rng(0)
    normal = lambda width: draw.standard_normal((COUNT, width))
    camera = [0.1 * normal(3), 0.1 * normal(3), 500 + normal(1), normal(2), 0.01 * normal(2)]
    point, weight, feature = normal(3) + [0, 0, 8], normal(1), normal(2)
    save(folder, variables=np.concatenate([*camera, point, weight], 1), features=feature)


def residual(m, p, feature, dot, cross):
    """The three residuals by a module of functions `m`; Rodrigues' formula turns the point."""
    r, centre, focal, principal, radial, point, w = p[0:3], p[3:6], p[6], p[7:9], p[9:11], p[11:14], p[14]
    seen = point - centre
    angle = m.sqrt(dot(r, r))
    sine, cosine, axis = m.sin(angle), m.cos(angle), r / angle
    turned = seen * cosine + cross(axis, seen) * sine + axis * (dot(axis, seen) * (1 - cosine))
    u, v = turned[0] / turned[2], turned[1] / turned[2]
    q = u * u + v * v
    distortion = 1 + radial[0] * q + radial[1] * q * q
    error = lambda flat, i: w * (flat * distortion * focal + principal[i] - feature[i])
    return error(u, 0), error(v, 1), 1 - w * w


def check(residuals, jacobian):
    """Of residuals [n, 3] and Jacobians [n, 3, 15]."""
    sums = [residuals.sum(), np.abs(residuals).sum(), jacobian.sum(), np.abs(jacobian).sum()]
    return [*sums, *jacobian[0, 0], *jacobian[0, 1]]


def casadi_session(compiled):
    def session(name, folder, threads):
        import casadi as ca

        p, feature = ca.SX.sym("p", VARIABLES), ca.SX.sym("feature", 2)
        e = ca.vertcat(*residual(ca, p, feature, ca.dot, ca.cross))
        f = ca.Function("f", [p, feature], [e, ca.densify(ca.jacobian(e, p))], {"cse": True})
        once = {}
        if compiled:
            library, seconds = timed(lambda: compile_c(f, folder))
            f, once = ca.external("f", library), {"compile_ms": seconds * 1e3}
        variables, features = load(folder, "variables", "features")
        residuals, columns = np.zeros((COUNT, RESIDUALS)), np.zeros((COUNT, VARIABLES, RESIDUALS))
        buffer, call = f.map(COUNT).buffer()
        buffer.set_arg(0, memoryview(variables))
        buffer.set_arg(1, memoryview(features))
        buffer.set_res(0, memoryview(residuals))
        buffer.set_res(1, memoryview(columns))
        call()
        found = check(residuals, columns.transpose(0, 2, 1))
        keep = (buffer, variables, features, residuals, columns)
        return Session(found, [Measure("residual_ns", lambda: (call(), keep), COUNT)], once)

    return session


def compile_c(f, folder):
    """The path of a library with CasADi's C for a function, at the options that CasADi's manual uses and -march."""
    import casadi as ca

    generator = ca.CodeGenerator("f.c")
    generator.add(f)
    generator.generate(f"{folder}/")
    source, library = folder / "f.c", folder / "f.so"
    subprocess.check_call(["gcc", "-O3", "-march=native", "-fPIC", "-shared", str(source), "-o", str(library), "-lm"])
    return str(library)


def jax_session(name, folder, threads):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    one = lambda p, feature: jnp.stack(residual(jnp, p, feature, jnp.dot, jnp.cross))
    f = jax.jit(jax.vmap(lambda p, feature: (one(p, feature), jax.jacrev(one)(p, feature))))
    arrays = [jnp.asarray(a) for a in load(folder, "variables", "features")]
    found = check(*map(np.asarray, f(*arrays)))
    return Session(found, [Measure("residual_ns", lambda: jax.block_until_ready(f(*arrays)), COUNT)])


PEERS = {"casadi-c": casadi_session(True), "casadi-vm": casadi_session(False), "jax-jacrev": jax_session}

ROWS = [
    Row("residual_ns", 30, 169),
    Row("residual_ns", 50, 169, ours="residual_exact_ns", title="residual, exact mode"),
]
WORKLOADS = [
    Workload(
        "C1",
        "bundle adjustment, residual and Jacobian, batch of 10,000",
        [*PEERS, "num-dual"],
        ROWS,
        data,
        rtol=1e-9,
        atol=1e-9,
        programs={"num-dual": ["{bin}/num-dual"]},
    )
]

if __name__ == "__main__":
    serve(PEERS)

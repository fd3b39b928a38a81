"""C2. A random graph of scalars, f64: the mean of its sinks and the gradient by its 100 inputs.

Nodes 0 to 99 are the inputs, node 100 + i is row i of `tape`: operation, operands a and b. The operations are a + b, a * b,
sin a, exp a and tanh a; a factor b and an exponent are always a sine or a tanh, so that nothing overflows. In the wide
graphs half of the operands are near and half are anywhere before; in the deep one all are very near but for some second
ones, which are inputs or nodes just behind them, and the depth is about half of the nodes. Sinks are the nodes that no
other uses. The results compared are the value, the sum of the gradient and of its absolute values, and its first eight
elements.

CasADi is measured twice, as it runs by itself (casadi-vm) and as C with gcc -O3 (casadi-c). Its times to build and to
differentiate have Python calls in them, one for each node, as its users have them too. At 10^4 nodes the least of three times counts, gcc's apart.
"""

import subprocess

import numpy as np

from common import Measure, Row, Session, Workload, load, save, serve, timed

INPUTS = 100
ADD, MUL, SIN, EXP, TANH = range(5)
SHARES = [0.3, 0.3, 0.15, 0.1, 0.15]
SIZES = {"C2-1e4": (10_000, "wide"), "C2-1e6": (1_000_000, "wide"), "C2-deep": (10_000, "deep")}
NEAR = {"wide": 32, "deep": 3}
FAR = {"wide": [0.5, 0.5], "deep": [0, 0.1]}  # the shares of first and of second operands that are not near


def tape(count, kind):
    draw = np.random.default_rng(0)
    far, near, place = draw.random((count, 2)) < FAR[kind], draw.random((count, 2)), draw.random((count, 2))
    operations = draw.choice(len(SHARES), count, p=SHARES).tolist()
    rows, bounded = np.zeros((count, 3), np.int32), []

    def position(i, operand, length):
        """In a list of this length: near its end, or far, which is anywhere in a wide graph and the beginning in a deep one."""
        if far[i, operand]:
            return int(place[i, operand] * (length if kind == "wide" else min(length, INPUTS)))
        return length - 1 - int(near[i, operand] * min(length, NEAR[kind]))

    for i, operation in enumerate(operations):
        node = INPUTS + i
        if operation in (MUL, EXP) and not bounded:
            operation = SIN
        a = position(i, 0, node) if operation != EXP else bounded[position(i, 0, len(bounded))]
        b = a
        if operation == ADD:
            b = position(i, 1, node)
        elif operation == MUL:
            b = bounded[position(i, 1, len(bounded))]
        rows[i] = operation, a, b
        if operation in (SIN, TANH):
            bounded.append(node)
    return rows


def data(name):
    def write(folder):
        save(folder, tape=tape(*SIZES[name]), x=np.random.default_rng(1).standard_normal(INPUTS))

    return write


def sinks(rows):
    used = np.zeros(INPUTS + len(rows), bool)
    used[rows[:, 1]] = True
    used[rows[rows[:, 0] <= MUL, 2]] = True
    return [int(node) for node in np.flatnonzero(~used) if node >= INPUTS]


def mean_of_sinks(rows, inputs, m):
    """The output by a module of functions `m`."""
    nodes = list(inputs)
    for operation, a, b in rows.tolist():
        if operation == ADD:
            node = nodes[a] + nodes[b]
        elif operation == MUL:
            node = nodes[a] * nodes[b]
        else:
            node = {SIN: m.sin, EXP: m.exp, TANH: m.tanh}[operation](nodes[a])
        nodes.append(node)
    last = [nodes[i] for i in sinks(rows)]
    total = last[0]
    for node in last[1:]:
        total = total + node
    return total / len(last)


def check(value, gradient):
    return [value, gradient.sum(), np.abs(gradient).sum(), *gradient[:8]]


def casadi_session(compiled):
    def session(name, folder, threads):
        import casadi as ca

        rows, start = load(folder, "tape", "x")
        x = ca.SX.sym("x", INPUTS)
        times = 3 if len(rows) <= 10_000 else 1
        y, build = timed(lambda: mean_of_sinks(rows, [x[i] for i in range(INPUTS)], ca), times)
        slope, differentiate = timed(lambda: ca.gradient(y, x), times)
        make = lambda: (ca.Function("value", [x], [y]), ca.Function("both", [x], [y, slope]))
        (value, both), seconds = timed(make, times)
        once = {"build_ms": build * 1e3, "differentiate_ms": differentiate * 1e3}
        if compiled:
            library, more = timed(lambda: compile_c([value, both], folder))
            seconds += more
            value, both = ca.external("value", library), ca.external("both", library)
        once["compile_ms"] = seconds * 1e3
        (run_value, _, _), (run_both, result, gradient) = bound(value, start), bound(both, start)
        run_both()
        found = check(result[0], gradient)
        measures = [Measure("value_us", run_value), Measure("gradient_us", run_both)]
        return Session(found, measures, once)

    return session


def bound(f, start):
    """A function with its buffers: a call without arguments, and where its results are."""
    buffer, run = f.buffer()
    arrays = [start.copy(), np.zeros(1), np.zeros(INPUTS)]
    buffer.set_arg(0, memoryview(arrays[0]))
    for i in range(f.n_out()):
        buffer.set_res(i, memoryview(arrays[1 + i]))
    return lambda: (run(), buffer), arrays[1], arrays[2]


def compile_c(functions, folder):
    import casadi as ca

    generator = ca.CodeGenerator("graph.c")
    for f in functions:
        generator.add(f)
    generator.generate(f"{folder}/")
    source, library = folder / "graph.c", folder / "graph.so"
    subprocess.check_call(["gcc", "-O3", "-march=native", "-fPIC", "-shared", str(source), "-o", str(library), "-lm"])
    return str(library)


PEERS = {"casadi-vm": casadi_session(False), "casadi-c": casadi_session(True)}


def workload(name, title, peers, rows, rtol):
    programs = {"c-tape": ["{bin}/tape"]}
    return Workload(name, title, [*peers, "c-tape"], rows, data(name), rtol=rtol, atol=1e-12, programs=programs)


WORKLOADS = [
    workload(
        "C2-1e4",
        "random graph of 10^4 scalars",
        PEERS,
        [Row("compile_ms", 10, 12), Row("gradient_us", 28, 70)],
        1e-9,
    ),
    workload(
        "C2-deep",
        "deep, narrow graph of 10^4 scalars",
        PEERS,
        [Row("compile_ms", 200, None), Row("gradient_us", None, None, ratio=0.5, against="casadi-c")],
        1e-9,
    ),
    workload(
        "C2-1e6",
        "random graph of 10^6 scalars",
        ["casadi-vm"],
        [
            Row("build_ms", 400, 34_700),
            Row("differentiate_ms", 500, 2700),
            Row("compile_ms", 1000, 3600),
            Row("gradient_us", 14_000, 53_000),
            Row("peak_mb", 600, 650, title="greatest resident size", against="casadi-vm"),
        ],
        1e-7,
    ),
]

if __name__ == "__main__":
    serve(PEERS)

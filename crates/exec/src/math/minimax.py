"""Minimax coefficients for the elementary functions (the exchange algorithm of Remez, in mpmath).

    python3 minimax.py [NAME...]

Each line of TABLE asks for p(t) = c0 + c1*t + ... with the least maximum of |weight(x) * (value(x) - p(x**step))| over an
interval. Prints the coefficients, rounded to 24 or 53 bits, and the logarithm to base 2 of the maximum that they reach.
"""

import sys
from mpmath import asin, atan, atanh, cbrt, cos, cosh, erf, erfc, expm1, frexp, ldexp, log, log1p
from mpmath import lu_solve, matrix, mp, mpf, nint, pi, sin, sinh, tan, tanh

mp.prec = 200


def rounded(c, bits):
    if c == 0:
        return c
    m, e = frexp(c)
    return ldexp(nint(ldexp(m, bits)), e - bits)


def exchange(value, weight, basis):
    """The best coefficients for tabulated points, and the error's maximum."""
    n = len(basis[0])
    m = len(value)
    ref = [int(nint((m - 1) * (1 - cos(pi * i / n)) / 2)) for i in range(n + 1)]
    for _ in range(30):
        a = matrix(n + 1, n + 1)
        b = matrix(n + 1, 1)
        for row, i in enumerate(ref):
            for j in range(n):
                a[row, j] = basis[i][j] * weight[i]
            a[row, n] = (-1) ** row
            b[row] = value[i] * weight[i]
        c = lu_solve(a, b)
        errors = [weight[i] * (value[i] - sum(c[j] * basis[i][j] for j in range(n))) for i in range(m)]
        peaks = [0]
        for i in range(1, m):
            if (errors[i] > 0) == (errors[peaks[-1]] > 0):
                if abs(errors[i]) > abs(errors[peaks[-1]]):
                    peaks[-1] = i
            else:
                peaks.append(i)
        while len(peaks) > n + 1:
            peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
        if len(peaks) < n + 1 or peaks == ref:
            break
        ref = peaks
    return [c[j] for j in range(n)], max(abs(e) for e in errors)


def fit(value, weight, lo, hi, n, step=1, bits=53):
    m = 60 * n
    points = [lo + (hi - lo) * (1 - cos(pi * (i + mpf(1) / 2) / m)) / 2 for i in range(m)]
    values, weights = [value(x) for x in points], [abs(weight(x)) for x in points]
    c, _ = exchange(values, weights, [[x ** (step * i) for i in range(n)] for x in points])
    c = [rounded(x, bits) for x in c]
    return c, max(w * abs(v - sum(a * x ** (step * i) for i, a in enumerate(c))) for x, v, w in zip(points, values, weights))


half = log(2) / 2 * mpf("1.0001")
right = pi / 2 * mpf("1.004")
octant = pi / 4 * mpf("1.01")
TABLE = {
    # exp(r) = 1 + r + r^2 p(r)
    "EXP": (lambda r: (expm1(r) - r) / r**2, lambda r: abs(r**2 / expm1(r)), log(mpf("0.7499")), log(mpf("1.5001")), 1, {24: 5, 53: 10}),
    # 2^f = 1 + f p(f)
    "EXP2": (lambda f: expm1(f * log(2)) / f, lambda f: abs(f) / 2**f, mpf(-0.5), mpf(0.5), 1, {24: 6, 53: 11}),
    # log(1 + f) = f - f^2/2 + f^3 p(f)
    "LOG": (lambda f: (log1p(f) - f + f * f / 2) / f**3, lambda f: f**3 / log1p(f), mpf(-0.25), mpf(0.5), 1, {24: 8}),
    # log((1 + s) / (1 - s)) = 2 s + s^3 p(s^2)
    "ATANH": (lambda s: (2 * atanh(s) - 2 * s) / s**3, lambda s: s**3 / atanh(s) / 2, mpf("1e-9"), mpf("0.2"), 2, {53: 7}),
    # sin(r) = r + r^3 p(r^2)
    "SIN": (lambda r: (sin(r) - r) / r**3, lambda r: r**3 / sin(r), mpf("1e-9"), right, 2, {24: 4, 53: 8}),
    # tan(r) = r + r^3 p(r^2)
    "TAN": (lambda r: (tan(r) - r) / r**3, lambda r: r**3 / tan(r), mpf("1e-9"), octant, 2, {24: 7, 53: 15}),
    # sinh(r) = r + r^3 p(r^2), cosh(r) = 1 + r^2/2 + r^4 p(r^2)
    "SINH": (lambda r: (sinh(r) - r) / r**3, lambda r: r**3 / sinh(r), mpf("1e-9"), half, 2, {24: 2, 53: 5}),
    "COSH": (lambda r: (cosh(r) - 1 - r * r / 2) / r**4, lambda r: r**4 / cosh(r), mpf("1e-9"), half, 2, {24: 2, 53: 5}),
    # tanh(r) = r + r^3 p(r^2)
    "TANH": (lambda r: (tanh(r) - r) / r**3, lambda r: r**3 / tanh(r), mpf("1e-9"), mpf("0.2601"), 2, {24: 3, 53: 7}),
    # arcsin(y) = y + y^3 p(y^2)
    "ASIN": (lambda y: (asin(y) - y) / y**3, lambda y: y**3 / asin(y), mpf("1e-9"), mpf("0.5"), 2, {24: 5, 53: 12}),
    # arctan(y) = y + y^3 p(y^2)
    "ATAN": (lambda y: (atan(y) - y) / y**3, lambda y: y**3 / atan(y), mpf("1e-9"), mpf("0.5"), 2, {24: 5, 53: 12}),
    # erf(x) = x + x p(x^2)
    "ERF": (lambda x: erf(x) / x - 1, lambda x: x / erf(x), mpf("1e-9"), mpf(1), 2, {24: 7}),
    # log2(1 - erf(x)) = p(x)
    "LOG_ERFC": (lambda x: log(erfc(x), 2), lambda x: erfc(x) * log(2) / erf(x), mpf(1), mpf(4), 1, {24: 7}),
    # m^(-1/3) = p(m)
    "CBRT": (lambda m: 1 / cbrt(m), lambda m: cbrt(m), mpf("0.75"), mpf("1.5"), 1, {24: 5, 53: 5}),
}

if __name__ == "__main__":
    for name, (value, weight, lo, hi, step, sizes) in TABLE.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        for bits, n in sizes.items():
            c, error = fit(value, weight, lo, hi, n, step, bits)
            print(f"{name} {bits} bits: 2^{float(log(error, 2)):.2f}", flush=True)
            print("    " + ", ".join(mp.nstr(x, 9) if bits == 24 else repr(float(x)) for x in c))

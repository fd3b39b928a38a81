/* C2 by hand: a plain tape, one switch for each node, forward value and reverse gradient, f64, one core.
 *
 * gcc -O3 -march=native tape.c -lm
 */
#include "pace.h"
#include <math.h>

enum { INPUTS = 100, ADD = 0, MUL, SIN, EXP, TANH };

typedef struct {
    int op, a, b;
} Node;

static Node *tape;
static size_t nodes;
static double *start, *values, *adjoints, *seeds, mean;
static int *sinks, sink_count;

static void value(void) {
    memcpy(values, start, INPUTS * sizeof *values);
    for (size_t i = 0; i < nodes; i++) {
        double a = values[tape[i].a], b = values[tape[i].b], result;
        switch (tape[i].op) {
        case ADD: result = a + b; break;
        case MUL: result = a * b; break;
        case SIN: result = sin(a); break;
        case EXP: result = exp(a); break;
        default: result = tanh(a);
        }
        values[INPUTS + i] = result;
    }
    mean = 0;
    for (int i = 0; i < sink_count; i++) mean += values[sinks[i]];
    mean /= sink_count;
}

static void gradient(void) {
    value();
    memcpy(adjoints, seeds, (INPUTS + nodes) * sizeof *adjoints);
    for (size_t i = nodes; i-- > 0;) {
        Node n = tape[i];
        double bar = adjoints[INPUTS + i], result = values[INPUTS + i];
        switch (n.op) {
        case ADD: adjoints[n.a] += bar, adjoints[n.b] += bar; break;
        case MUL: {
            double by_a = bar * values[n.b], by_b = bar * values[n.a];
            adjoints[n.a] += by_a, adjoints[n.b] += by_b;
            break;
        }
        case SIN: adjoints[n.a] += bar * cos(values[n.a]); break;
        case EXP: adjoints[n.a] += bar * result; break;
        default: adjoints[n.a] += bar * (1 - result * result);
        }
    }
}

/* The output is the mean of the nodes that no other node uses. */
static void find_sinks(void) {
    char *used = calloc(INPUTS + nodes, 1);
    for (size_t i = 0; i < nodes; i++) {
        used[tape[i].a] = 1;
        if (tape[i].op <= MUL) used[tape[i].b] = 1;
    }
    sinks = malloc(nodes * sizeof *sinks);
    for (size_t i = INPUTS; i < INPUTS + nodes; i++)
        if (!used[i]) sinks[sink_count++] = i;
    for (int i = 0; i < sink_count; i++) seeds[sinks[i]] = 1.0 / sink_count;
    free(used);
}

int main(int words, char **word) {
    Arguments a = arguments(words, word);
    size_t numbers, inputs;
    tape = read_npy(a, "tape", sizeof(int), &numbers);
    start = read_npy(a, "x", sizeof(double), &inputs);
    if (inputs != INPUTS) fail("another number of inputs than 100", a.workload);
    nodes = numbers / 3;
    values = calloc(INPUTS + nodes, sizeof *values);
    adjoints = calloc(INPUTS + nodes, sizeof *adjoints);
    seeds = calloc(INPUTS + nodes, sizeof *seeds);
    find_sinks();
    gradient();
    double check[4 + INPUTS] = {mean};
    for (int i = 0; i < INPUTS; i++) check[1] += adjoints[i], check[2] += fabs(adjoints[i]);
    memcpy(check + 3, adjoints, 8 * sizeof *check);
    Measure measures[] = {{"value_us", 1e6, value}, {"gradient_us", 1e6, gradient}};
    serve(a, "c-tape", measures, 2, check, 11);
}

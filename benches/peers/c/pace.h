/* What the C peers share: arrays from .npy files, and blocks of samples paced by standard input, as common.py says.
 *
 * A C peer is called as PROGRAM WORKLOAD --data DIR --threads N --blocks K [--paced]. Arrays must be little-endian and
 * row-major, which NumPy writes on the machines that these programs run on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    const char *workload, *data;
    int blocks, paced;
} Arguments;

typedef struct {
    const char *metric;
    double scale; /* units in a second */
    void (*call)(void);
} Measure;

static void fail(const char *what, const char *about) {
    fprintf(stderr, "%s: %s\n", what, about);
    exit(2);
}

static Arguments arguments(int count, char **words) {
    if (count < 2) fail("usage", "PROGRAM WORKLOAD --data DIR [--threads 1] [--blocks K] [--paced]");
    Arguments a = {words[1], ".", 1, 0};
    for (int i = 2; i < count; i++) {
        if (!strcmp(words[i], "--paced")) a.paced = 1;
        else if (i + 1 == count) fail("no value for", words[i]);
        else if (!strcmp(words[i], "--data")) a.data = words[++i];
        else if (!strcmp(words[i], "--blocks")) a.blocks = atoi(words[++i]);
        else if (!strcmp(words[i], "--threads")) i++;
        else fail("unknown option", words[i]);
    }
    return a;
}

/* The elements of DATA/WORKLOAD/NAME.npy, which have `size` bytes each, and how many there are. */
static void *read_npy(Arguments a, const char *name, size_t size, size_t *count) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s.npy", a.data, a.workload, name);
    FILE *file = fopen(path, "rb");
    unsigned char start[10];
    if (!file || fread(start, 1, 10, file) != 10) fail("cannot read", path);
    long header = 10 + start[8] + 256 * start[9];
    fseek(file, 0, SEEK_END);
    size_t bytes = ftell(file) - header;
    fseek(file, header, SEEK_SET);
    void *elements = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!elements || fread(elements, 1, bytes, file) != bytes) fail("cannot read", path);
    fclose(file);
    *count = bytes / size;
    return elements;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void emit(Arguments a, const char *peer, const char *metric, int block, double *found, int n,
                 const double *check, int checks) {
    qsort(found, n, sizeof *found, by_size);
    double median = n % 2 ? found[n / 2] : 0.5 * (found[n / 2 - 1] + found[n / 2]);
    printf("{\"workload\": \"%s\", \"peer\": \"%s\", \"metric\": \"%s\", \"block\": %d, ", a.workload, peer, metric, block);
    printf("\"median\": %.9g, \"min\": %.9g, \"max\": %.9g, \"check\": [", median, found[0], found[n - 1]);
    for (int i = 0; i < checks; i++) printf("%s%.17g", i ? ", " : "", check[i]);
    printf("]}\n");
    fflush(stdout);
}

enum { MOST_SAMPLES = 4096 };

static void measure(Arguments a, const char *peer, Measure m, int block, const double *check, int checks) {
    static double found[MOST_SAMPLES];
    double start = now();
    m.call();
    int together = 1 + (int)(200e-6 / (now() - start)), n = 0;
    start = now();
    while (n == 0 || (n < MOST_SAMPLES && now() - start < 0.25)) {
        double t = now();
        for (int i = 0; i < together; i++) m.call();
        found[n++] = (now() - t) * m.scale / together;
    }
    emit(a, peer, m.metric, block, found, n, check, checks);
}

static void emit_peak(Arguments a, const char *peer, const double *check, int checks) {
    char line[256];
    double kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %lf", &kib) == 1) break;
    if (file) fclose(file);
    double mib = kib / 1024;
    emit(a, peer, "peak_mb", 0, &mib, 1, check, checks);
}

static void serve(Arguments a, const char *peer, const Measure *measures, int count, const double *check, int checks) {
    char line[64];
    for (int block = 0; block < a.blocks; block++) {
        if (a.paced) {
            puts("ready");
            fflush(stdout);
            if (!fgets(line, sizeof line, stdin)) break;
        }
        for (int i = 0; i < count; i++) measure(a, peer, measures[i], block, check, checks);
    }
    emit_peak(a, peer, check, checks);
}

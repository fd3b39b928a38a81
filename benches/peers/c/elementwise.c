/* B by hand: one loop with glibc's vector functions, f32, one core.
 *
 * gcc -O3 -march=native -mprefer-vector-width=512 -fno-math-errno -fopenmp-simd elementwise.c -lmvec -lm
 *
 * Not with -ffast-math: only the sum is allowed another order. The attribute tells gcc that libmvec has a vector form of
 * expf, which promises 4 units in the last place; tanh and sigmoid are written with it as a person after speed would.
 */
#include "pace.h"

__attribute__((simd("notinbranch"), const, nothrow)) float expf(float);

static const float *x;
static float *slope;
static size_t count;
static volatile float sum;

/* tanh(z) = 1 - 2 / (e^2z + 1), sigmoid(x) = 1 / (1 + e^-x). */
static void value(void) {
    float s = 0;
#pragma omp simd reduction(+ : s)
    for (size_t i = 0; i < count; i++) {
        float bell = expf(-x[i] * x[i]), gate = 1 / (1 + expf(-x[i]));
        float t = 1 - 2 / (expf(2 * (1.1f * x[i] + 0.2f)) + 1);
        s += t * gate + bell;
    }
    sum = s;
}

static void gradient(void) {
    float s = 0;
#pragma omp simd reduction(+ : s)
    for (size_t i = 0; i < count; i++) {
        float bell = expf(-x[i] * x[i]), gate = 1 / (1 + expf(-x[i]));
        float t = 1 - 2 / (expf(2 * (1.1f * x[i] + 0.2f)) + 1);
        s += t * gate + bell;
        slope[i] = 1.1f * (1 - t * t) * gate + t * gate * (1 - gate) - 2 * x[i] * bell;
    }
    sum = s;
}

int main(int words, char **word) {
    Arguments a = arguments(words, word);
    x = read_npy(a, "x", sizeof *x, &count);
    slope = aligned_alloc(64, (count * sizeof *slope + 63) / 64 * 64);
    gradient();
    double check[11] = {sum};
    for (size_t i = 0; i < count; i++) check[1] += slope[i], check[2] += slope[i] < 0 ? -slope[i] : slope[i];
    for (int i = 0; i < 8; i++) check[3 + i] = slope[i];
    Measure measures[] = {{"value_us", 1e6, value}, {"gradient_us", 1e6, gradient}};
    serve(a, "c-loop", measures, 2, check, 11);
}

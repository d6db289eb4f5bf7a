// Chooses the kernels that the processor can do, once.

#include "CNumerics.h"
#include <stdatomic.h>
#include <string.h>

typedef struct {
    const char *name;
    size_t (*cholesky)(double *a, size_t n, size_t stride);
    void (*solve_lower)(const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride);
    void (*solve_lower_transposed)(
        const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride);
    void (*inverse)(const double *l, size_t n, size_t stride, double *inverse, size_t inverseStride);
    void (*add_product_transposed)(
        double scale, const double *a, size_t n, size_t k, size_t aStride, const double *b, size_t m,
        size_t bStride, double *c, size_t cStride);
    double (*dot)(const double *x, const double *y, size_t n);
    void (*add_scaled)(double scale, const double *x, double *y, size_t n);
    void (*matern52)(
        cn_points points, size_t count, const double *other, double variance, double *covariances,
        double *slopes);
    void (*add_distance_sums)(
        cn_points points, size_t count, const double *other, const double *factors, double *sums);
    void (*displacement_sums)(
        cn_points points, size_t count, const double *other, const double *factors, double *gradient);
} kernel_set;

#define DECLARE(name, suffix, result, ...) result cn_##name##_##suffix(__VA_ARGS__);
#define KERNELS(suffix) \
    DECLARE(cholesky, suffix, size_t, \
            double *a, size_t n, size_t stride) \
    DECLARE(solve_lower, suffix, void, \
            const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) \
    DECLARE(solve_lower_transposed, suffix, void, \
            const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) \
    DECLARE(inverse, suffix, void, \
            const double *l, size_t n, size_t stride, double *inverse, size_t inverseStride) \
    DECLARE(add_product_transposed, suffix, void, \
            double scale, const double *a, size_t n, size_t k, size_t aStride, const double \
            *b, size_t m, size_t bStride, double *c, size_t cStride) \
    DECLARE(dot, suffix, double, \
            const double *x, const double *y, size_t n) \
    DECLARE(add_scaled, suffix, void, \
            double scale, const double *x, double *y, size_t n) \
    DECLARE(matern52, suffix, void, \
            cn_points points, size_t count, const double *other, double variance, double \
            *covariances, double *slopes) \
    DECLARE(add_distance_sums, suffix, void, \
            cn_points points, size_t count, const double *other, const double *factors, \
            double *sums) \
    DECLARE(displacement_sums, suffix, void, \
            cn_points points, size_t count, const double *other, const double *factors, \
            double *gradient) \
    static const kernel_set suffix##_set = { \
        #suffix, \
        cn_cholesky_##suffix, \
        cn_solve_lower_##suffix, \
        cn_solve_lower_transposed_##suffix, \
        cn_inverse_##suffix, \
        cn_add_product_transposed_##suffix, \
        cn_dot_##suffix, \
        cn_add_scaled_##suffix, \
        cn_matern52_##suffix, \
        cn_add_distance_sums_##suffix, \
        cn_displacement_sums_##suffix, \
    };

KERNELS(portable)
#if defined(__x86_64__)
KERNELS(avx2)
KERNELS(avx512)

static int has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512dq");
}
#endif

static _Atomic(const kernel_set *) chosen;

static const kernel_set *best(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (has_avx512()) return &avx512_set;
    if (has_avx2()) return &avx2_set;
#endif
    return &portable_set;
}

// Two threads that come first at the same time choose the same.
static const kernel_set *kernels(void) {
    const kernel_set *set = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (!set) {
        set = best();
        atomic_store_explicit(&chosen, set, memory_order_relaxed);
    }
    return set;
}

const char *cn_instruction_set(void) { return kernels()->name; }

int cn_use_instruction_set(const char *name) {
    const kernel_set *set = 0;
    if (strcmp(name, "portable") == 0) set = &portable_set;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (strcmp(name, "avx2") == 0 && has_avx2()) set = &avx2_set;
    if (strcmp(name, "avx512") == 0 && has_avx512()) set = &avx512_set;
#endif
    if (!set) return 0;
    atomic_store_explicit(&chosen, set, memory_order_relaxed);
    return 1;
}

size_t cn_cholesky(double *a, size_t n, size_t stride) {
    return kernels()->cholesky(a, n, stride);
}

void cn_solve_lower(const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) {
    kernels()->solve_lower(l, n, stride, b, m, bStride);
}

void cn_solve_lower_transposed(
    const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) {
    kernels()->solve_lower_transposed(l, n, stride, b, m, bStride);
}

void cn_inverse(const double *l, size_t n, size_t stride, double *inverse, size_t inverseStride) {
    kernels()->inverse(l, n, stride, inverse, inverseStride);
}

void cn_add_product_transposed(
    double scale, const double *a, size_t n, size_t k, size_t aStride, const double *b, size_t m,
    size_t bStride, double *c, size_t cStride) {
    kernels()->add_product_transposed(scale, a, n, k, aStride, b, m, bStride, c, cStride);
}

double cn_dot(const double *x, const double *y, size_t n) {
    return kernels()->dot(x, y, n);
}

void cn_add_scaled(double scale, const double *x, double *y, size_t n) {
    kernels()->add_scaled(scale, x, y, n);
}

void cn_matern52(
    cn_points points, size_t count, const double *other, double variance, double *covariances,
    double *slopes) {
    kernels()->matern52(points, count, other, variance, covariances, slopes);
}

void cn_add_distance_sums(
    cn_points points, size_t count, const double *other, const double *factors, double *sums) {
    kernels()->add_distance_sums(points, count, other, factors, sums);
}

void cn_displacement_sums(
    cn_points points, size_t count, const double *other, const double *factors, double *gradient) {
    kernels()->displacement_sums(points, count, other, factors, gradient);
}

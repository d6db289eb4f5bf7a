// The kernels of one instruction set, and their list.

#ifndef CN_KERNEL_SET_H
#define CN_KERNEL_SET_H

#include "../include/CNumerics.h"

// Every kernel: result, name, parameters, arguments.
#define CN_EACH_KERNEL(KERNEL)                                                                    \
    KERNEL(size_t, cholesky_append, (double *a, size_t n, size_t stride, size_t first),           \
        (a, n, stride, first))                                                                    \
    KERNEL(void, solve_lower,                                                                     \
        (const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride),          \
        (l, n, stride, b, m, bStride))                                                            \
    KERNEL(void, solve_lower_transposed,                                                          \
        (const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride),          \
        (l, n, stride, b, m, bStride))                                                            \
    KERNEL(void, inverse,                                                                         \
        (const double *l, size_t n, size_t stride, double *inverse, size_t inverseStride),        \
        (l, n, stride, inverse, inverseStride))                                                   \
    KERNEL(void, add_product_transposed,                                                          \
        (double scale, const double *a, size_t n, size_t k, size_t aStride, const double *b,      \
            size_t m, size_t bStride, double *c, size_t cStride),                                 \
        (scale, a, n, k, aStride, b, m, bStride, c, cStride))                                     \
    KERNEL(double, dot, (const double *x, const double *y, size_t n), (x, y, n))                  \
    KERNEL(void, add_scaled, (double scale, const double *x, double *y, size_t n),                \
        (scale, x, y, n))                                                                         \
    KERNEL(void, matern52,                                                                        \
        (cn_points points, size_t count, const double *other, double variance,                    \
            double *covariances, double *slopes),                                                 \
        (points, count, other, variance, covariances, slopes))                                    \
    KERNEL(void, add_distance_sums,                                                               \
        (cn_points points, size_t count, const double *other, const double *factors,              \
            double *sums),                                                                        \
        (points, count, other, factors, sums))                                                    \
    KERNEL(void, displacement_sums,                                                               \
        (cn_points points, size_t count, const double *other, const double *factors,              \
            double *gradient),                                                                    \
        (points, count, other, factors, gradient))                                                \
    KERNEL(void, add_additive,                                                                    \
        (cn_points points, size_t count, const double *other, double variance,                    \
            double *covariances),                                                                 \
        (points, count, other, variance, covariances))                                            \
    KERNEL(void, add_additive_sums,                                                               \
        (cn_points points, size_t count, const double *other, const double *factors,              \
            double variance, double *sums, double *level),                                        \
        (points, count, other, factors, variance, sums, level))                                   \
    KERNEL(void, add_additive_displacements,                                                      \
        (cn_points points, size_t count, const double *other, const double *factors,              \
            double variance, double *gradient),                                                   \
        (points, count, other, factors, variance, gradient))

#define CN_FIELD(result, name, parameters, arguments) result(*name) parameters;

typedef struct {
    const char *name;
    CN_EACH_KERNEL(CN_FIELD)
} cn_kernel_set;

#endif

// The kernels, once; included by one file for each instruction set, which defines
//   CN(name)   the name of a kernel compiled for it
//   CN_TARGET  the attribute that turns it on
//   CN_WIDTH   doubles in a vector register

#include "CNumerics.h"
#include <math.h>
#include <string.h>

// exp for x <= 0, branch-free so that loops over it vectorise. Error below 2 units in the last
// place; 0 below -708.
CN_TARGET static inline double CN(exp_negative)(double x) {
    const double clamped = x < -708.0 ? -708.0 : x;
    // x = k ln 2 + r with |r| <= ln 2 / 2; adding 1.5 * 2^52 rounds to a whole number.
    const double magic = 6755399441055744.0;
    const double shifted = clamped * 1.4426950408889634 + magic;
    const double k = shifted - magic;
    const double r = (clamped - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    int64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    // The low bits of `shifted` are k; moved into the exponent they scale by 2^k.
    const uint64_t scaleBits = ((uint64_t)bits << 52) + 0x3FF0000000000000u;
    double scale;
    memcpy(&scale, &scaleBits, sizeof scale);
    return x < -708.0 ? 0.0 : p * scale;
}

#define CN_BLOCK 256

CN_TARGET static void CN(squared_distances)(
    cn_points points, size_t start, size_t count, const double *other, double *squares) {
    for (size_t j = 0; j < count; j++) squares[j] = 0;
    const size_t dimension = points.numericCount + points.categoricalCount;
    for (size_t d = 0; d < points.numericCount; d++) {
        const double *x = points.coordinates + d * points.stride + start;
        const double at = other[d], weight = points.weights[d];
        for (size_t j = 0; j < count; j++) {
            const double difference = x[j] - at;
            squares[j] += weight * difference * difference;
        }
    }
    for (size_t d = points.numericCount; d < dimension; d++) {
        const double *x = points.coordinates + d * points.stride + start;
        const double at = other[d], weight = points.weights[d];
        for (size_t j = 0; j < count; j++) squares[j] += x[j] != at ? weight : 0.0;
    }
}

CN_TARGET void CN(matern52)(
    cn_points points, size_t count, const double *other, double variance, double *covariances,
    double *slopes) {
    double squares[CN_BLOCK];
    for (size_t start = 0; start < count; start += CN_BLOCK) {
        const size_t length = count - start < CN_BLOCK ? count - start : CN_BLOCK;
        CN(squared_distances)(points, start, length, other, squares);
        double *k = covariances + start;
        if (slopes) {
            double *slope = slopes + start;
            for (size_t j = 0; j < length; j++) {
                const double s = 5.0 * squares[j], root = __builtin_sqrt(s);
                const double decay = variance * CN(exp_negative)(-root);
                slope[j] = (5.0 / 3.0) * (1.0 + root) * decay;
                k[j] = (1.0 + root + s * (1.0 / 3.0)) * decay;
            }
        } else {
            for (size_t j = 0; j < length; j++) {
                const double s = 5.0 * squares[j], root = __builtin_sqrt(s);
                k[j] = (1.0 + root + s * (1.0 / 3.0)) * variance * CN(exp_negative)(-root);
            }
        }
    }
}

// Sums with several accumulators, so that additions do not wait for each other.
CN_TARGET double CN(dot)(const double *x, const double *y, size_t n) {
    double sums[16] = {0};
    size_t j = 0;
    for (; j + 16 <= n; j += 16)
        for (size_t lane = 0; lane < 16; lane++) sums[lane] += x[j + lane] * y[j + lane];
    double sum = 0;
    for (; j < n; j++) sum += x[j] * y[j];
    for (size_t lane = 0; lane < 16; lane++) sum += sums[lane];
    return sum;
}

CN_TARGET void CN(add_scaled)(double scale, const double *x, double *y, size_t n) {
    for (size_t j = 0; j < n; j++) y[j] += scale * x[j];
}

CN_TARGET void CN(add_distance_sums)(
    cn_points points, size_t count, const double *other, const double *factors, double *sums) {
    const size_t dimension = points.numericCount + points.categoricalCount;
    for (size_t d = 0; d < dimension; d++) {
        const double *x = points.coordinates + d * points.stride;
        const double at = other[d];
        double lanes[16] = {0}, sum = 0;
        size_t j = 0;
        if (d < points.numericCount) {
            for (; j + 16 <= count; j += 16)
                for (size_t lane = 0; lane < 16; lane++) {
                    const double difference = x[j + lane] - at;
                    lanes[lane] += factors[j + lane] * difference * difference;
                }
            for (; j < count; j++) sum += factors[j] * (x[j] - at) * (x[j] - at);
        } else {
            for (; j + 16 <= count; j += 16)
                for (size_t lane = 0; lane < 16; lane++)
                    lanes[lane] += x[j + lane] != at ? factors[j + lane] : 0.0;
            for (; j < count; j++) sum += x[j] != at ? factors[j] : 0.0;
        }
        for (size_t lane = 0; lane < 16; lane++) sum += lanes[lane];
        sums[d] += points.weights[d] * sum;
    }
}

CN_TARGET void CN(displacement_sums)(
    cn_points points, size_t count, const double *other, const double *factors, double *gradient) {
    for (size_t d = 0; d < points.numericCount; d++) {
        const double *x = points.coordinates + d * points.stride;
        const double at = other[d];
        double lanes[16] = {0}, sum = 0;
        size_t j = 0;
        for (; j + 16 <= count; j += 16)
            for (size_t lane = 0; lane < 16; lane++)
                lanes[lane] += factors[j + lane] * (at - x[j + lane]);
        for (; j < count; j++) sum += factors[j] * (at - x[j]);
        for (size_t lane = 0; lane < 16; lane++) sum += lanes[lane];
        gradient[d] = points.weights[d] * sum;
    }
}

CN_TARGET void CN(add_product_transposed)(
    double scale, const double *a, size_t n, size_t k, size_t aStride, const double *b, size_t m,
    size_t bStride, double *c, size_t cStride) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            c[i * cStride + j] += scale * CN(dot)(a + i * aStride, b + j * bStride, k);
}

CN_TARGET size_t CN(cholesky)(double *a, size_t n, size_t stride) {
    for (size_t i = 0; i < n; i++) {
        double *row = a + i * stride;
        for (size_t j = 0; j < i; j++) {
            const double *above = a + j * stride;
            row[j] = (row[j] - CN(dot)(row, above, j)) / above[j];
        }
        const double pivot = row[i] - CN(dot)(row, row, i);
        if (!(pivot > 0) || !(pivot < INFINITY)) return i + 1;
        row[i] = __builtin_sqrt(pivot);
    }
    return 0;
}

CN_TARGET void CN(solve_lower)(
    const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) {
    if (m == 1 && bStride == 1) {
        for (size_t i = 0; i < n; i++)
            b[i] = (b[i] - CN(dot)(l + i * stride, b, i)) / l[i * stride + i];
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double *row = b + i * bStride;
        for (size_t k = 0; k < i; k++)
            CN(add_scaled)(-l[i * stride + k], b + k * bStride, row, m);
        const double inverse = 1 / l[i * stride + i];
        for (size_t j = 0; j < m; j++) row[j] *= inverse;
    }
}

CN_TARGET void CN(solve_lower_transposed)(
    const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) {
    if (m == 1 && bStride == 1) {
        for (size_t i = n; i-- > 0;) {
            b[i] /= l[i * stride + i];
            CN(add_scaled)(-b[i], l + i * stride, b, i);
        }
        return;
    }
    for (size_t i = n; i-- > 0;) {
        double *row = b + i * bStride;
        const double inverse = 1 / l[i * stride + i];
        for (size_t j = 0; j < m; j++) row[j] *= inverse;
        for (size_t k = 0; k < i; k++)
            CN(add_scaled)(-l[i * stride + k], row, b + k * bStride, m);
    }
}

CN_TARGET void CN(inverse)(
    const double *l, size_t n, size_t stride, double *inverse, size_t inverseStride) {
    // The upper triangle takes U = L⁻ᵀ, row by row; the lower one then U Uᵀ.
    for (size_t i = 0; i < n; i++) {
        double *column = inverse + i * inverseStride;
        column[i] = 1 / l[i * stride + i];
        for (size_t k = i + 1; k < n; k++)
            column[k] = -CN(dot)(l + k * stride + i, column + i, k - i) / l[k * stride + k];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const double *first = inverse + i * inverseStride + i;
            const double *second = inverse + j * inverseStride + i;
            const double sum = CN(dot)(first, second, n - i);
            if (j < i) inverse[i * inverseStride + j] = sum;
        }
    for (size_t i = 0; i < n; i++) {
        double *row = inverse + i * inverseStride + i;
        row[0] = CN(dot)(row, row, n - i);
    }
}

// Dense kernels on plain arrays of doubles.
//
// All matrices are row-major; `stride` is the distance between the starts of two rows, at least the
// number of columns. Arrays need no alignment and must not overlap. Nothing allocates; products,
// factors, inverses and solves of many columns take up to 110 KiB of stack.
//
// Each kernel exists once in source and is compiled for several instruction sets; the best the
// processor can do is chosen at the first call. Results differ between instruction sets in the
// last bits (fused multiply-add, order of sums) and are the same from call to call within one.

#ifndef CNUMERICS_H
#define CNUMERICS_H

#include <stddef.h>
#include <stdint.h>

/// The instruction set in use: "avx512", "avx2" or "portable".
const char *cn_instruction_set(void);

/// Uses an instruction set from now on, on all threads; for replaying what another machine
/// computed. Returns 1, or 0 and changes nothing where the processor cannot do it. Not to be called
/// while other threads compute.
int cn_use_instruction_set(const char *name);

/// The same for the calling thread alone, whatever the others use; NULL ends it. For tests.
int cn_use_instruction_set_on_thread(const char *name);

// MARK: Linear algebra

/// Factors A = L Lᵀ in place, n × n; reads and writes the lower triangle alone.
/// Returns 0, or k where the k-th pivot (from 1) is not a positive finite number; A is then spoilt.
size_t cn_cholesky(double *a, size_t n, size_t stride);

/// The same where the rows before `first` are L already: factors the rows after them, in
/// (n² - first²) (n - first) multiplications or less. The finished rows are only read.
size_t cn_cholesky_append(double *a, size_t n, size_t stride, size_t first);

/// Solves L X = B in place; L is n × n lower triangular, B is n × m. Multiplies by the reciprocals
/// of L's diagonal, which must not overflow.
void cn_solve_lower(
    const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride);

/// Solves Lᵀ X = B in place; L is n × n lower triangular, B is n × m.
void cn_solve_lower_transposed(
    const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride);

/// Writes the lower triangle of (L Lᵀ)⁻¹ to `inverse`, n × n; the upper one is scratch.
void cn_inverse(
    const double *l, size_t n, size_t stride, double *inverse, size_t inverseStride);

/// Adds scale · A Bᵀ to C; A is n × k, B is m × k, C is n × m.
void cn_add_product_transposed(
    double scale, const double *a, size_t n, size_t k, size_t aStride, const double *b, size_t m,
    size_t bStride, double *c, size_t cStride);

/// Σ x y over n numbers.
double cn_dot(const double *x, const double *y, size_t n);

/// y ← y + scale x, n numbers.
void cn_add_scaled(double scale, const double *x, double *y, size_t n);

// MARK: Covariances

/// Points as kernels see them: one row of `coordinates` for each dimension, one column a point.
/// The first `numericCount` rows differ by their distance, the `categoricalCount` rows after them
/// by being equal or not. Each difference counts with the weight of its dimension, 1/ℓ².
typedef struct {
    const double *coordinates;
    size_t stride;
    size_t numericCount;
    size_t categoricalCount;
    const double *weights;
} cn_points;

/// Matern 5/2 covariances of `count` points with one other point.
///
/// r² = Σ weight · difference²; covariance = variance (1 + √5 r + 5/3 r²) exp(−√5 r).
/// Writes them to `covariances`, and unless NULL −2 d covariance / d r², which is
/// variance · 5/3 (1 + √5 r) exp(−√5 r), to `slopes`.
void cn_matern52(
    cn_points points, size_t count, const double *other, double variance, double *covariances,
    double *slopes);

/// For each dimension d, adds Σ_j factors_j · weight_d · difference_dj² to sums_d: the sum over
/// `count` points of how dimension d contributes to r² between them and one other point.
void cn_add_distance_sums(
    cn_points points, size_t count, const double *other, const double *factors, double *sums);

/// For each numeric dimension d, writes Σ_j factors_j · weight_d · (other_d − x_dj) to gradient_d.
void cn_displacement_sums(
    cn_points points, size_t count, const double *other, const double *factors, double *gradient);

/// The additive kernel: adds variance · mean_d u_d to the covariances of `count` points with one
/// other point, u_d = 1 / (1 + ½ weight_d · difference_d²), categories that differ being 1 apart.
void cn_add_additive(
    cn_points points, size_t count, const double *other, double variance, double *covariances);

/// What the gradient of the additive kernel is made of: adds Σ_j factors_j · ∂covariance_j/∂ln ℓ_d
/// to sums_d for each dimension d, ℓ_d being weight_d^−½, and Σ_j factors_j · covariance_j to
/// level.
void cn_add_additive_sums(
    cn_points points, size_t count, const double *other, const double *factors, double variance,
    double *sums, double *level);

/// For each numeric dimension d, adds −Σ_j factors_j · ∂covariance_j/∂other_d of the additive
/// kernel to gradient_d.
void cn_add_additive_displacements(
    cn_points points, size_t count, const double *other, const double *factors, double variance,
    double *gradient);

#endif

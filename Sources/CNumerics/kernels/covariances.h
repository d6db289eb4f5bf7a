// Covariances, and sums over points that their gradients need. Finite results first, speed second.
//
//   x_dj      coordinate d of point j; points lie side by side, so that vectors run over points
//   r²        Σ weight_d · difference_d², the squared scaled distance
//   s         5 r², so that the covariance is variance (1 + √s + s/3) exp(−√s)
//
// Source: Rasmussen and Williams, *Gaussian Processes for Machine Learning*, section 4.2.1.

typedef int64_t CN(integers) __attribute__((vector_size(CN_WIDTH * sizeof(double))));

// `value`, or 0 where the mask is set.
CN_INLINE CN(vector) CN(zero_where)(CN(integers) mask, CN(vector) value) {
    return (CN(vector))((CN(integers))value & ~mask);
}

// exp of -708 <= x <= 0: exp(k ln 2 + r) = 2^k exp(r) with |r| <= ln 2 / 2, exp(r) by its Taylor
// series. Error below 2 units in the last place.
CN_INLINE CN(vector) CN(exp_negative)(CN(vector) x) {
    // Adding 1.5 · 2^52 rounds to a whole number, which is then in the low bits.
    const double magic = 6755399441055744.0;
    const CN(vector) shifted = x * 1.4426950408889634 + magic, k = shifted - magic;
    const CN(vector) r =
        (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    CN(vector) p = CN(all)(1.0 / 6227020800.0);
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
    // Moved into the exponent, k scales by 2^k.
    const CN(integers) exponent = (CN(integers))shifted << 52;
    return p * (CN(vector))(exponent + 0x3FF0000000000000);
}

// Covariances of `vectors` vectors of points from point j on; of the last one, `lanes` points.
CN_INLINE void CN(matern52_part)(
    cn_points points, size_t j, size_t vectors, size_t lanes, const double *other,
    double variance, double *covariances, double *slopes) {
    const size_t dimension = points.numericCount + points.categoricalCount;
    CN(vector) squares[4] = {0};
    for (size_t d = 0; d < dimension; d++) {
        const double *row = points.coordinates + d * points.stride + j;
        const double weight = points.weights[d];
        const CN(vector) at = CN(all)(other[d]);
        CN_UNROLL for (size_t v = 0; v < 4; v++) {
            if (v >= vectors) break;
            const double *from = row + v * CN_WIDTH;
            const CN(vector) x = lanes == CN_WIDTH ? CN(load)(from) : CN(load_part)(from, lanes);
            if (d < points.numericCount) {
                squares[v] += weight * (x - at) * (x - at);
            } else {
                squares[v] += CN(zero_where)(x == at, CN(all)(weight));
            }
        }
    }
    CN_UNROLL for (size_t v = 0; v < 4; v++) {
        if (v >= vectors) break;
        const CN(vector) s = 5.0 * squares[v], root = __builtin_elementwise_sqrt(s);
        const CN(integers) far = root > 708.0;
        const CN(vector) decay = variance * CN(exp_negative)(-root);
        const size_t first = j + v * CN_WIDTH;
        const CN(vector) covariance = (1.0 + root + s * (1.0 / 3.0)) * decay;
        CN(store_part)(covariances + first, CN(zero_where)(far, covariance), lanes);
        if (slopes) {
            const CN(vector) slope = (5.0 / 3.0) * (1.0 + root) * decay;
            CN(store_part)(slopes + first, CN(zero_where)(far, slope), lanes);
        }
    }
}

CN_TARGET static void CN(matern52)(
    cn_points points, size_t count, const double *other, double variance, double *covariances,
    double *slopes) {
    size_t j = 0;
    for (; j + 4 * CN_WIDTH <= count; j += 4 * CN_WIDTH)
        CN(matern52_part)(points, j, 4, CN_WIDTH, other, variance, covariances, slopes);
    for (; j + CN_WIDTH <= count; j += CN_WIDTH)
        CN(matern52_part)(points, j, 1, CN_WIDTH, other, variance, covariances, slopes);
    if (j < count)
        CN(matern52_part)(points, j, 1, count - j, other, variance, covariances, slopes);
}

// What a point adds to a sum, without its factor.
enum CN(term) { CN(squared_difference), CN(inequality), CN(displacement) };

CN_INLINE CN(vector) CN(term_of)(enum CN(term) term, CN(vector) x, CN(vector) at) {
    if (term == CN(squared_difference)) return (x - at) * (x - at);
    if (term == CN(inequality)) return CN(zero_where)(x == at, CN(all)(1));
    return at - x;
}

// Σ_j factors_j · term_j.
CN_INLINE double CN(sum)(
    enum CN(term) term, const double *x, double other, const double *factors, size_t count) {
    const CN(vector) at = CN(all)(other);
    CN(vector) sums[4] = {0};
    size_t j = 0;
    for (; j + 4 * CN_WIDTH <= count; j += 4 * CN_WIDTH)
        CN_UNROLL for (size_t v = 0; v < 4; v++) {
            const size_t first = j + v * CN_WIDTH;
            sums[v] += CN(load)(factors + first) * CN(term_of)(term, CN(load)(x + first), at);
        }
    for (; j + CN_WIDTH <= count; j += CN_WIDTH)
        sums[0] += CN(load)(factors + j) * CN(term_of)(term, CN(load)(x + j), at);
    if (j < count)
        sums[1] += CN(load_part)(factors + j, count - j)
            * CN(term_of)(term, CN(load_part)(x + j, count - j), at);
    return CN(lane_sum)((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

CN_TARGET static void CN(add_distance_sums)(
    cn_points points, size_t count, const double *other, const double *factors, double *sums) {
    const double *x = points.coordinates;
    for (size_t d = 0; d < points.numericCount + points.categoricalCount; d++, x += points.stride) {
        const double sum = d < points.numericCount
            ? CN(sum)(CN(squared_difference), x, other[d], factors, count)
            : CN(sum)(CN(inequality), x, other[d], factors, count);
        sums[d] += points.weights[d] * sum;
    }
}

CN_TARGET static void CN(displacement_sums)(
    cn_points points, size_t count, const double *other, const double *factors, double *gradient) {
    const double *x = points.coordinates;
    for (size_t d = 0; d < points.numericCount; d++, x += points.stride)
        gradient[d] = points.weights[d] * CN(sum)(CN(displacement), x, other[d], factors, count);
}

// The additive part of the covariance: each dimension on its own.
//
//   h_d       ½ weight_d · difference_d²; for categories that differ ½ weight_d, for equal ones 0
//   u_d       1 / (1 + h_d), a rational quadratic kernel of one dimension with α = 1
//   share     variance / dimensions, so that covariance = share Σ_d u_d
//
// Four dimensions share a division: Σ 1/p is a fraction whose parts grow by p for each p.
// Source: Duvenaud, Nickisch and Rasmussen, "Additive Gaussian Processes", 2011 (first order).

// Adds the covariances of one vector of points from point j on.
CN_INLINE void CN(add_additive_part)(
    cn_points points, size_t j, size_t lanes, const double *other, double share,
    double *covariances) {
    const size_t dimension = points.numericCount + points.categoricalCount;
    CN(vector) total = {0}, numerator = {0}, denominator = CN(all)(1);
    for (size_t d = 0; d < dimension; d++) {
        const double *from = points.coordinates + d * points.stride + j;
        const double half = 0.5 * points.weights[d];
        const CN(vector) at = CN(all)(other[d]);
        const CN(vector) x = lanes == CN_WIDTH ? CN(load)(from) : CN(load_part)(from, lanes);
        const CN(vector) p = 1.0
            + (d < points.numericCount ? half * (x - at) * (x - at)
                                       : CN(zero_where)(x == at, CN(all)(half)));
        numerator = numerator * p + denominator;
        denominator *= p;
        if (d % 4 == 3) {
            total += numerator / denominator;
            numerator = CN(all)(0);
            denominator = CN(all)(1);
        }
    }
    total += numerator / denominator;
    const CN(vector) before = lanes == CN_WIDTH ? CN(load)(covariances + j)
                                                : CN(load_part)(covariances + j, lanes);
    CN(store_part)(covariances + j, before + share * total, lanes);
}

CN_TARGET static void CN(add_additive)(
    cn_points points, size_t count, const double *other, double variance, double *covariances) {
    const double share = variance / (double)(points.numericCount + points.categoricalCount);
    size_t j = 0;
    for (; j + CN_WIDTH <= count; j += CN_WIDTH)
        CN(add_additive_part)(points, j, CN_WIDTH, other, share, covariances);
    if (j < count) CN(add_additive_part)(points, j, count - j, other, share, covariances);
}

// Σ_j factors_j u_j and Σ_j factors_j u_j² over one numeric dimension.
CN_INLINE void CN(additive_sums)(
    const double *x, double other, double half, const double *factors, size_t count, double *first,
    double *second) {
    const CN(vector) at = CN(all)(other);
    CN(vector) firsts = {0}, seconds = {0};
    for (size_t j = 0; j < count; j += CN_WIDTH) {
        const size_t lanes = count - j < CN_WIDTH ? count - j : CN_WIDTH;
        const int whole = lanes == CN_WIDTH;
        const CN(vector) from = whole ? CN(load)(x + j) : CN(load_part)(x + j, lanes);
        const CN(vector) factor =
            whole ? CN(load)(factors + j) : CN(load_part)(factors + j, lanes);
        const CN(vector) u = 1.0 / (1.0 + half * (from - at) * (from - at));
        firsts += factor * u;
        seconds += factor * u * u;
    }
    *first = CN(lane_sum)(firsts);
    *second = CN(lane_sum)(seconds);
}

CN_TARGET static void CN(add_additive_sums)(
    cn_points points, size_t count, const double *other, const double *factors, double variance,
    double *sums, double *level) {
    const size_t dimension = points.numericCount + points.categoricalCount;
    const double share = variance / (double)dimension;
    const double *x = points.coordinates;
    double all = 0;
    for (size_t j = 0; points.categoricalCount > 0 && j < count; j++) all += factors[j];
    for (size_t d = 0; d < dimension; d++, x += points.stride) {
        const double half = 0.5 * points.weights[d];
        double first, second;
        if (d < points.numericCount) {
            CN(additive_sums)(x, other[d], half, factors, count, &first, &second);
        } else {
            const double unequal = CN(sum)(CN(inequality), x, other[d], factors, count);
            const double u = 1 / (1 + half);
            first = all - unequal + unequal * u;
            second = all - unequal + unequal * u * u;
        }
        // h u² = u − u².
        sums[d] += 2 * share * (first - second);
        *level += share * first;
    }
}

CN_TARGET static void CN(add_additive_displacements)(
    cn_points points, size_t count, const double *other, const double *factors, double variance,
    double *gradient) {
    const double share = variance / (double)(points.numericCount + points.categoricalCount);
    const double *x = points.coordinates;
    for (size_t d = 0; d < points.numericCount; d++, x += points.stride) {
        const double half = 0.5 * points.weights[d];
        const CN(vector) at = CN(all)(other[d]);
        CN(vector) sum = {0};
        for (size_t j = 0; j < count; j += CN_WIDTH) {
            const size_t lanes = count - j < CN_WIDTH ? count - j : CN_WIDTH;
            const int whole = lanes == CN_WIDTH;
            const CN(vector) from = whole ? CN(load)(x + j) : CN(load_part)(x + j, lanes);
            const CN(vector) factor =
                whole ? CN(load)(factors + j) : CN(load_part)(factors + j, lanes);
            const CN(vector) difference = at - from;
            const CN(vector) p = 1.0 + half * difference * difference;
            sum += factor * difference / (p * p);
        }
        gradient[d] += points.weights[d] * share * CN(lane_sum)(sum);
    }
}

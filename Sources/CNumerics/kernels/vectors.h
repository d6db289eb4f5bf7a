// Vectors of CN_WIDTH doubles, and sums over arrays. Loops over rows and vectors of a tile have
// constant bounds and are unrolled, so that arrays of vectors become registers.

#define CN_INLINE CN_TARGET static inline __attribute__((always_inline))
#define CN_UNROLL _Pragma("clang loop unroll(full)")

typedef double CN(vector) __attribute__((vector_size(CN_WIDTH * sizeof(double))));
typedef double CN(loose_vector)
    __attribute__((vector_size(CN_WIDTH * sizeof(double)), aligned(sizeof(double)), may_alias));

CN_INLINE CN(vector) CN(load)(const double *from) { return *(const CN(loose_vector) *)from; }

CN_INLINE void CN(store)(double *to, CN(vector) value) { *(CN(loose_vector) *)to = value; }

CN_INLINE CN(vector) CN(all)(double value) { return value - (CN(vector)){0}; }

// The first `count` numbers, and zeros.
CN_INLINE CN(vector) CN(load_part)(const double *from, size_t count) {
    double numbers[CN_WIDTH] = {0};
    for (size_t lane = 0; lane < count && lane < CN_WIDTH; lane++) numbers[lane] = from[lane];
    return CN(load)(numbers);
}

CN_INLINE void CN(store_part)(double *to, CN(vector) value, size_t count) {
    if (count == CN_WIDTH) {
        CN(store)(to, value);
        return;
    }
    double numbers[CN_WIDTH];
    CN(store)(numbers, value);
    for (size_t lane = 0; lane < count && lane < CN_WIDTH; lane++) to[lane] = numbers[lane];
}

CN_INLINE double CN(lane_sum)(CN(vector) value) {
    double sum = 0;
    CN_UNROLL for (size_t lane = 0; lane < CN_WIDTH; lane++) sum += value[lane];
    return sum;
}

// The numbers of two vectors in turn: a0 b0 a1 b1 and so on, lower and upper half.
#if CN_WIDTH == 8
#define CN_LOWER(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define CN_UPPER(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif CN_WIDTH == 4
#define CN_LOWER(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define CN_UPPER(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define CN_LOWER(a, b) __builtin_shufflevector(a, b, 0, 2)
#define CN_UPPER(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

// Transposes CN_WIDTH × CN_WIDTH numbers: interleaving the upper with the lower half of the rows
// log2 CN_WIDTH times is a transposition.
CN_INLINE void CN(transpose)(const double *from, size_t fromStride, double *to, size_t toStride) {
    CN(vector) rows[CN_WIDTH], mixed[CN_WIDTH];
    CN_UNROLL for (size_t r = 0; r < CN_WIDTH; r++) rows[r] = CN(load)(from + r * fromStride);
    CN_UNROLL for (size_t step = 1; step < CN_WIDTH; step *= 2) {
        CN_UNROLL for (size_t r = 0; r < CN_WIDTH / 2; r++) {
            mixed[2 * r] = CN_LOWER(rows[r], rows[r + CN_WIDTH / 2]);
            mixed[2 * r + 1] = CN_UPPER(rows[r], rows[r + CN_WIDTH / 2]);
        }
        CN_UNROLL for (size_t r = 0; r < CN_WIDTH; r++) rows[r] = mixed[r];
    }
    CN_UNROLL for (size_t r = 0; r < CN_WIDTH; r++) CN(store)(to + r * toStride, rows[r]);
}

// Four accumulators, so that additions do not wait for each other.
CN_TARGET static double CN(dot)(const double *x, const double *y, size_t n) {
    CN(vector) sums[4] = {0};
    size_t j = 0;
    for (; j + 4 * CN_WIDTH <= n; j += 4 * CN_WIDTH) {
        CN_UNROLL for (size_t s = 0; s < 4; s++)
            sums[s] += CN(load)(x + j + s * CN_WIDTH) * CN(load)(y + j + s * CN_WIDTH);
    }
    for (; j + CN_WIDTH <= n; j += CN_WIDTH) sums[0] += CN(load)(x + j) * CN(load)(y + j);
    double sum = CN(lane_sum)((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (; j < n; j++) sum += x[j] * y[j];
    return sum;
}

CN_TARGET static void CN(add_scaled)(double scale, const double *x, double *y, size_t n) {
    size_t j = 0;
    for (; j + CN_WIDTH <= n; j += CN_WIDTH)
        CN(store)(y + j, CN(load)(y + j) + scale * CN(load)(x + j));
    for (; j < n; j++) y[j] += scale * x[j];
}

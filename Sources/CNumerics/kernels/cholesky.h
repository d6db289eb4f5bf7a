// The Cholesky factor. Sound first: every pivot is checked, nothing above the diagonal is touched.
//
//   A   symmetric positive definite, n × n, of which the lower triangle is kept
//   L   lower triangular, A = L Lᵀ, in its place
//   D   a diagonal block of at most CN_COLUMNS rows, as the upper triangular Lᵀ
//
// CN_DEPTH columns at a time. They are finished CN_COLUMNS at a time, each from what the finished
// ones to its left subtract; then the product of them all is subtracted from what is to the right.
// Source: Golub and Van Loan, *Matrix Computations*, section 4.2.

// A diagonal block, ready for solving X Lᵀ = B.
typedef struct {
    // Row k is column k of L below the diagonal, divided by L_kk; zero up to the diagonal.
    double scaled[CN_COLUMNS * CN_COLUMNS] CN_ALIGNED;
    double inverses[CN_COLUMNS] CN_ALIGNED;  // 1 / L_kk
} CN(diagonal_block);

// Factors D, of which row k holds the columns from k on, in place. Returns 0 or the failed pivot.
CN_TARGET static size_t CN(factor_block)(double *d, size_t n, double *inverses) {
    for (size_t k = 0; k < n; k++) {
        double *row = d + k * CN_COLUMNS;
        const double pivot = row[k];
        if (!(pivot > 0) || !(pivot < INFINITY)) return k + 1;
        const double root = __builtin_elementwise_sqrt(pivot), inverse = 1 / root;
        inverses[k] = inverse;
        const size_t first = k / CN_WIDTH * CN_WIDTH;
        for (size_t c = first; c < CN_COLUMNS; c += CN_WIDTH)
            CN(store)(row + c, CN(load)(row + c) * inverse);
        row[k] = root;
        for (size_t i = k + 1; i < n; i++)
            for (size_t c = i / CN_WIDTH * CN_WIDTH; c < CN_COLUMNS; c += CN_WIDTH) {
                double *at = d + i * CN_COLUMNS + c;
                CN(store)(at, CN(load)(at) - row[i] * CN(load)(row + c));
            }
    }
    return 0;
}

// Updates, factors and writes back the diagonal block at `a`, n rows; panel is the transpose of
// what is left of it, `depth` columns. Returns 0 or the failed pivot.
CN_TARGET static size_t CN(finish_diagonal)(
    double *a, size_t n, size_t stride, const double *panel, size_t depth,
    CN(diagonal_block) *block) {
    double d[CN_COLUMNS * CN_COLUMNS] CN_ALIGNED;
    memset(d, 0, sizeof d);
    for (size_t c = 0; c < n; c++)
        for (size_t k = 0; k <= c; k++) d[k * CN_COLUMNS + c] = a[c * stride + k];
    if (depth > 0) {
        const CN(factor) left = {a - depth, stride, 1};
        CN(add_product)(-1, left, n, panel, depth, CN_COLUMNS, d, CN_COLUMNS, CN_EVERYWHERE);
    }
    const size_t failure = CN(factor_block)(d, n, block->inverses);
    if (failure) return failure;
    for (size_t c = 0; c < n; c++)
        for (size_t k = 0; k <= c; k++) a[c * stride + k] = d[k * CN_COLUMNS + c];
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < CN_COLUMNS; c++)
            block->scaled[k * CN_COLUMNS + c] =
                c > k ? d[k * CN_COLUMNS + c] * block->inverses[k] : 0;
    memset(block->scaled + n * CN_COLUMNS, 0, (CN_COLUMNS - n) * CN_COLUMNS * sizeof(double));
    return 0;
}

// Reads the diagonal block of rows that are L already.
CN_TARGET static void CN(read_diagonal)(
    const double *l, size_t n, size_t stride, CN(diagonal_block) *block) {
    memset(block, 0, sizeof *block);
    for (size_t k = 0; k < n; k++) {
        block->inverses[k] = 1 / l[k * stride + k];
        for (size_t c = k + 1; c < n; c++)
            block->scaled[k * CN_COLUMNS + c] = l[c * stride + k] * block->inverses[k];
    }
}

// How many of `width` columns lie in vector v.
static inline size_t CN(columns_in)(size_t v, size_t width) {
    return width > v * CN_WIDTH ? CN(least)(width - v * CN_WIDTH, CN_WIDTH) : 0;
}

// Updates rows below a diagonal block, `width` columns, and solves X Lᵀ = B for them.
CN_INLINE void CN(finish_columns)(
    double *a, size_t rows, size_t width, size_t stride, const double *panel, size_t depth,
    const CN(diagonal_block) *block) {
    for (size_t i = 0; i < rows; i += CN_TILE_ROWS) {
        const size_t height = CN(least)(rows - i, CN_TILE_ROWS);
        double *corner = a + i * stride;
        CN(tile) x;
        CN(multiply_tile)((CN(factor)){corner - depth, stride, 1}, height, panel, depth, x);
        CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++) {
            const double *from = corner + (r < height ? r : 0) * stride;
            CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++)
                x[r][v] = CN(load_part)(from + v * CN_WIDTH, CN(columns_in)(v, width)) - x[r][v];
        }
        CN_UNROLL for (size_t at = 0; at < CN_TILE_VECTORS; at++)
            CN_UNROLL for (size_t lane = 0; lane < CN_WIDTH; lane++) {
                const double *scaled = block->scaled + (at * CN_WIDTH + lane) * CN_COLUMNS;
                CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++) {
                    const double y = x[r][at][lane];
                    CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++)
                        if (v >= at) x[r][v] -= y * CN(load)(scaled + v * CN_WIDTH);
                }
            }
        CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++) {
            if (r >= height) continue;
            CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++)
                CN(store_part)(
                    corner + r * stride + v * CN_WIDTH,
                    x[r][v] * CN(load)(block->inverses + v * CN_WIDTH),
                    CN(columns_in)(v, width));
        }
    }
}

// The same as a function, with the usual width apart.
CN_TARGET static void CN(finish_below)(
    double *a, size_t rows, size_t width, size_t stride, const double *panel, size_t depth,
    const CN(diagonal_block) *block) {
    if (width == CN_COLUMNS)
        CN(finish_columns)(a, rows, CN_COLUMNS, stride, panel, depth, block);
    else
        CN(finish_columns)(a, rows, width, stride, panel, depth, block);
}

// Factors rows [first, n) one after the other: for few rows, packing would take longer.
CN_TARGET static size_t CN(factor_rows)(double *a, size_t n, size_t stride, size_t first) {
    for (size_t i = first; i < n; i++) {
        double *row = a + i * stride;
        for (size_t j = 0; j < i; j++) {
            const double *above = a + j * stride;
            row[j] = (row[j] - CN(dot)(row, above, j)) / above[j];
        }
        const double pivot = row[i] - CN(dot)(row, row, i);
        if (!(pivot > 0) || !(pivot < INFINITY)) return i + 1;
        row[i] = __builtin_elementwise_sqrt(pivot);
    }
    return 0;
}

CN_TARGET static size_t CN(cholesky_append)(double *a, size_t n, size_t stride, size_t first) {
    if (n - first <= 4) return CN(factor_rows)(a, n, stride, first);
    double panel[CN_DEPTH * CN_PANEL_COLUMNS] CN_ALIGNED;
    CN(diagonal_block) block;
    for (size_t start = 0; start < n; start += CN_DEPTH) {
        const size_t end = CN(least)(start + CN_DEPTH, n);
        for (size_t j = start, width; j < end; j += width) {
            const size_t depth = j - start;
            width = CN(least)((j < first ? CN(least)(first, end) : end) - j, CN_COLUMNS);
            double *corner = a + j * stride + j;
            CN(pack_transposed)(corner - depth, stride, depth, width, panel);
            if (j < first) {
                CN(read_diagonal)(corner, width, stride, &block);
            } else {
                const size_t failure =
                    CN(finish_diagonal)(corner, width, stride, panel, depth, &block);
                if (failure) return j + failure;
            }
            const size_t below = first > j + width ? first : j + width;
            CN(finish_below)(
                a + below * stride + j, n - below, width, stride, panel, depth, &block);
        }
        const size_t depth = end - start;
        for (size_t j = end; j < n; j += CN_PANEL_COLUMNS) {
            const size_t width = CN(least)(n - j, CN_PANEL_COLUMNS), row = first > j ? first : j;
            const CN(factor) left = {a + row * stride + start, stride, 1};
            CN(pack_transposed)(a + j * stride + start, stride, depth, width, panel);
            CN(add_product)(
                -1, left, n - row, panel, depth, width, a + row * stride + j, stride, row - j);
        }
    }
    return 0;
}

// Triangular systems with many right-hand sides, and the inverse.
//
//   L   lower triangular, n × n
//   B   right-hand sides, n × m, replaced by the solutions X
//
// CN_PANEL_COLUMNS columns of B and CN_DEPTH rows at a time: the block is packed, solved where it
// is packed, written back, and its product subtracted from the rows still to come. Inside the block
// the same happens with CN_TILE_ROWS rows, in registers.
// Source: Goto and van de Geijn, "High-Performance Implementation of the Level-3 BLAS", 2008.

// Solves L X = P for rows [0, n) of one packed piece.
CN_TARGET static void CN(solve_piece)(
    const double *l, size_t stride, size_t n, double *piece) {
    for (size_t i = 0; i < n; i += CN_TILE_ROWS) {
        const size_t rows = CN(least)(n - i, CN_TILE_ROWS);
        const double *block = l + i * stride;
        CN(tile) x;
        CN(multiply_tile)((CN(factor)){block, stride, 1}, rows, piece, i, x);
        double *target = piece + i * CN_COLUMNS;
        CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++) {
            if (r >= rows) continue;
            const double *row = block + r * stride + i, inverse = 1 / row[r];
            CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++) {
                CN(vector) sum = CN(load)(target + r * CN_COLUMNS + v * CN_WIDTH) - x[r][v];
                CN_UNROLL for (size_t s = 0; s < CN_TILE_ROWS; s++)
                    if (s < r) sum -= row[s] * x[s][v];
                x[r][v] = sum * inverse;
                CN(store)(target + r * CN_COLUMNS + v * CN_WIDTH, x[r][v]);
            }
        }
    }
}

// Solves Lᵀ X = P for rows [0, n) of one packed piece, from the last row to the first.
CN_TARGET static void CN(solve_piece_transposed)(
    const double *l, size_t stride, size_t n, double *piece) {
    for (size_t end = n; end > 0;) {
        const size_t rows = end % CN_TILE_ROWS ? end % CN_TILE_ROWS : CN_TILE_ROWS;
        const size_t i = end - rows;
        CN(tile) x;
        const CN(factor) below = {l + end * stride + i, 1, stride};
        CN(multiply_tile)(below, rows, piece + end * CN_COLUMNS, n - end, x);
        const double *block = l + i * stride + i;
        double *target = piece + i * CN_COLUMNS;
        CN_UNROLL for (size_t up = 0; up < CN_TILE_ROWS; up++) {
            const size_t r = CN_TILE_ROWS - 1 - up;
            if (r >= rows) continue;
            const double inverse = 1 / block[r * stride + r];
            CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++) {
                CN(vector) sum = CN(load)(target + r * CN_COLUMNS + v * CN_WIDTH) - x[r][v];
                CN_UNROLL for (size_t s = 0; s < CN_TILE_ROWS; s++)
                    if (s > r && s < rows) sum -= block[s * stride + r] * x[s][v];
                x[r][v] = sum * inverse;
                CN(store)(target + r * CN_COLUMNS + v * CN_WIDTH, x[r][v]);
            }
        }
        end = i;
    }
}

// Solves up to CN_PANEL_COLUMNS columns.
CN_TARGET static void CN(solve_panel)(
    const double *l, size_t n, size_t stride, double *b, size_t width, size_t bStride,
    double *panel) {
    for (size_t start = 0; start < n; start += CN_DEPTH) {
        const size_t depth = CN(least)(n - start, CN_DEPTH), end = start + depth;
        double *rows = b + start * bStride;
        CN(pack)(rows, bStride, depth, width, panel);
        for (size_t j = 0; j < width; j += CN_COLUMNS)
            CN(solve_piece)(l + start * stride + start, stride, depth, panel + j * depth);
        CN(unpack)(panel, depth, width, rows, bStride);
        const CN(factor) below = {l + end * stride + start, stride, 1};
        CN(add_product)(
            -1, below, n - end, panel, depth, width, b + end * bStride, bStride, CN_EVERYWHERE);
    }
}

CN_TARGET static void CN(solve_panel_transposed)(
    const double *l, size_t n, size_t stride, double *b, size_t width, size_t bStride,
    double *panel) {
    for (size_t end = n; end > 0;) {
        const size_t depth = end % CN_DEPTH ? end % CN_DEPTH : CN_DEPTH, start = end - depth;
        double *rows = b + start * bStride;
        CN(pack)(rows, bStride, depth, width, panel);
        const double *block = l + start * stride + start;
        for (size_t j = 0; j < width; j += CN_COLUMNS)
            CN(solve_piece_transposed)(block, stride, depth, panel + j * depth);
        CN(unpack)(panel, depth, width, rows, bStride);
        const CN(factor) above = {l + start * stride, 1, stride};
        CN(add_product)(-1, above, start, panel, depth, width, b, bStride, CN_EVERYWHERE);
        end = start;
    }
}

CN_TARGET static void CN(solve_lower)(
    const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) {
    if (m == 1 && bStride == 1) {
        for (size_t i = 0; i < n; i++)
            b[i] = (b[i] - CN(dot)(l + i * stride, b, i)) / l[i * stride + i];
        return;
    }
    double panel[CN_DEPTH * CN_PANEL_COLUMNS] CN_ALIGNED;
    for (size_t j = 0; j < m; j += CN_PANEL_COLUMNS)
        CN(solve_panel)(l, n, stride, b + j, CN(least)(m - j, CN_PANEL_COLUMNS), bStride, panel);
}

CN_TARGET static void CN(solve_lower_transposed)(
    const double *l, size_t n, size_t stride, double *b, size_t m, size_t bStride) {
    if (m == 1 && bStride == 1) {
        for (size_t i = n; i-- > 0;) {
            b[i] /= l[i * stride + i];
            CN(add_scaled)(-b[i], l + i * stride, b, i);
        }
        return;
    }
    double panel[CN_DEPTH * CN_PANEL_COLUMNS] CN_ALIGNED;
    for (size_t j = 0; j < m; j += CN_PANEL_COLUMNS)
        CN(solve_panel_transposed)(
            l, n, stride, b + j, CN(least)(m - j, CN_PANEL_COLUMNS), bStride, panel);
}

// Column j of L⁻¹ is zero above row j, and there the inverse is not wanted: a strip of columns that
// starts at j needs the rows and columns of L from j on alone. Wide strips read L less often,
// narrow ones compute less that is not wanted.
CN_TARGET static void CN(inverse)(
    const double *l, size_t n, size_t stride, double *inverse, size_t inverseStride) {
    double panel[CN_DEPTH * CN_PANEL_COLUMNS] CN_ALIGNED;
    const size_t pieces = CN(least)(1 + n / (32 * CN_COLUMNS), CN_PANEL_COLUMNS / CN_COLUMNS);
    for (size_t j = 0; j < n; j += pieces * CN_COLUMNS) {
        const size_t width = CN(least)(n - j, pieces * CN_COLUMNS);
        const double *corner = l + j * stride + j;
        double *strip = inverse + j * inverseStride + j;
        for (size_t i = 0; i < n - j; i++)
            for (size_t c = 0; c < width; c++) strip[i * inverseStride + c] = i == c;
        CN(solve_panel)(corner, n - j, stride, strip, width, inverseStride, panel);
        CN(solve_panel_transposed)(corner, n - j, stride, strip, width, inverseStride, panel);
    }
}

// Products of matrices, a tile of the result at a time. Speed first: everything of order n³ in this
// library ends here.
//
//   C   what is added to, rows × width
//   A   the left factor, rows × depth, where it is: neighbouring rows and neighbouring columns lie
//       at any distance, so that it may be a transpose
//   P   the right factor, depth × width, packed: for each CN_COLUMNS of its columns a piece of
//       depth × CN_COLUMNS, the last one filled with zeros
//
// A tile of CN_TILE_ROWS × CN_COLUMNS sums stays in registers: each step of depth loads one row of
// P and multiplies it by one element of each row of A. P is packed because it is read once for
// every CN_TILE_ROWS rows; A is read width / CN_COLUMNS times only. A panel fits the second-level
// cache, and the stack of any thread: 96 KiB.
// Source: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.

#define CN_COLUMNS (CN_WIDTH * CN_TILE_VECTORS)
#define CN_DEPTH (128 / CN_COLUMNS * CN_COLUMNS)
#define CN_PANEL_COLUMNS (96 / CN_COLUMNS * CN_COLUMNS)
#define CN_ALIGNED __attribute__((aligned(64)))

typedef struct {
    const double *start;
    size_t row, column;  // from one row, and from one column, to the next
} CN(factor);

typedef CN(vector) CN(tile)[CN_TILE_ROWS][CN_TILE_VECTORS];

static inline size_t CN(least)(size_t a, size_t b) { return a < b ? a : b; }

// Sums of `rows` rows of A times P; the other rows of the tile repeat the last one.
CN_INLINE void CN(multiply_tile)(
    CN(factor) a, size_t rows, const double *panel, size_t depth, CN(tile) sums) {
    const double *row[CN_TILE_ROWS];
    CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++)
        row[r] = a.start + (r < rows ? r : rows - 1) * a.row;
    CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++)
        CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++) sums[r][v] = CN(all)(0);
    for (size_t k = 0; k < depth; k++) {
        CN(vector) p[CN_TILE_VECTORS];
        CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++)
            p[v] = CN(load)(panel + k * CN_COLUMNS + v * CN_WIDTH);
        CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++) {
            const double element = row[r][k * a.column];
            CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++) sums[r][v] += element * p[v];
        }
    }
}

// C += scale A P. In row r only the columns up to r + diagonal are changed.
CN_INLINE void CN(add_product_of)(
    double scale, CN(factor) a, size_t rows, const double *panel, size_t depth, size_t width,
    double *c, size_t cStride, size_t diagonal) {
    for (size_t i = 0; i < rows; i += CN_TILE_ROWS) {
        const size_t height = CN(least)(rows - i, CN_TILE_ROWS);
        const CN(factor) part = {a.start + i * a.row, a.row, a.column};
        for (size_t j = 0; j < width && j < i + height + diagonal; j += CN_COLUMNS) {
            CN(tile) sums;
            CN(multiply_tile)(part, height, panel + j * depth, depth, sums);
            double *corner = c + i * cStride + j;
            const size_t full = CN(least)(width, i + diagonal + 1);
            if (height == CN_TILE_ROWS && j + CN_COLUMNS <= full) {
                CN_UNROLL for (size_t r = 0; r < CN_TILE_ROWS; r++)
                    CN_UNROLL for (size_t v = 0; v < CN_TILE_VECTORS; v++) {
                        double *at = corner + r * cStride + v * CN_WIDTH;
                        CN(store)(at, CN(load)(at) + scale * sums[r][v]);
                    }
            } else {
                const double *sum = (const double *)sums;
                for (size_t r = 0; r < height; r++) {
                    const size_t end = CN(least)(width, i + r + diagonal + 1);
                    for (size_t column = 0; column < CN_COLUMNS && j + column < end; column++)
                        corner[r * cStride + column] += scale * sum[r * CN_COLUMNS + column];
                }
            }
        }
    }
}

// The same as a function, with the two usual layouts of A apart.
CN_TARGET static void CN(add_product)(
    double scale, CN(factor) a, size_t rows, const double *panel, size_t depth, size_t width,
    double *c, size_t cStride, size_t diagonal) {
    if (a.column == 1) {
        const CN(factor) plain = {a.start, a.row, 1};
        CN(add_product_of)(scale, plain, rows, panel, depth, width, c, cStride, diagonal);
    } else {
        const CN(factor) transposed = {a.start, 1, a.column};
        CN(add_product_of)(scale, transposed, rows, panel, depth, width, c, cStride, diagonal);
    }
}

#define CN_EVERYWHERE ((size_t)1 << 62)

// Packs B, depth × width.
CN_TARGET static void CN(pack)(
    const double *b, size_t bStride, size_t depth, size_t width, double *panel) {
    for (size_t j = 0; j < width; j += CN_COLUMNS) {
        const size_t columns = CN(least)(width - j, CN_COLUMNS);
        for (size_t k = 0; k < depth; k++, panel += CN_COLUMNS) {
            const double *row = b + k * bStride + j;
            if (columns == CN_COLUMNS) {
                memcpy(panel, row, CN_COLUMNS * sizeof(double));
            } else {
                for (size_t c = 0; c < CN_COLUMNS; c++) panel[c] = c < columns ? row[c] : 0;
            }
        }
    }
}

// The reverse of `pack`.
CN_TARGET static void CN(unpack)(
    const double *panel, size_t depth, size_t width, double *b, size_t bStride) {
    for (size_t j = 0; j < width; j += CN_COLUMNS) {
        const size_t columns = CN(least)(width - j, CN_COLUMNS);
        for (size_t k = 0; k < depth; k++, panel += CN_COLUMNS) {
            double *row = b + k * bStride + j;
            if (columns == CN_COLUMNS) {
                memcpy(row, panel, CN_COLUMNS * sizeof(double));
            } else {
                for (size_t c = 0; c < columns; c++) row[c] = panel[c];
            }
        }
    }
}

// Packs Bᵀ; B is width × depth.
CN_TARGET static void CN(pack_transposed)(
    const double *b, size_t bStride, size_t depth, size_t width, double *panel) {
    for (size_t j = 0; j < width; j += CN_COLUMNS, panel += depth * CN_COLUMNS) {
        const size_t columns = CN(least)(width - j, CN_COLUMNS);
        if (columns < CN_COLUMNS) memset(panel, 0, depth * CN_COLUMNS * sizeof(double));
        for (size_t c = 0; c < columns; c += CN_WIDTH) {
            const double *rows = b + (j + c) * bStride;
            size_t k = 0;
            if (c + CN_WIDTH <= columns)
                for (; k + CN_WIDTH <= depth; k += CN_WIDTH)
                    CN(transpose)(rows + k, bStride, panel + k * CN_COLUMNS + c, CN_COLUMNS);
            const size_t count = CN(least)(columns - c, CN_WIDTH);
            for (; k < depth; k++)
                for (size_t r = 0; r < count; r++)
                    panel[k * CN_COLUMNS + c + r] = rows[r * bStride + k];
        }
    }
}

CN_TARGET static void CN(add_product_transposed)(
    double scale, const double *a, size_t n, size_t k, size_t aStride, const double *b, size_t m,
    size_t bStride, double *c, size_t cStride) {
    if (m == 1) {
        for (size_t i = 0; i < n; i++) c[i * cStride] += scale * CN(dot)(a + i * aStride, b, k);
        return;
    }
    double panel[CN_DEPTH * CN_PANEL_COLUMNS] CN_ALIGNED;
    for (size_t start = 0; start < k; start += CN_DEPTH) {
        const size_t depth = CN(least)(k - start, CN_DEPTH);
        for (size_t j = 0; j < m; j += CN_PANEL_COLUMNS) {
            const size_t width = CN(least)(m - j, CN_PANEL_COLUMNS);
            CN(pack_transposed)(b + j * bStride + start, bStride, depth, width, panel);
            const CN(factor) rows = {a + start, aStride, 1};
            CN(add_product)(scale, rows, n, panel, depth, width, c + j, cStride, CN_EVERYWHERE);
        }
    }
}

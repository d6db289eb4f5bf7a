// Every kernel, written once for all instruction sets. A file for each of them includes this one
// and defines first
//   CN_NAME          its name
//   CN(name)         the name of what is compiled for it
//   CN_TARGET        the attribute that turns it on
//   CN_WIDTH         doubles in a vector register
//   CN_TILE_ROWS     rows, and
//   CN_TILE_VECTORS  vectors in a row, of the part of a product that is kept in registers

#include "kernel_set.h"
#include <math.h>
#include <string.h>

#include "vectors.h"

#include "tiles.h"

#include "cholesky.h"
#include "covariances.h"
#include "additive.h"
#include "triangular.h"

#define CN_KERNEL(result, name, parameters, arguments) CN(name),

const cn_kernel_set CN(kernels) = {CN_NAME, CN_EACH_KERNEL(CN_KERNEL)};

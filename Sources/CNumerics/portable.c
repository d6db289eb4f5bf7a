// Two doubles a vector: SSE2 and NEON, what every supported processor can do.

#define CN_NAME "portable"
#define CN(name) cn_##name##_portable
#define CN_TARGET
#define CN_WIDTH 2
#if defined(__aarch64__)
// 32 registers: 24 of them accumulate.
#define CN_TILE_ROWS 6
#define CN_TILE_VECTORS 4
#else
// 16 registers: 8 of them accumulate.
#define CN_TILE_ROWS 4
#define CN_TILE_VECTORS 2
#endif
#include "kernels/kernels.h"

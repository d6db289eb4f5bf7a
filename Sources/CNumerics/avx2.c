// Four doubles a vector, fused multiply-add; 16 registers, 12 of them accumulate.

#if defined(__x86_64__)
#define CN_NAME "avx2"
#define CN(name) cn_##name##_avx2
#define CN_TARGET __attribute__((target("avx2,fma")))
#define CN_WIDTH 4
#define CN_TILE_ROWS 6
#define CN_TILE_VECTORS 2
#include "kernels/kernels.h"
#endif

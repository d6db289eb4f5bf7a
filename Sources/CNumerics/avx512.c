// Eight doubles a vector, fused multiply-add; 32 registers, 24 of them accumulate.

#if defined(__x86_64__)
#define CN_NAME "avx512"
#define CN(name) cn_##name##_avx512
#define CN_TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma")))
#define CN_WIDTH 8
#define CN_TILE_ROWS 8
#define CN_TILE_VECTORS 3
#include "kernels/kernels.h"
#endif

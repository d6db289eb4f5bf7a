#if defined(__x86_64__)
#define CN(name) cn_##name##_avx2
#define CN_TARGET __attribute__((target("avx2,fma")))
#define CN_WIDTH 4
#include "kernels.h"
#endif

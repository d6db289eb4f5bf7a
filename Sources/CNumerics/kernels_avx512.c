#if defined(__x86_64__)
#define CN(name) cn_##name##_avx512
#define CN_TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma")))
#define CN_WIDTH 8
#include "kernels.h"
#endif

#define CN(name) cn_##name##_portable
#define CN_TARGET
#define CN_WIDTH 2
#include "kernels.h"

// Chooses the kernels that the processor can do, once.

#include "kernels/kernel_set.h"
#include <stdatomic.h>
#include <string.h>

extern const cn_kernel_set cn_kernels_portable;
#if defined(__x86_64__)
extern const cn_kernel_set cn_kernels_avx2, cn_kernels_avx512;
#endif

static _Atomic(const cn_kernel_set *) chosen;
static _Thread_local const cn_kernel_set *chosen_on_thread;

// The best set of kernels that the processor can do, or the one with the name; else NULL.
static const cn_kernel_set *find(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const int avx512 = avx2 && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (avx512 && (!name || strcmp(name, "avx512") == 0)) return &cn_kernels_avx512;
    if (avx2 && (!name || strcmp(name, "avx2") == 0)) return &cn_kernels_avx2;
#endif
    return !name || strcmp(name, "portable") == 0 ? &cn_kernels_portable : NULL;
}

// Two threads that come first at the same time choose the same.
static const cn_kernel_set *kernels(void) {
    if (chosen_on_thread) return chosen_on_thread;
    const cn_kernel_set *set = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (!set) {
        set = find(NULL);
        atomic_store_explicit(&chosen, set, memory_order_relaxed);
    }
    return set;
}

const char *cn_instruction_set(void) { return kernels()->name; }

int cn_use_instruction_set(const char *name) {
    const cn_kernel_set *set = find(name);
    if (!set) return 0;
    atomic_store_explicit(&chosen, set, memory_order_relaxed);
    return 1;
}

int cn_use_instruction_set_on_thread(const char *name) {
    const cn_kernel_set *set = name ? find(name) : NULL;
    if (name && !set) return 0;
    chosen_on_thread = set;
    return 1;
}

#define CN_DEFINE(result, name, parameters, arguments) \
    result cn_##name parameters { return kernels()->name arguments; }

CN_EACH_KERNEL(CN_DEFINE)

size_t cn_cholesky(double *a, size_t n, size_t stride) {
    return cn_cholesky_append(a, n, stride, 0);
}

// The processor's cycle counter, as perftest reads it: an emulated machine's clock may take as long to read as a message.
#pragma once
#include <stdint.h>

static inline uint64_t processor_cycles(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t count;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#else
#error "this processor's cycle counter is not known here"
#endif
}

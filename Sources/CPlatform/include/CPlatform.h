// What hides behind _GNU_SOURCE and can't be imported by Swift: CPU binding of the calling thread.
#pragma once
#include <stdint.h>

/// Writes the processors that the calling thread may run on, ascending, into `cpus`.
/// Returns how many there are (which may be more than `capacity`), or -1.
int32_t syncline_allowed_cpus(int32_t *cpus, int32_t capacity);

/// Nanoseconds of the monotonic clock: the same for all processes of one host.
int64_t syncline_monotonic_ns(void);

/// Lets the calling thread, and what it starts, receive the signals that end a program: whoever started this process may
/// have blocked them, as thread pools do, and a blocked signal is inherited.
void syncline_accept_signals(void);

/// Flushes standard output, a variable that Swift can't share between threads; 0 where all of it was written.
int32_t syncline_flush_output(void);

/// A hint to the processor that this is a spin loop.
void syncline_pause(void);

/// A word that a device or another thread may write at any time: what was written before it is seen too.
static inline uint32_t syncline_load_acquire(const void *word) {
  return __atomic_load_n((const uint32_t *)word, __ATOMIC_ACQUIRE);
}

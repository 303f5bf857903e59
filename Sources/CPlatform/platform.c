#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CPlatform.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#ifdef __linux__
#include <sched.h>

int32_t syncline_allowed_cpus(int32_t *cpus, int32_t capacity) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  int32_t found = 0;
  for (int32_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &set)) continue;
    if (found < capacity) cpus[found] = cpu;
    found++;
  }
  return found;
}
#else
int32_t syncline_allowed_cpus(int32_t *cpus, int32_t capacity) {
  (void)cpus;
  (void)capacity;
  return -1;
}
#endif

int64_t syncline_monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void syncline_accept_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int32_t syncline_flush_output(void) { return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -1; }

void syncline_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

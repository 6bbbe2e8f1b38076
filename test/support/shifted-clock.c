/*
 * Preloaded into a process by a test: its wall clock is ahead by what the file SHIFTED_CLOCK says, a 64-bit number of
 * microseconds which the test may change at any time. Clocks that only ever go on are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
  real = dlsym(RTLD_NEXT, "clock_gettime");
  const char *name = getenv("SHIFTED_CLOCK");
  int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *map = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (map != MAP_FAILED) shift = map;
}

int clock_gettime(clockid_t id, struct timespec *time) {
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = real(id, time);
  if (failed || !shift || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return failed;
  int64_t us = time->tv_sec * 1000000LL + time->tv_nsec / 1000 + *shift;
  time->tv_sec = us / 1000000;
  time->tv_nsec = us % 1000000 * 1000 + time->tv_nsec % 1000;
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  int failed = clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return failed;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}

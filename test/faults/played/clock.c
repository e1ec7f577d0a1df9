// Preloaded (LD_PRELOAD) into a process whose clock a test steps: its wall clock differs from the true one by as many
// milliseconds as stand in the file CLOCK_FILE (one 64-bit number), which may change at any moment. The monotonic clock
// goes on, as it does when a machine's clock is set.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *offset;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("CLOCK_FILE");
  int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *map = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) offset = map;
  close(fd);
}

static void shift(struct timespec *time) {
  if (!offset) return;
  int64_t ns = time->tv_sec * 1000000000LL + time->tv_nsec + *offset * 1000000LL;
  time->tv_sec = ns / 1000000000LL;
  time->tv_nsec = ns % 1000000000LL;
}

int clock_gettime(clockid_t id, struct timespec *time) {
  // The kernel itself is asked: whoever could be asked instead may ask us.
  int result = syscall(SYS_clock_gettime, id, time);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) shift(time);
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}

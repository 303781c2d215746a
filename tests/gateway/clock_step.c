// Preloaded into a gateway whose clock a test sets: adds the seconds in the file $CLOCK_STEP to the time of
// day, from the moment they are written there. What is measured by a monotonic clock goes on as it was, as it
// does when somebody really sets the clock. Asks the kernel itself, so that nobody who is still being loaded,
// such as an allocator, is needed for it.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const _Atomic int64_t* seconds;  // 0: not yet

__attribute__((constructor)) static void open_file(void) {
  const char* name = getenv("CLOCK_STEP");
  const int file = name != 0 ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  void* mapped = mmap(0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) abort();
  close(file);
  seconds = mapped;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const long failed = syscall(SYS_clock_gettime, clock, now);
  if (failed == 0 && seconds != 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += atomic_load(seconds);
  }
  return (int)failed;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  *now = (struct timeval){exact.tv_sec, exact.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* also) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (also != 0) *also = exact.tv_sec;
  return exact.tv_sec;
}

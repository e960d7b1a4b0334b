// Stands for the core bitcode: counting, and an allocator that takes the thread's context.
#include <stdint.h>
#include <stdlib.h>

void *fuse_context(void);
extern void *fuse_list_new(int64_t, int64_t);
static uint64_t allocated;

void fuse_rc_inc(int32_t *object) { if (*object) ++*object; }
void *fuse_alloc(int64_t size) {
  // Reads what the context points to, as the real one does.
  if (*(uint64_t *)fuse_context() == 0) abort();
  allocated += size;
  int32_t *object = aligned_alloc(16, (size + 15) & ~15ull);
  object[0] = 1;
  object[1] = 0;
  return object;
}

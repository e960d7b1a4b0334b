// The few runtime rows the tests need, and a `main` that runs the program described by `fuse_program`.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { const char *data; uint64_t len; } Text;
typedef struct { const void *data; uint64_t len; } Slice;
typedef struct { Text file, function; uint32_t line, column; } Site;
typedef struct { Text name; void (*run)(void); } App;
typedef struct { Text name, type_name; uint32_t is_bool, required; Text shown; } Flag;
typedef struct { int64_t (*run)(void *); Text doc; Slice flags; } Main;
typedef struct { Text text; uint32_t is_param, reserved; } Segment;
typedef struct { Text method; Slice segments; void (*run)(void *); uint32_t has_body, blocks; } Route;
typedef struct { Text name; Slice base, routes; } Service;
typedef struct { Text prefix, env, field; } ConfigName;
typedef struct Program {
  Text build_info;
  Slice sites, config_names, apps, services;
  void (*configs)(void);
  const Main *main;
  int64_t (*run_main)(const struct Program *, int64_t, const char *const *);
  Slice migrations;
  int64_t (*run_migrations)(const struct Program *);
  uint32_t needs_stack, release;
} Program;
extern const Program fuse_program;

static struct { uint64_t stack_limit; } context;
void *fuse_context(void) { return &context; }

void fuse_fault(int64_t kind, int64_t site) {
  const Site *s = (const Site *)fuse_program.sites.data + site;
  printf("fault %lld at %.*s:%u:%u in %.*s\n", (long long)kind, (int)s->file.len, s->file.data, s->line, s->column,
         (int)s->function.len, s->function.data);
  fflush(stdout);
  _Exit(1);
}

typedef struct { int32_t count; uint32_t aux; uint64_t len; char bytes[]; } Sequence;
#ifndef WITH_CORE
void *fuse_alloc(int64_t size) {
  int32_t *object = aligned_alloc(16, (size + 15) & ~15ull);
  object[0] = 1;
  object[1] = 0;
  return object;
}
void fuse_rc_inc(int32_t *object) { if (*object) ++*object; }
#endif
void fuse_free(void *object, int64_t size) { (void)size; free(object); }
void *fuse_list_new(int64_t size, int64_t capacity) {
  Sequence *list = aligned_alloc(16, (16 + size * capacity + 15) & ~15ull);
  list->count = 1; list->aux = capacity; list->len = 0;
  return list;
}
void fuse_print(Sequence *text) { printf("%.*s\n", (int)text->len, text->bytes); }
void *fuse_text_push_int(Sequence *text, int64_t value) {
  char digits[32];
  int count = snprintf(digits, sizeof digits, "%lld", (long long)value);
  Sequence *longer = aligned_alloc(16, (16 + text->len + count + 15) & ~15ull);
  longer->count = 1; longer->aux = longer->len = text->len + count;
  memcpy(longer->bytes, text->bytes, text->len);
  memcpy(longer->bytes + text->len, digits, count);
  return longer;
}
double fuse_float_rem(double a, double b) { return __builtin_fmod(a, b); }
void fuse_text_to_int(char *out, Sequence *text) {
  char digits[32] = {0}, *end;
  memcpy(digits, text->bytes, text->len < 31 ? text->len : 31);
  *(int64_t *)(out + 8) = strtoll(digits, &end, 10);
  out[0] = *end == 0;
}
bool fuse_text_equal(Sequence *a, Sequence *b) { return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len); }
int64_t fuse_text_index_of(Sequence *a, Sequence *b) { return a->len < b->len ? -1 : (int64_t)b->len; }

#define TEXT(t) (int)(t).len, (t).data
static void describe(void) {
  const Program *p = &fuse_program;
  printf("info%.*s room %d stack %u release %u\n", (int)strlen(p->build_info.data), (const char *)p->build_info.data, (int)p->build_info.len, p->needs_stack, p->release);
  for (uint64_t i = 0; i < p->config_names.len; i++) {
    const ConfigName *c = (const ConfigName *)p->config_names.data + i;
    printf("config %.*s %.*s %.*s\n", TEXT(c->prefix), TEXT(c->env), TEXT(c->field));
  }
  for (uint64_t i = 0; i < p->apps.len; i++) {
    const App *a = (const App *)p->apps.data + i;
    printf("app %.*s\n", TEXT(a->name));
    a->run();
  }
  for (uint64_t i = 0; i < p->services.len; i++) {
    const Service *s = (const Service *)p->services.data + i;
    printf("service %.*s", TEXT(s->name));
    for (uint64_t j = 0; j < s->base.len; j++) printf(" /%.*s", TEXT(((const Text *)s->base.data)[j]));
    printf("\n");
    for (uint64_t j = 0; j < s->routes.len; j++) {
      const Route *r = (const Route *)s->routes.data + j;
      printf("route %.*s body %u blocks %u:", TEXT(r->method), r->has_body, r->blocks);
      for (uint64_t k = 0; k < r->segments.len; k++) {
        const Segment *g = (const Segment *)r->segments.data + k;
        printf(" %.*s%s", TEXT(g->text), g->is_param ? "?" : "");
      }
      printf("\n");
      r->run(0);
    }
  }
  if (p->main) {
    printf("main %.*s\n", TEXT(p->main->doc));
    for (uint64_t i = 0; i < p->main->flags.len; i++) {
      const Flag *f = (const Flag *)p->main->flags.data + i;
      printf("flag %.*s %.*s bool %u required %u default %.*s\n", TEXT(f->name), TEXT(f->type_name), f->is_bool, f->required, TEXT(f->shown));
    }
  }
}

int64_t fuse_run_main(const Program *program, int64_t argc, const char *const *argv) {
  (void)argc; (void)argv;
  return program->main->run(0);
}

int main(int argc, char **argv) {
  char here;
  // Room for the tests' recursion: 1 MiB of the stack.
  context.stack_limit = (uint64_t)&here - (1 << 20);
  if (argc > 1 && !strcmp(argv[1], "describe")) {
    describe();
    return 0;
  }
  if (fuse_program.configs) fuse_program.configs();
  if (fuse_program.run_main) return fuse_program.run_main(&fuse_program, argc, (const char *const *)argv);
  ((const App *)fuse_program.apps.data)->run();
  return 0;
}

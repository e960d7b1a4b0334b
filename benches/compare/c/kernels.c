// The kernels of benches/fixtures/kernels in C, the way a C programmer writes them: no overflow or bounds checks.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t fib(int64_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static int64_t loop_sum(int64_t n) {
  int64_t x = 12345, total = 0;
  for (int64_t i = 0; i < n; i++) {
    x = (x * 1103515245 + 12345) % 2147483648;
    if (x % 3 == 0)
      total += x % 1000;
    else
      total -= i % 7;
  }
  return total;
}

static int64_t sieve(int64_t n) {
  size_t len = 0, cap = 0;
  uint8_t *flags = NULL;
  for (int64_t i = 0; i < n; i++) {
    if (len == cap) flags = realloc(flags, cap = cap ? cap * 2 : 16);
    flags[len++] = 1;
  }
  for (int64_t i = 2; i * i < n; i++)
    if (flags[i])
      for (int64_t j = i * i; j < n; j += i) flags[j] = 0;
  int64_t primes = 0;
  for (int64_t k = 2; k < n; k++)
    if (flags[k]) primes++;
  free(flags);
  return primes;
}

typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;

static void advance(Body *b, int n, double dt) {
  for (int i = 0; i < n; i++)
    for (int j = i + 1; j < n; j++) {
      double dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z;
      double square = dx * dx + dy * dy + dz * dz;
      double magnitude = dt / (square * sqrt(square));
      double mi = b[i].mass * magnitude, mj = b[j].mass * magnitude;
      b[i].vx -= dx * mj; b[i].vy -= dy * mj; b[i].vz -= dz * mj;
      b[j].vx += dx * mi; b[j].vy += dy * mi; b[j].vz += dz * mi;
    }
  for (int i = 0; i < n; i++) {
    b[i].x += dt * b[i].vx; b[i].y += dt * b[i].vy; b[i].z += dt * b[i].vz;
  }
}

static double energy(const Body *b, int n) {
  double total = 0;
  for (int i = 0; i < n; i++) {
    total += 0.5 * b[i].mass * (b[i].vx * b[i].vx + b[i].vy * b[i].vy + b[i].vz * b[i].vz);
    for (int j = i + 1; j < n; j++) {
      double dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z;
      total -= b[i].mass * b[j].mass / sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return total;
}

static double nbody(int64_t steps) {
  Body b[5] = {
      {0.0, 0.0, 0.0, -0.000387, -0.003264, 0.0000235, 39.478417604357434},
      {4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.0376},
      {8.34, 4.12, -0.40, -1.01, 1.82, 0.0084, 0.0113},
      {12.89, -15.11, -0.22, 1.08, 0.868, -0.0108, 0.00172},
      {15.37, -25.9, 0.179, 0.979, 0.594, -0.0347, 0.00203},
  };
  for (int64_t i = 0; i < steps; i++) advance(b, 5, 0.01);
  return energy(b, 5);
}

typedef struct {
  char *data;
  size_t len, cap;
} Text;

static void push(Text *t, const char *s, size_t n) {
  if (t->len + n > t->cap) {
    while (t->len + n > t->cap) t->cap = t->cap ? t->cap * 2 : 16;
    t->data = realloc(t->data, t->cap);
  }
  memcpy(t->data + t->len, s, n);
  t->len += n;
}

static int digits(char *out, int64_t v) {
  char tmp[24];
  int n = 0, neg = v < 0;
  uint64_t u = neg ? -(uint64_t)v : (uint64_t)v;
  do tmp[n++] = '0' + u % 10; while (u /= 10);
  if (neg) tmp[n++] = '-';
  for (int i = 0; i < n; i++) out[i] = tmp[n - 1 - i];
  return n;
}

static int64_t text(int64_t n) {
  Text t = {0};
  for (int64_t i = 0; i < n; i++) {
    char d[24];
    int k = digits(d, i);
    push(&t, "item ", 5);
    push(&t, d, k);
    push(&t, ", ", 2);
  }
  // Length in Unicode scalars, as the language counts.
  int64_t scalars = 0;
  for (size_t i = 0; i < t.len; i++) scalars += (t.data[i] & 0xC0) != 0x80;
  free(t.data);
  return scalars;
}

typedef struct {
  char *key;
  size_t len;
  uint64_t hash;
  int64_t value;
} Entry;

static uint64_t hash_of(const char *s, size_t n) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < n; i++) h = (h ^ (uint8_t)s[i]) * 1099511628211u;
  return h;
}

static int64_t words(int64_t n) {
  size_t cap = 16, len = 0;
  Entry *entries = malloc(cap * sizeof *entries);
  size_t mask = 31;
  uint32_t *slots = calloc(mask + 1, sizeof *slots);
  int64_t x = 42;
  for (int64_t i = 0; i < n; i++) {
    x = (x * 1103515245 + 12345) % 2147483648;
    char word[32] = "word";
    size_t wl = 4 + digits(word + 4, x / 65536 % 5000);
    uint64_t h = hash_of(word, wl);
    size_t at = h & mask;
    while (slots[at]) {
      Entry *e = &entries[slots[at] - 1];
      if (e->hash == h && e->len == wl && !memcmp(e->key, word, wl)) break;
      at = (at + 1) & mask;
    }
    if (slots[at]) {
      entries[slots[at] - 1].value++;
      continue;
    }
    if (len == cap) entries = realloc(entries, (cap *= 2) * sizeof *entries);
    char *key = malloc(wl);
    memcpy(key, word, wl);
    entries[len] = (Entry){key, wl, h, 1};
    slots[at] = ++len;
    if (len * 2 > mask) {
      free(slots);
      mask = mask * 2 + 1;
      slots = calloc(mask + 1, sizeof *slots);
      for (size_t k = 0; k < len; k++) {
        size_t p = entries[k].hash & mask;
        while (slots[p]) p = (p + 1) & mask;
        slots[p] = k + 1;
      }
    }
  }
  int64_t largest = 0;
  for (size_t k = 0; k < len; k++) {
    if (entries[k].value > largest) largest = entries[k].value;
    free(entries[k].key);
  }
  free(entries);
  free(slots);
  return largest + (int64_t)len;
}

typedef struct Tree {
  struct Tree *left, *right;
} Tree;

static Tree *build(int64_t depth) {
  if (depth == 0) return NULL;
  Tree *t = malloc(sizeof *t);
  t->left = build(depth - 1);
  t->right = build(depth - 1);
  return t;
}

static int64_t count(const Tree *t) { return t ? count(t->left) + count(t->right) + 1 : 1; }

static void release(Tree *t) {
  if (!t) return;
  release(t->left);
  release(t->right);
  free(t);
}

static int64_t trees(int64_t depth, int64_t rounds) {
  int64_t total = 0;
  for (int64_t i = 0; i < rounds; i++) {
    Tree *t = build(depth);
    total += count(t);
    release(t);
  }
  return total;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const char *k = argv[1];
  int64_t n = atoll(argv[2]);
  if (!strcmp(k, "fib")) printf("%ld\n", fib(n));
  else if (!strcmp(k, "loop")) printf("%ld\n", loop_sum(n));
  else if (!strcmp(k, "sieve")) printf("%ld\n", sieve(n));
  else if (!strcmp(k, "nbody")) printf("%.17g\n", nbody(n));
  else if (!strcmp(k, "text")) printf("%ld\n", text(n));
  else if (!strcmp(k, "words")) printf("%ld\n", words(n));
  else if (!strcmp(k, "trees")) printf("%ld\n", trees(18, n));
  else return 2;
  return 0;
}

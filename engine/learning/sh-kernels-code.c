/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The kernels. Meson compiles this file once for each instruction set, with the
 * name of the table in SH_KERNELS_TABLE and sums allowed to be reordered (for
 * this file alone).
 *
 * Vectors are the compiler's own, as wide as the widest register, so that
 * nothing here is written for one processor.
 *
 * NOTES on multiply. A tile of c is kept in registers while a and b stream by:
 * each vector of b is used for all rows of the tile, each element of a for all
 * its columns. Six rows by the columns below are what fits the registers
 * (12 + 3 of 16, 24 + 5 of 32). A loop that the compiler vectorised by itself
 * reached a quarter of it.
 */

#include "sh-kernels.h"

#include <math.h>
#include <string.h>

#if defined(__AVX512F__)
#define VECTOR_FLOATS 16
#define TILE_VECTORS 4
#elif defined(__AVX__)
#define VECTOR_FLOATS 8
#define TILE_VECTORS 2
#else
#define VECTOR_FLOATS 4
#define TILE_VECTORS 2
#endif
#define TILE_ROWS 6

typedef float Vector
    __attribute__ ((vector_size (VECTOR_FLOATS * sizeof (float))));
typedef gint32 IntVector
    __attribute__ ((vector_size (VECTOR_FLOATS * sizeof (float))));

/* The loops over a tile must be unrolled, or its sums do not stay in registers. */
#ifdef __clang__
#define UNROLL _Pragma ("clang loop unroll(full)")
#else
#define UNROLL _Pragma ("GCC unroll 8")
#endif

#define INLINE static inline __attribute__ ((always_inline))

INLINE Vector
load (const float *x)
{
  Vector v;

  memcpy (&v, x, sizeof v);
  return v;
}

INLINE void
store (float *x, Vector v)
{
  memcpy (x, &v, sizeof v);
}

/* What multiply is asked, in one place for its parts. */
typedef struct
{
  gsize k;
  gsize a_row, a_column;
  gsize b_row;
  gsize c_row;
} Strides;

/* A tile of `rows` by `vectors`; both are constants where it is inlined. */
INLINE void
multiply_tile (const int rows,
               const int vectors,
               const Strides *strides,
               gboolean accumulate,
               const float *a,
               const float *b,
               const float *bias,
               float *c)
{
  const gsize a_row = strides->a_row;
  const gsize a_column = strides->a_column;
  const gsize b_row = strides->b_row;
  Vector sums[TILE_ROWS][TILE_VECTORS];

  UNROLL
  for (int r = 0; r < rows; r++)
    UNROLL
  for (int v = 0; v < vectors; v++)
    sums[r][v] = bias != NULL ? load (bias + v * VECTOR_FLOATS) : (Vector){ 0 };

  for (gsize i = 0; i < strides->k; i++)
    {
      Vector row[TILE_VECTORS];

      UNROLL
      for (int v = 0; v < vectors; v++)
        row[v] = load (b + i * b_row + v * VECTOR_FLOATS);
      UNROLL
      for (int r = 0; r < rows; r++)
        {
          float x = a[r * a_row + i * a_column];

          UNROLL
          for (int v = 0; v < vectors; v++)
            sums[r][v] += x * row[v];
        }
    }

  UNROLL
  for (int r = 0; r < rows; r++)
    UNROLL
  for (int v = 0; v < vectors; v++)
    {
      float *to = c + r * strides->c_row + v * VECTOR_FLOATS;

      store (to, accumulate ? load (to) + sums[r][v] : sums[r][v]);
    }
}

/* All rows of a column of tiles. */
INLINE void
multiply_column (const int vectors,
                 const Strides *strides,
                 gboolean accumulate,
                 gsize m,
                 const float *a,
                 const float *b,
                 const float *bias,
                 float *c)
{
  gsize i = 0;

  for (; i + TILE_ROWS <= m; i += TILE_ROWS)
    multiply_tile (TILE_ROWS, vectors, strides, accumulate,
                   a + i * strides->a_row, b, bias, c + i * strides->c_row);
  a += i * strides->a_row;
  c += i * strides->c_row;
  switch (m - i)
    {
    case 5:
      multiply_tile (5, vectors, strides, accumulate, a, b, bias, c);
      break;
    case 4:
      multiply_tile (4, vectors, strides, accumulate, a, b, bias, c);
      break;
    case 3:
      multiply_tile (3, vectors, strides, accumulate, a, b, bias, c);
      break;
    case 2:
      multiply_tile (2, vectors, strides, accumulate, a, b, bias, c);
      break;
    case 1:
      multiply_tile (1, vectors, strides, accumulate, a, b, bias, c);
      break;
    default:
      break;
    }
}

static void
multiply (ShKernelsMode mode,
          gsize m,
          gsize n,
          gsize k,
          const float *a,
          gsize a_row,
          gsize a_column,
          const float *b,
          gsize b_row,
          const float *bias,
          float *c,
          gsize c_row)
{
  const Strides strides = { k, a_row, a_column, b_row, c_row };
  const gboolean accumulate = mode == SH_KERNELS_ACCUMULATE;
  gsize j = 0;

  for (; j + TILE_VECTORS * VECTOR_FLOATS <= n;
       j += TILE_VECTORS * VECTOR_FLOATS)
    multiply_column (TILE_VECTORS, &strides, accumulate, m, a, b + j,
                     bias != NULL ? bias + j : NULL, c + j);
  for (; j < n; j += VECTOR_FLOATS)
    multiply_column (1, &strides, accumulate, m, a, b + j,
                     bias != NULL ? bias + j : NULL, c + j);
}

static void
transpose (gsize m, gsize n, const float *x, gsize x_row, float *y, gsize y_row)
{
  /* Blocks of 16 by 16: a cache line of x, sixteen of y. */
  for (gsize i0 = 0; i0 < m; i0 += 16)
    for (gsize j0 = 0; j0 < n; j0 += 16)
      for (gsize i = i0; i < MIN (i0 + 16, m); i++)
        for (gsize j = j0; j < MIN (j0 + 16, n); j++)
          y[j * y_row + i] = x[i * x_row + j];
}

static void
add_rows (gsize m, gsize n, const float *x, gsize x_row, float *sums)
{
  for (gsize j = 0; j < n; j += VECTOR_FLOATS)
    {
      Vector sum = load (sums + j);

      for (gsize i = 0; i < m; i++)
        sum += load (x + i * x_row + j);
      store (sums + j, sum);
    }
}

INLINE Vector
select_vector (IntVector mask, Vector yes, Vector no)
{
  return (Vector) (((IntVector) yes & mask) | ((IntVector) no & ~mask));
}

/*
 * tanh (x) = 1 - 2 / (e^2x + 1), with e^2x = 2^n 2^f, n whole and f within a
 * half: 2^n is put together as bits, 2^f is the exponential series up to the
 * 6th power (the next term is below 2e-8). Beyond 9, tanh is 1 in floats.
 */
INLINE Vector
tanh_vector (Vector x)
{
  const Vector limit = (Vector){ 0 } + 9.0f;
  Vector t, f, power;
  IntVector n;

  x = select_vector (x > limit, limit, x);
  x = select_vector (x < -limit, -limit, x);
  t = x * 2.88539008f; /* 2 / ln 2 */
  /* Conversion cuts off, so it is made to see positive numbers only. */
  n = __builtin_convertvector(t + 64.5f, IntVector) - 64;
  f = (t - __builtin_convertvector(n, Vector)) * 0.69314718f;
  power = 1.0f / 720 + (Vector){ 0 };
  power = power * f + 1.0f / 120;
  power = power * f + 1.0f / 24;
  power = power * f + 1.0f / 6;
  power = power * f + 0.5f;
  power = power * f + 1.0f;
  power = power * f + 1.0f;
  power = power * (Vector) ((n + 127) << 23);
  return 1.0f - 2.0f / (power + 1.0f);
}

static void
tanh_in_place (gsize n, float *x)
{
  for (gsize i = 0; i < n; i += VECTOR_FLOATS)
    store (x + i, tanh_vector (load (x + i)));
}

static void
tanh_backward (gsize n, const float *y, float *dy)
{
  for (gsize i = 0; i < n; i += VECTOR_FLOATS)
    {
      Vector v = load (y + i);

      store (dy + i, load (dy + i) * (1.0f - v * v));
    }
}

static void
add (gsize n, const float *x, float *y)
{
  for (gsize i = 0; i < n; i += VECTOR_FLOATS)
    store (y + i, load (y + i) + load (x + i));
}

/* Squares of floats never overflow a double, and blocks keep it fast. */
static double
sum_of_squares (gsize n, const float *x)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i] * x[i];
  return sum;
}

static void
adam (gsize n,
      float *x,
      const float *gradient,
      float *m,
      float *v,
      float scale,
      float step,
      float beta1,
      float beta2,
      float epsilon)
{
  for (gsize i = 0; i < n; i++)
    {
      float g = gradient[i] * scale;
      float mean = beta1 * m[i] + (1 - beta1) * g;
      float square = beta2 * v[i] + (1 - beta2) * g * g;

      m[i] = mean;
      v[i] = square;
      x[i] -= step * mean / (sqrtf (square) + epsilon);
    }
}

const ShKernels SH_KERNELS_TABLE = {
  .name = SH_KERNELS_NAME,
  .multiply = multiply,
  .transpose = transpose,
  .add_rows = add_rows,
  .tanh = tanh_in_place,
  .tanh_backward = tanh_backward,
  .add = add,
  .sum_of_squares = sum_of_squares,
  .adam = adam,
};

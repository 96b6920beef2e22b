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
typedef float Quad __attribute__ ((vector_size (4 * sizeof (float))));

/* The loops over a tile must be unrolled, or its sums do not stay in registers. */
#ifdef __clang__
#define UNROLL _Pragma ("clang loop unroll(full)")
#else
#define UNROLL _Pragma ("GCC unroll 8")
#endif

#define SHUFFLE(a, b, ...) __builtin_shufflevector (a, b, __VA_ARGS__)

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

/* Four vectors of four, rows to columns. */
INLINE void
transpose_quads (Quad *r)
{
  const Quad a = SHUFFLE (r[0], r[1], 0, 4, 1, 5);
  const Quad b = SHUFFLE (r[2], r[3], 0, 4, 1, 5);
  const Quad c = SHUFFLE (r[0], r[1], 2, 6, 3, 7);
  const Quad d = SHUFFLE (r[2], r[3], 2, 6, 3, 7);

  r[0] = SHUFFLE (a, b, 0, 1, 4, 5);
  r[1] = SHUFFLE (a, b, 2, 3, 6, 7);
  r[2] = SHUFFLE (c, d, 0, 1, 4, 5);
  r[3] = SHUFFLE (c, d, 2, 3, 6, 7);
}

INLINE void
transpose_block (const float *x, gsize x_row, float *y, gsize y_row)
{
  Quad rows[4];

  UNROLL
  for (int i = 0; i < 4; i++)
    memcpy (&rows[i], x + i * x_row, sizeof (Quad));
  transpose_quads (rows);
  UNROLL
  for (int i = 0; i < 4; i++)
    memcpy (y + i * y_row, &rows[i], sizeof (Quad));
}

static void
transpose (gsize m, gsize n, const float *x, gsize x_row, float *y, gsize y_row)
{
  for (gsize i = 0; i < m; i += 4)
    for (gsize j = 0; j < n; j += 4)
      if (i + 4 <= m && j + 4 <= n)
        transpose_block (x + i * x_row + j, x_row, y + j * y_row + i, y_row);
      else
        for (gsize r = i; r < MIN (i + 4, m); r++)
          for (gsize c = j; c < MIN (j + 4, n); c++)
            y[c * y_row + r] = x[r * x_row + c];
}

/* A vector's floats added up to four. */
INLINE Quad
fold (Vector v)
{
#if VECTOR_FLOATS == 16
  return (SHUFFLE (v, v, 0, 1, 2, 3) + SHUFFLE (v, v, 4, 5, 6, 7)) +
         (SHUFFLE (v, v, 8, 9, 10, 11) + SHUFFLE (v, v, 12, 13, 14, 15));
#elif VECTOR_FLOATS == 8
  return SHUFFLE (v, v, 0, 1, 2, 3) + SHUFFLE (v, v, 4, 5, 6, 7);
#else
  return v;
#endif
}

/* y [rows][n] for up to four rows of x. */
INLINE void
multiply_rows_by_rows (const int rows,
                       gsize n,
                       gsize k,
                       const float *x,
                       gsize x_row,
                       const float *w,
                       gsize w_row,
                       const float *bias,
                       float *y,
                       gsize y_row)
{
  for (gsize j = 0; j < n; j++)
    {
      Vector sums[4] = { { 0 } };
      Quad quads[4];

      for (gsize i = 0; i < k; i += VECTOR_FLOATS)
        {
          const Vector row = load (w + j * w_row + i);

          UNROLL
          for (int r = 0; r < rows; r++)
            sums[r] += load (x + r * x_row + i) * row;
        }
      UNROLL
      for (int r = 0; r < 4; r++)
        quads[r] = fold (sums[r]);
      transpose_quads (quads);
      quads[0] = (quads[0] + quads[1]) + (quads[2] + quads[3]) + bias[j];
      UNROLL
      for (int r = 0; r < rows; r++)
        y[r * y_row + j] = quads[0][r];
    }
}

static void
multiply_by_rows (gsize m,
                  gsize n,
                  gsize k,
                  const float *x,
                  gsize x_row,
                  const float *w,
                  gsize w_row,
                  const float *bias,
                  float *y,
                  gsize y_row)
{
  gsize i = 0;

  for (; i + 4 <= m; i += 4)
    multiply_rows_by_rows (4, n, k, x + i * x_row, x_row, w, w_row, bias,
                           y + i * y_row, y_row);
  for (; i < m; i++)
    multiply_rows_by_rows (1, n, k, x + i * x_row, x_row, w, w_row, bias,
                           y + i * y_row, y_row);
}

/* The sums of a few columns of vectors at a time. */
INLINE void
add_columns (const int vectors,
             gsize m,
             const float *x,
             gsize x_row,
             float *sums)
{
  Vector sum[4];

  UNROLL
  for (int v = 0; v < vectors; v++)
    sum[v] = load (sums + v * VECTOR_FLOATS);
  for (gsize i = 0; i < m; i++)
    {
      UNROLL
      for (int v = 0; v < vectors; v++)
        sum[v] += load (x + i * x_row + v * VECTOR_FLOATS);
    }
  UNROLL
  for (int v = 0; v < vectors; v++)
    store (sums + v * VECTOR_FLOATS, sum[v]);
}

static void
add_rows (gsize m, gsize n, const float *x, gsize x_row, float *sums)
{
  gsize j = 0;

  for (; j + 4 * VECTOR_FLOATS <= n; j += 4 * VECTOR_FLOATS)
    add_columns (4, m, x + j, x_row, sums + j);
  for (; j < n; j += VECTOR_FLOATS)
    add_columns (1, m, x + j, x_row, sums + j);
}

/*
 * x P (x^2) / Q (x^2), the fraction of these degrees that is nearest to tanh
 * up to 7.8 (fitted by reweighted least squares; 1e-7 off, 4e-7 with rounding);
 * beyond, tanh is within 4e-7 of 1. A plain loop: compilers make better minima
 * and maxima of it than of vectors.
 */
static void
tanh_in_place (gsize n, float *x)
{
  for (gsize i = 0; i < n; i++)
    {
      float z = x[i], t, p, q;

      z = z < 7.8f ? z : 7.8f;
      z = z > -7.8f ? z : -7.8f;
      t = z * z;
      p = 1.15185085e-05f * t + 0.00295806141f;
      p = p * t + 0.129315794f;
      p = p * t + 0.999999464f;
      q = 2.49063703e-07f * t + 0.000239747897f;
      q = q * t + 0.0238425694f;
      q = q * t + 0.4626472f;
      q = q * t + 1.0f;
      x[i] = z * p / q;
    }
}

static void
tanh_backward (gsize n, const float *y, float *dy)
{
  for (gsize i = 0; i < n; i++)
    dy[i] *= 1 - y[i] * y[i];
}

/*
 * 2^n times e^r, |r| <= log (2) / 2: n is x / log (2) made whole by a number so
 * large that floats have no fraction there, e^r a polynomial of degree 6 (its
 * coefficients are Taylor's but for the last bits; 1e-7 off).
 */
INLINE float
exponential (float x)
{
  const float magic = 12582912.0f; /* 3 * 2^22 */
  float whole, r, p, scale;
  gint32 bits;

  x = x < 87.0f ? x : 87.0f;
  x = x > -87.0f ? x : -87.0f;
  /* The compiler may not reorder this sum: it goes through the bits. */
  whole = x * 1.44269504f + magic;
  memcpy (&bits, &whole, sizeof bits);
  bits -= 0x4b400000;
  r = x - (float) bits * 0.693147181f;
  p = 1.3888889e-3f * r + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  bits = (bits + 127) << 23;
  memcpy (&scale, &bits, sizeof scale);
  return p * scale;
}

static void
exp_in_place (gsize n, float *x)
{
  for (gsize i = 0; i < n; i++)
    x[i] = exponential (x[i]);
}

static void
relu (gsize n, float *x)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] > 0 ? x[i] : 0;
}

static void
relu_backward (gsize n, const float *y, float *dy)
{
  for (gsize i = 0; i < n; i++)
    dy[i] = y[i] > 0 ? dy[i] : 0;
}

static void
elu (gsize n, float *x)
{
  for (gsize i = 0; i < n; i++)
    {
      const float below = exponential (x[i] < 0 ? x[i] : 0) - 1;

      x[i] = x[i] > 0 ? x[i] : below;
    }
}

static void
elu_backward (gsize n, const float *y, float *dy)
{
  for (gsize i = 0; i < n; i++)
    dy[i] *= y[i] > 0 ? 1 : 1 + y[i];
}

/* Squares of floats do not overflow a double. */
INLINE double
add_with (const gboolean has_x, gsize n, const float *x, float *y)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      float v = has_x ? y[i] + x[i] : y[i];

      y[i] = v;
      sum += (double) v * v;
    }
  return sum;
}

static double
add (gsize n, const float *x, float *y)
{
  return x != NULL ? add_with (TRUE, n, x, y) : add_with (FALSE, n, x, y);
}

static void
follow (gsize n, const float *y, float rate, float *x)
{
  for (gsize i = 0; i < n; i++)
    x[i] += rate * (y[i] - x[i]);
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
  .multiply_by_rows = multiply_by_rows,
  .transpose = transpose,
  .add_rows = add_rows,
  .tanh = tanh_in_place,
  .tanh_backward = tanh_backward,
  .exp = exp_in_place,
  .relu = relu,
  .relu_backward = relu_backward,
  .elu = elu,
  .elu_backward = elu_backward,
  .add = add,
  .follow = follow,
  .adam = adam,
};

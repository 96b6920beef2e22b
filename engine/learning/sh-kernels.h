/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inner loops of learning: a table of functions, compiled from one source
 * for several instruction sets and chosen at run time.
 *
 * Matrices are row by row. Where a function says so, rows are padded: their
 * length is a multiple of SH_KERNELS_LANES floats, and what is in the padding
 * takes part in the sums but never mixes with the rest, so that zeros stay
 * zeros. Results differ in the last bits between instruction sets, not between
 * calls on one machine.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_KERNELS_LANES 16u
#define SH_KERNELS_ALIGNMENT 64u

/* `n` rounded up to a padded row length. */
#define SH_KERNELS_PAD(n)                                                      \
  (((n) + SH_KERNELS_LANES - 1) / SH_KERNELS_LANES * SH_KERNELS_LANES)

typedef enum
{
  SH_KERNELS_ASSIGN, /* c = a b */
  SH_KERNELS_ACCUMULATE /* c += a b */
} ShKernelsMode;

typedef struct
{
  const char *name;

  /*
   * c [m][n] = a [m][k] b [k][n], or is added to it. a's element (i, j) is at
   * a[i * a_row + j * a_column], so that a may be transposed; b's and c's rows
   * are b_row and c_row apart. n is a padded length; m and k are any number.
   * `bias` [n] is added to each row, NULL: none.
   */
  void (*multiply) (ShKernelsMode mode,
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
                    gsize c_row);

  /*
   * y [m][n] = x [m][k] w [n][k] transposed, plus bias [n]: for few columns n.
   * k is a padded length, m and n are any number.
   */
  void (*multiply_by_rows) (gsize m,
                            gsize n,
                            gsize k,
                            const float *x,
                            gsize x_row,
                            const float *w,
                            gsize w_row,
                            const float *bias,
                            float *y,
                            gsize y_row);

  /* y [n][m] = x [m][n] transposed. */
  void (*transpose) (gsize m,
                     gsize n,
                     const float *x,
                     gsize x_row,
                     float *y,
                     gsize y_row);

  /* sums [n] += the sums of the columns of x [m][n]; n is padded. */
  void (*add_rows) (gsize m, gsize n, const float *x, gsize x_row, float *sums);

  /* x [n] = tanh (x), to 6e-7 and never beyond ±1; n is padded. */
  void (*tanh) (gsize n, float *x);

  /* dy [n] *= 1 - y^2, the slope of y = tanh (x); n is padded. */
  void (*tanh_backward) (gsize n, const float *y, float *dy);

  /* x [n] = e^x, x brought within ±87 first, to 4e-7 + 6e-8 |x| of it; n is
   * padded. */
  void (*exp) (gsize n, float *x);

  /* x [n] = max (x, 0), and dy [n] = 0 where y is; n is padded. */
  void (*relu) (gsize n, float *x);
  void (*relu_backward) (gsize n, const float *y, float *dy);

  /* x [n] = e^x - 1 below 0, and dy [n] *= 1 + y there; n is padded. */
  void (*elu) (gsize n, float *x);
  void (*elu_backward) (gsize n, const float *y, float *dy);

  /* y [n] += x [n], or y as it is when x is NULL; the result is the sum of y
   * squared. n is padded. */
  double (*add) (gsize n, const float *x, float *y);

  /* x [n] += rate (y - x); n is padded. */
  void (*follow) (gsize n, const float *y, float rate, float *x);

  /*
   * One step of Adam (D. P. Kingma, J. Ba, arXiv:1412.6980, algorithm 1, with
   * the bias corrections folded into `step` and `epsilon`): with g the gradient
   * times `scale`, m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
   * x -= step m / (sqrt (v) + epsilon). n is padded.
   */
  void (*adam) (gsize n,
                float *x,
                const float *gradient,
                float *m,
                float *v,
                float scale,
                float step,
                float beta1,
                float beta2,
                float epsilon);
} ShKernels;

/* The best that this processor can run. */
const ShKernels *sh_kernels_get (void);

/* The `i`th that this processor can run, the slowest first; NULL after the
 * last. For tests and measurements. */
const ShKernels *sh_kernels_get_nth (guint i);

/* `n` floats, all 0, aligned for the kernels; free with g_aligned_free. */
float *sh_kernels_alloc (gsize n);

G_END_DECLS

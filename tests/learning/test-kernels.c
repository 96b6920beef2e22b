/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The kernels of each instruction set that this machine runs, against loops in
 * doubles, for sizes that fit no register.
 */

#include "reference.h"

#include <math.h>
#include <string.h>

static float *
draw (gsize n, guint64 seed)
{
  float *x = sh_kernels_alloc (n);
  ShRandom random;

  sh_random_seed (&random, seed, 0);
  for (gsize i = 0; i < n; i++)
    x[i] = sh_random_normal (&random);
  return x;
}

typedef struct
{
  guint m, n, k;
  gboolean transposed, bias, accumulate;
} Product;

static void
check_product (const ShKernels *kernels, const Product *p)
{
  const gsize a_row = p->transposed ? 1 : p->k + 3;
  const gsize a_column = p->transposed ? p->m + 5 : 1;
  const gsize b_row = p->n + 16, c_row = p->n + 32;
  float *a = draw ((gsize) (p->m + 5) * (p->k + 5), 1);
  float *b = draw (p->k * b_row + 1, 2);
  float *bias = draw (p->n, 3);
  float *c = draw (p->m * c_row + 1, 4);
  g_autofree float *before = g_memdup2 (c, sizeof (float) * p->m * c_row);

  kernels->multiply (p->accumulate ? SH_KERNELS_ACCUMULATE : SH_KERNELS_ASSIGN,
                     p->m, p->n, p->k, a, a_row, a_column, b, b_row,
                     p->bias ? bias : NULL, c, c_row);
  for (guint i = 0; i < p->m; i++)
    for (guint j = 0; j < c_row; j++)
      {
        double sum = p->bias && j < p->n ? bias[j] : 0;

        if (j >= p->n)
          {
            g_assert_cmpfloat (c[i * c_row + j], ==, before[i * c_row + j]);
            continue;
          }
        if (p->accumulate)
          sum += before[i * c_row + j];
        for (guint k = 0; k < p->k; k++)
          sum += (double) a[i * a_row + k * a_column] * b[k * b_row + j];
        g_assert_cmpfloat_with_epsilon (c[i * c_row + j], sum,
                                        1e-5 * (1 + p->k));
      }
  g_aligned_free (a);
  g_aligned_free (b);
  g_aligned_free (bias);
  g_aligned_free (c);
}

static void
test_multiply (gconstpointer data)
{
  static const guint ms[] = { 1, 2, 3, 4, 5, 6, 7, 13, 67 };
  static const guint ns[] = { 16, 32, 48, 64, 80, 144 };
  static const guint ks[] = { 0, 1, 2, 7, 65 };

  for (guint m = 0; m < G_N_ELEMENTS (ms); m++)
    for (guint n = 0; n < G_N_ELEMENTS (ns); n++)
      for (guint k = 0; k < G_N_ELEMENTS (ks); k++)
        for (guint flags = 0; flags < 8; flags++)
          {
            const Product product = {
              ms[m],           ns[n], ks[k], (flags & 1) != 0, (flags & 2) != 0,
              (flags & 4) != 0
            };

            check_product (data, &product);
          }
}

static void
test_by_rows (gconstpointer data)
{
  static const guint ms[] = { 1, 2, 3, 4, 5, 63, 64 };
  static const guint ks[] = { 16, 32, 48, 64, 80, 256 };
  const ShKernels *kernels = data;

  for (guint a = 0; a < G_N_ELEMENTS (ms); a++)
    for (guint b = 0; b < G_N_ELEMENTS (ks); b++)
      for (guint n = 1; n < 8; n++)
        {
          const guint m = ms[a], k = ks[b];
          float *x = draw (m * (k + 16), 1), *w = draw (n * (k + 32), 2);
          float *bias = draw (n, 3), *y = sh_kernels_alloc (m * 16);

          kernels->multiply_by_rows (m, n, k, x, k + 16, w, k + 32, bias, y,
                                     16);
          for (guint i = 0; i < m; i++)
            for (guint j = 0; j < 16; j++)
              {
                double sum = j < n ? bias[j] : 0;

                for (guint c = 0; j < n && c < k; c++)
                  sum += (double) x[i * (k + 16) + c] * w[j * (k + 32) + c];
                g_assert_cmpfloat_with_epsilon (y[i * 16 + j], sum,
                                                1e-6 * (10 + k));
              }
          g_aligned_free (x);
          g_aligned_free (w);
          g_aligned_free (bias);
          g_aligned_free (y);
        }
}

static void
test_transpose (gconstpointer data)
{
  static const guint sizes[] = { 1, 2, 4, 15, 16, 17, 31, 64, 100 };
  const ShKernels *kernels = data;

  for (guint a = 0; a < G_N_ELEMENTS (sizes); a++)
    for (guint b = 0; b < G_N_ELEMENTS (sizes); b++)
      {
        const guint m = sizes[a], n = sizes[b];
        const gsize x_row = SH_KERNELS_PAD (n), y_row = SH_KERNELS_PAD (m);
        float *x = draw (m * x_row, 1);
        float *y = draw (n * y_row, 2);
        g_autofree float *before = g_memdup2 (y, sizeof (float) * n * y_row);

        kernels->transpose (m, n, x, x_row, y, y_row);
        for (guint j = 0; j < n; j++)
          for (guint i = 0; i < y_row; i++)
            g_assert_cmpfloat (y[j * y_row + i], ==,
                               i < m ? x[i * x_row + j]
                                     : before[j * y_row + i]);
        g_aligned_free (x);
        g_aligned_free (y);
      }
}

static void
test_rows (gconstpointer data)
{
  static const guint ms[] = { 0, 1, 3, 64, 77 };
  const ShKernels *kernels = data;

  for (guint i = 0; i < G_N_ELEMENTS (ms); i++)
    for (guint n = 16; n <= 160; n += 16)
      {
        float *x = draw ((gsize) ms[i] * (n + 16) + 1, 1);
        float *sums = draw (n, 2);
        g_autofree float *before = g_memdup2 (sums, sizeof (float) * n);

        kernels->add_rows (ms[i], n, x, n + 16, sums);
        for (guint j = 0; j < n; j++)
          {
            double sum = before[j];

            for (guint r = 0; r < ms[i]; r++)
              sum += x[r * (n + 16) + j];
            g_assert_cmpfloat_with_epsilon (sums[j], sum, 1e-4);
          }
        g_aligned_free (x);
        g_aligned_free (sums);
      }
}

static void
test_tanh (gconstpointer data)
{
  enum
  {
    N = 200000
  };
  const ShKernels *kernels = data;
  float *x = sh_kernels_alloc (N);
  float *y = sh_kernels_alloc (N);
  static const float edges[] = { 0,     -0.0f,  1e-38f,   -1e-38f,   1e-4f,
                                 1e30f, -1e30f, INFINITY, -INFINITY, 8.99f,
                                 9.0f,  9.01f,  88.0f,    -88.0f,    3e38f };

  for (guint i = 0; i < N; i++)
    x[i] = ((float) i / N - 0.5f) * 40;
  memcpy (x, edges, sizeof edges);
  memcpy (y, x, sizeof (float) * N);
  kernels->tanh (N, y);
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpfloat_with_epsilon (y[i], tanh (x[i]), 6e-7);
      g_assert_cmpfloat (fabsf (y[i]), <=, 1);
    }
  g_assert_cmpfloat (y[0], ==, 0);
  g_aligned_free (x);
  g_aligned_free (y);
}

static void
test_elements (gconstpointer data)
{
  const ShKernels *kernels = data;

  for (guint n = 16; n <= 208; n += 16)
    {
      float *x = draw (n, 1), *y = draw (n, 2), *z = draw (n, 2);
      double sum = 0;

      kernels->tanh_backward (n, x, y);
      for (guint i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (y[i], z[i] * (1 - (double) x[i] * x[i]),
                                        1e-5);
      memcpy (y, z, sizeof (float) * n);
      for (guint i = 0; i < n; i++)
        sum += (double) x[i] * x[i];
      g_assert_cmpfloat_with_epsilon (kernels->add (n, NULL, x), sum,
                                      1e-9 * sum);
      sum = 0;
      for (guint i = 0; i < n; i++)
        sum += (double) (x[i] + z[i]) * (x[i] + z[i]);
      g_assert_cmpfloat_with_epsilon (kernels->add (n, x, y), sum, 1e-9 * sum);
      for (guint i = 0; i < n; i++)
        g_assert_cmpfloat (y[i], ==, x[i] + z[i]);
      g_aligned_free (x);
      g_aligned_free (y);
      g_aligned_free (z);
    }
}

/* The units' functions, and zeros that stay zeros. */
static void
test_units (gconstpointer data)
{
  static const float special[] = { 0,      -0.0f, 1e-30f, -1e-30f, 86.9f,
                                   -86.9f, 200,   -200,   1e30f,   -1e30f };
  const ShKernels *kernels = data;
  const guint n = 4096;
  float *x = draw (n, 1), *y = draw (n, 2);

  for (guint i = 0; i < n; i++)
    x[i] = (float) ((i + 0.5) / n - 0.5) * 2 * 86;
  for (guint i = 0; i < G_N_ELEMENTS (special); i++)
    x[i] = special[i];
  memcpy (y, x, sizeof (float) * n);
  kernels->exp (n, y);
  for (guint i = 0; i < n; i++)
    {
      const double expected = exp (CLAMP ((double) x[i], -87, 87));

      g_assert_cmpfloat (fabs (y[i] - expected), <=,
                         (4e-7 + 6e-8 * fabs (x[i])) * expected);
    }
  memcpy (y, x, sizeof (float) * n);
  kernels->relu (n, y);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (y[i], ==, x[i] > 0 ? x[i] : 0);
  memcpy (y, x, sizeof (float) * n);
  kernels->elu (n, y);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (y[i], x[i] > 0 ? x[i] : expm1 (x[i]), 4e-7);
  g_assert_cmpfloat (y[0], ==, 0);
  g_aligned_free (x);
  g_aligned_free (y);
}

/* x follows y, a part of the way at a time. */
static void
test_follow (gconstpointer data)
{
  const ShKernels *kernels = data;
  float *x = draw (48, 1), *y = draw (48, 2), *before = draw (48, 1);

  kernels->follow (48, y, 0.25f, x);
  for (guint i = 0; i < 48; i++)
    g_assert_cmpfloat_with_epsilon (
        x[i], before[i] + 0.25 * ((double) y[i] - before[i]), 1e-6);
  g_aligned_free (x);
  g_aligned_free (y);
  g_aligned_free (before);
}

/* Squares of large floats do not fit a float. */
static void
test_large_squares (gconstpointer data)
{
  const ShKernels *kernels = data;
  float *x = sh_kernels_alloc (32);

  for (guint i = 0; i < 32; i++)
    x[i] = 1e30f;
  g_assert_cmpfloat_with_epsilon (kernels->add (32, NULL, x) / 32e60, 1, 1e-6);
  g_aligned_free (x);
}

typedef struct
{
  const char *name;
  void (*func) (gconstpointer data);
} KernelTest;

static const KernelTest tests[] = {
  { "multiply", test_multiply },
  { "multiply-by-rows", test_by_rows },
  { "transpose", test_transpose },
  { "add-rows", test_rows },
  { "tanh", test_tanh },
  { "elements", test_elements },
  { "units", test_units },
  { "follow", test_follow },
  { "large-squares", test_large_squares },
};

static void
test_choice (void)
{
  const ShKernels *last = NULL, *next;

  for (guint i = 0; (next = sh_kernels_get_nth (i)) != NULL; i++)
    last = next;
  g_assert_nonnull (last);
  g_assert_true (sh_kernels_get () == last);
  g_assert_cmpstr (sh_kernels_get_nth (0)->name, ==, "baseline");
}

int
main (int argc, char *argv[])
{
  const ShKernels *kernels;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/best-is-chosen", test_choice);
  for (guint i = 0; (kernels = sh_kernels_get_nth (i)) != NULL; i++)
    for (guint t = 0; t < G_N_ELEMENTS (tests); t++)
      {
        g_autofree char *path =
            g_strdup_printf ("/kernels/%s/%s", kernels->name, tests[t].name);

        g_test_add_data_func (path, kernels, tests[t].func);
      }
  return g_test_run ();
}

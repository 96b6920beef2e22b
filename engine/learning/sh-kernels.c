/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Which of the compiled tables of kernels this processor can run.
 */

#include "sh-kernels.h"

#include <string.h>

extern const ShKernels sh_kernels_baseline;
#ifdef SH_KERNELS_X86_64
extern const ShKernels sh_kernels_avx2;
extern const ShKernels sh_kernels_avx512;
#endif

static gboolean
can_run_baseline (void)
{
  return TRUE;
}

#ifdef SH_KERNELS_X86_64
/* The built-ins also ask whether the kernel saves the wide registers. */
static gboolean
can_run_avx2 (void)
{
  __builtin_cpu_init ();
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

static gboolean
can_run_avx512 (void)
{
  __builtin_cpu_init ();
  return can_run_avx2 () && __builtin_cpu_supports ("avx512f") &&
         __builtin_cpu_supports ("avx512dq") &&
         __builtin_cpu_supports ("avx512bw") &&
         __builtin_cpu_supports ("avx512vl");
}
#endif

static const struct
{
  const ShKernels *kernels;
  gboolean (*can_run) (void);
} tables[] = {
  { &sh_kernels_baseline, can_run_baseline },
#ifdef SH_KERNELS_X86_64
  { &sh_kernels_avx2, can_run_avx2 },
  { &sh_kernels_avx512, can_run_avx512 },
#endif
};

const ShKernels *
sh_kernels_get_nth (guint i)
{
  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    if (tables[t].can_run () && i-- == 0)
      return tables[t].kernels;
  return NULL;
}

const ShKernels *
sh_kernels_get (void)
{
  static gsize best = 0;

  if (g_once_init_enter (&best))
    {
      const ShKernels *found = &sh_kernels_baseline;
      const ShKernels *next;

      for (guint i = 0; (next = sh_kernels_get_nth (i)) != NULL; i++)
        found = next;
      g_once_init_leave (&best, (gsize) found);
    }
  return (const ShKernels *) best;
}

float *
sh_kernels_alloc (gsize n)
{
  return g_aligned_alloc0 (MAX (n, 1), sizeof (float), SH_KERNELS_ALIGNMENT);
}

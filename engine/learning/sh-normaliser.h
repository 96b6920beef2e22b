/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Running mean and variance of vectors, merged batch by batch (T. F. Chan,
 * G. H. Golub, R. J. LeVeque: Updating formulae and a pairwise algorithm for
 * computing sample variances, 1979), and observations made comparable with
 * them: (x - mean) / deviation, clipped.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Normalised values are clipped to ± this. */
#define SH_NORMALISER_CLIP 10.0f

typedef struct
{
  guint n; /* elements of a vector */
  double count; /* vectors seen */
  double *mean; /* [n] */
  double *squares; /* [n], sum of squared differences from the mean */
} ShNormaliser;

void sh_normaliser_init (ShNormaliser *normaliser, guint n);
void sh_normaliser_clear (ShNormaliser *normaliser);

/* Takes in `n_vectors` vectors x [n_vectors][n]; what is not finite counts as
 * 0. */
void sh_normaliser_update (ShNormaliser *normaliser,
                           gsize n_vectors,
                           const float *x);

/*
 * What sh_normaliser_apply needs: mean [n], and scale [n], one over the
 * deviation; 1 for an element that has never differed. Before the first vector
 * they are 0 and 1.
 */
void
sh_normaliser_get (const ShNormaliser *normaliser, float *mean, float *scale);

/* y [n_vectors][n] from x: what is not finite is read as 0. */
void sh_normaliser_apply (guint n,
                          const float *mean,
                          const float *scale,
                          gsize n_vectors,
                          const float *x,
                          float *y);

G_END_DECLS

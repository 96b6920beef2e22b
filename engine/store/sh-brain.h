/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A brain as the store gives it out: a policy, what it is a policy for, and how
 * it came about.
 */

#pragma once

#include <glib.h>

#include "sh-codec.h"
#include "sh-policy.h"
#include "sh-program.h"

G_BEGIN_DECLS

/* What is known of one version of a brain without loading it. */
typedef struct
{
  char *name; /* as it was first written */
  guint version; /* counts from 1 */
  gint64 created; /* seconds since 1970, UTC, of the last save */
  /* Of the concept that was trained last, or is in training. */
  char *simulator, *concept, *algorithm;
  /* Where the program has several: those that have a policy, `concept` the last of
   * them; else NULL. */
  char **concepts;
  char *state, *action, *config; /* types as Inkling text */
  char *reason; /* as sh_run_reason_to_string; "none" while training */
  char *lesson; /* in which training goes on; NULL or "": not known */
  char *next; /* `concept` is trained, and this one is next; or NULL */
  char *from; /* "NAME:VERSION" whose concepts later ones start from; or NULL */
  guint64 iterations, episodes;
  guint64 concept_iterations; /* of `concept` if there are several, else 0 */
  double mean_return; /* NaN: not known */
  double seconds;
  guint64 seed;
  char *failure; /* in lists: why it cannot be used; NULL: no fault seen */
} ShBrainInfo;

ShBrainInfo *sh_brain_info_new (void);
void sh_brain_info_free (ShBrainInfo *info);

/* Reference-counted. `policy` may be used by one thread at a time. */
typedef struct
{
  gatomicrefcount ref_count;
  ShBrainInfo *info;
  ShProgram *program;
  const ShConcept *concept; /* of `program`: its output */
  ShCodec *codec; /* for `concept`, with the policies of those before it */
  ShPolicy *policy; /* of `concept`, for SH_ACT_GREEDY; NULL: not trained yet */
  /* Of the program's concepts in their order, as far as they are trained: ShPolicy
   * for SH_ACT_GREEDY, and GBytes, the models that they were read from. */
  GPtrArray *policies, *onnx;
} ShBrain;

/* FALSE with SH_ERROR_NOT_FOUND when a concept has not been trained yet, so that
 * the brain cannot act. */
gboolean sh_brain_check_whole (const ShBrain *brain, GError **error);

ShBrain *sh_brain_ref (ShBrain *brain);
void sh_brain_unref (ShBrain *brain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBrainInfo, sh_brain_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBrain, sh_brain_unref)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The memory that a conductor shares with one muscle: weights and what sets the
 * muscle up in one direction, steps in the other. What is where follows from
 * the shape alone, which the conductor decides; nothing in the memory says how
 * large anything is. Its size is sealed, so that a muscle cannot take it away
 * under the conductor's feet.
 *
 * A muscle runs somebody else's code, and the conductor reads what it writes:
 * as numbers of any value, which may change while they are read.
 */

#pragma once

#include <glib.h>

#include "sh-rollout.h"
#include "sh-space.h"

G_BEGIN_DECLS

/* Bytes of steps for one muscle, of which there is at least one row. */
#define SH_MUSCLE_MEMORY_ROWS ((gsize) 64 * 1024 * 1024)

/* Plain numbers, which travel between the two. */
typedef struct
{
  guint64 n_parameters; /* floats of the policy */
  guint64 program_size, policy_size; /* bytes */
  guint64 before_size; /* bytes; 0: there are no concepts before */
  guint32 n_instances, n_observations, n_actions, n_objectives;
  guint32 mask_size; /* bytes, of one state */
  guint32 n_steps; /* rows */
} ShMuscleShape;

typedef struct
{
  int fd; /* close-on-exec; -1 in the muscle */
  gsize size;
  guint8 *base;
  ShMuscleShape shape;
  float *parameters; /* [n_parameters], as sh_policy_get_parameters */
  char *program; /* the Inkling text, not terminated */
  guint8 *policy; /* as sh_policy_save */
  /* Of each concept before: the size of what follows, a guint64, as sh_policy_save,
   * as sh_policy_get_parameters. */
  guint8 *before;
  ShRolloutRows rows;
} ShMuscleMemory;

/* As many rows as `n_steps`, but no more than SH_MUSCLE_MEMORY_ROWS holds;
 * shape->n_steps is not looked at. */
guint sh_muscle_memory_limit_steps (const ShMuscleShape *shape, guint n_steps);

/* Errors: SH_ERROR_LIMIT for more than there can be, SH_ERROR_FAILED. */
ShMuscleMemory *sh_muscle_memory_new (const ShMuscleShape *shape,
                                      GError **error);

/* The muscle's side: maps `fd`, which stays the caller's. Errors:
 * SH_ERROR_FAILED, also when its size is not that of the shape. */
ShMuscleMemory *
sh_muscle_memory_map (const ShMuscleShape *shape, int fd, GError **error);
void sh_muscle_memory_free (ShMuscleMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShMuscleMemory, sh_muscle_memory_free)

G_END_DECLS

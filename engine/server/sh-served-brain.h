/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A brain as a server sees it at one moment: what is stored of it, and what is
 * being trained.
 */

#pragma once

#include <glib.h>

#include "sh-brain.h"
#include "sh-keeper.h"
#include "sh-train-hub.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;
  GPtrArray *versions; /* ShBrainInfo that can be used, the oldest first */
  ShTrainHub *hub; /* NULL: not in training, nor was it since the start */
  ShKeeper *keeper; /* of that training; may be NULL */
  guint training_version; /* the one in training */
  ShHistoryBrain *known; /* its project; NULL: it has none */
  ShHistoryRun *last_run; /* its last training; NULL: nothing is known */
} ShServedBrain;

/* `name` is copied; `versions` starts empty. */
ShServedBrain *sh_served_brain_new (const char *name);
void sh_served_brain_free (ShServedBrain *brain);

/* "Not Started", "Inkling Loaded", "In Progress", "Finishing", "Stopped",
 * "Completed", "Error": the words of the original platform. */
const char *sh_served_brain_get_state (const ShServedBrain *brain);

/* All of these, up to a NULL. */
const char *const *sh_served_brain_get_states (void);

/* The version in training; the one that a pushed program will be trained as;
 * else the last one stored; 0: there is none. */
guint sh_served_brain_get_version (const ShServedBrain *brain);

/* The training, whether it goes on or is stored. */
typedef struct
{
  gint64 started, ended; /* 0: not known, or not over */
  const char *concept, *algorithm, *simulator; /* NULL: not known */
  const char *lesson; /* NULL: none now */
  guint64 iterations, episodes;
  double mean_return, rate; /* rate: iterations a second */
  double success_rate; /* NaN without goals, and when not known */
  guint n_connected;
} ShBrainFigures;

void sh_served_brain_get_figures (const ShServedBrain *brain,
                                  ShBrainFigures *figures);

/* A training that is not over. */
gboolean sh_served_brain_is_training (const ShServedBrain *brain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShServedBrain, sh_served_brain_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A brain as a server sees it at one moment: what is stored of it, and what is
 * being trained.
 */

#pragma once

#include <glib.h>

#include "sh-brain.h"
#include "sh-train-hub.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;
  GPtrArray *versions; /* ShBrainInfo that can be used, the oldest first */
  ShTrainHub *hub; /* NULL: not in training, nor was it since the start */
  guint training_version; /* the one in training */
} ShServedBrain;

/* `name` is copied; `versions` starts empty. */
ShServedBrain *sh_served_brain_new (const char *name);
void sh_served_brain_free (ShServedBrain *brain);

/* "In Progress", "Finishing", "Stopped", "Completed", "Error": the words of the
 * original platform. */
const char *sh_served_brain_get_state (const ShServedBrain *brain);

/* The version in training, else the last one stored. */
guint sh_served_brain_get_version (const ShServedBrain *brain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShServedBrain, sh_served_brain_free)

G_END_DECLS

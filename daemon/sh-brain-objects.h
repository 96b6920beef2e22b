/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The brains of the store as objects on the bus. A brain keeps its object while
 * it is there.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-brains.h"

G_BEGIN_DECLS

typedef struct ShBrainObjects ShBrainObjects;

/* What others do with brains. */
typedef struct
{
  /* Brain.Train: takes the invocation and answers it. NULL: it cannot be. */
  void (*train) (ShBrainSummary *brain,
                 GDBusMethodInvocation *invocation,
                 GVariant *options,
                 gpointer data);
  /* The objects may be others than before. */
  void (*changed) (gpointer data);
} ShBrainFuncs;

/* `funcs` is not copied. Brains are shown by and by. */
ShBrainObjects *sh_brain_objects_new (GDBusObjectManagerServer *server,
                                      const ShBrainFuncs *funcs,
                                      gpointer data);

/* TRUE once all that there is has been shown. */
gboolean sh_brain_objects_is_settled (const ShBrainObjects *objects);

/* The brain's object, or NULL; the objects'. */
const char *sh_brain_objects_find (const ShBrainObjects *objects,
                                   const char *name);

/* The run that trains the brain under the daemon; NULL: none does. */
void sh_brain_objects_set_run (ShBrainObjects *objects,
                               const char *name,
                               const char *run);

/* Looks at the store again. */
void sh_brain_objects_look (ShBrainObjects *objects);

/* Takes them off the bus. */
void sh_brain_objects_free (ShBrainObjects *objects);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBrainObjects, sh_brain_objects_free)

G_END_DECLS

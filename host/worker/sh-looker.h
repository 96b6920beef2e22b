/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Looks at many things now and then, all of one main context by one timer: with
 * hundreds of children a timer for each would wake the loop thousands of times a
 * second.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Milliseconds between two looks. */
#define SH_LOOKER_INTERVAL 100u

typedef struct ShLooker ShLooker;

/* Calls `look` in the thread-default main context of this thread, until it is
 * freed, in `look` itself if need be. */
ShLooker *sh_looker_new (void (*look) (gpointer data), gpointer data);
/* In the same thread; NULL has no effect. */
void sh_looker_free (ShLooker *looker);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tells when a connection can be read or written, in the main loop, at a price
 * that does not grow with the number of connections: see the notes in
 * sh-watch.c.
 *
 * One thread: that whose default main context was current when it was made.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct ShWatch ShWatch;

/* `ready` has G_IO_IN, G_IO_OUT or both; errors count as readable. The watch
 * may be freed here. */
typedef void (*ShWatchFunc) (GIOCondition ready, gpointer data);

/*
 * Watches for input from now on. `socket` is what to watch; NULL: `stream`,
 * which must be pollable both ways, has a buffer of its own (TLS) and must be
 * asked. References are taken.
 */
ShWatch *sh_watch_new (GIOStream *stream,
                       GSocket *socket,
                       ShWatchFunc func,
                       gpointer data);
void sh_watch_free (ShWatch *watch);

/* Watches for output too, or no longer. */
void sh_watch_set_output (ShWatch *watch, gboolean wanted);

/* Calls once in the next turn of the main loop, readable or not. */
void sh_watch_again (ShWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShWatch, sh_watch_free)

G_END_DECLS

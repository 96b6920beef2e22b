/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What commands that simulators elsewhere can reach have in common.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The key that was given, by flag or environment, or else a new one: *generated
 * is TRUE then, and sh_listening_tell_key has to be called. */
char *sh_listening_choose_key (const char *given,
                               gboolean *generated,
                               GError **error);

/* The key is told once, on stderr, to whoever started this, with what to do with
 * it. NULL for a simulator or brain that is not known yet. */
void sh_listening_tell_key (const char *key,
                            const char *url,
                            const char *simulator,
                            const char *brain);

/* A connection takes a descriptor: as many as may be needed, if they can be
 * had. */
void sh_listening_raise_limit (void);

G_END_DECLS

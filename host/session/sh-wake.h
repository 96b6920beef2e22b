/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lets any thread have a function called in the main context in which this was
 * made: once, however often it was asked for since.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ShWake ShWake;

ShWake *sh_wake_new (void (*func) (gpointer user_data), gpointer user_data);
/* May be called in `func`. No thread may still ask. */
void sh_wake_free (ShWake *wake);

/* Any thread. */
void sh_wake_up (ShWake *wake);

G_END_DECLS

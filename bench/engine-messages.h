/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * All that the stub of an engine ever says, made beforehand.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whole frames of a websocket. */
typedef struct
{
  GBytes *acknowledge, *set_properties, *start, *finished;
  GBytes *step; /* the PREDICTION */
} EngineMessages;

/* For a simulator whose name begins with one in the table, and PREDICTIONs of
 * `batch` entries. Without such a one it ends the process. */
void engine_messages_init (EngineMessages *messages,
                           const char *simulator,
                           guint batch);
/* May be called on zeros. */
void engine_messages_clear (EngineMessages *messages);

G_END_DECLS

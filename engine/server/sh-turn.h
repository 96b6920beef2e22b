/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Work that is put off until everything that has arrived is taken in: the
 * states of all simulators that answered are worth one inference, not one each.
 *
 * One thread: that whose default main context was current when it was made.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ShTurn ShTurn;

typedef void (*ShTurnFunc) (gpointer data);

/* `func` is called once for all requests since its last call. */
ShTurn *sh_turn_new (ShTurnFunc func, gpointer data);
void sh_turn_free (ShTurn *turn);

/* May be called from `func`: then there will be another call. */
void sh_turn_request (ShTurn *turn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShTurn, sh_turn_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The short way from one struct to another, for pairs of tables in which every
 * field goes over as it is: numbers of the same type, or of one that holds all
 * values of the other. What comes of it is what comes of the two plans of
 * proto/ with a message between them, for a twentieth of their cost. Where a
 * conversion may fail, or is not between plain numbers, there is no short way.
 *
 * Immutable; any thread.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

typedef struct ShMoves ShMoves;

/*
 * Moves each field of `fields` that `to` has from a struct of `from` to one of
 * `to`; a field of `fields` that `from` lacks makes it NULL, as does one that
 * cannot go the short way. All other members of `to` have its defaults.
 * `fields` is `from` or `to`.
 */
ShMoves *sh_moves_new (const SimhostSchema *fields,
                       const SimhostSchema *from,
                       const SimhostSchema *to);
void sh_moves_free (ShMoves *moves);

void sh_moves_run (const ShMoves *moves, gconstpointer from, gpointer to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShMoves, sh_moves_free)

G_END_DECLS

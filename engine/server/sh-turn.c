/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A source of the main loop that fires when nothing new has come for a turn.
 */

#include "sh-turn.h"

/* Turns for which work waits although more keeps coming. */
#define MAX_TURNS 8u

typedef struct
{
  GSource source;
  guint n_requests; /* since the last dispatch */
  guint n_seen; /* of these, before the current turn */
  guint n_turns; /* since the first of them */
} TurnSource;

struct ShTurn
{
  TurnSource *source;
  ShTurnFunc func;
  gpointer data;
};

static gboolean
turn_prepare (GSource *source, int *timeout)
{
  TurnSource *turn = (TurnSource *) source;

  *timeout = turn->n_requests > 0 ? 0 : -1;
  return FALSE;
}

static gboolean
turn_check (GSource *source)
{
  TurnSource *turn = (TurnSource *) source;
  gboolean quiet = turn->n_requests == turn->n_seen;

  if (turn->n_requests == 0)
    return FALSE;
  turn->n_seen = turn->n_requests;
  turn->n_turns++;
  return quiet || turn->n_turns >= MAX_TURNS;
}

static gboolean
turn_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  TurnSource *turn = (TurnSource *) source;
  ShTurn *owner = data;

  turn->n_requests = turn->n_seen = turn->n_turns = 0;
  owner->func (owner->data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = {
  turn_prepare, turn_check, turn_dispatch, NULL, NULL, NULL,
};

static gboolean
unused_callback (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

ShTurn *
sh_turn_new (ShTurnFunc func, gpointer data)
{
  ShTurn *turn = g_new0 (ShTurn, 1);

  g_return_val_if_fail (func != NULL, NULL);

  turn->func = func;
  turn->data = data;
  turn->source = (TurnSource *) g_source_new (&turn_funcs, sizeof (TurnSource));
  g_source_set_name (&turn->source->source, "turn");
  g_source_set_callback (&turn->source->source, unused_callback, turn, NULL);
  g_source_attach (&turn->source->source, g_main_context_get_thread_default ());
  return turn;
}

void
sh_turn_free (ShTurn *turn)
{
  if (turn == NULL)
    return;
  g_source_destroy (&turn->source->source);
  g_source_unref (&turn->source->source);
  g_free (turn);
}

void
sh_turn_request (ShTurn *turn)
{
  g_return_if_fail (turn != NULL);

  turn->source->n_requests++;
}

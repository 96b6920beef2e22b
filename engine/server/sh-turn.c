/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A source of the main loop that fires in the next turn after a request.
 *
 * NOTES. All input that was ready in one turn is taken in before it: a source
 * that becomes ready while others are dispatched waits for the next turn, of
 * which the first thing it is. To wait for a turn in which nothing comes makes
 * larger batches and slower simulators: with 64 of them and networks of 64
 * units it took as much time for a step, with one of them more. A ready time
 * or an idle source would cost a system call for each request.
 */

#include "sh-turn.h"

typedef struct
{
  GSource source;
  gboolean requested;
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
  *timeout = -1;
  return ((TurnSource *) source)->requested;
}

static gboolean
turn_check (GSource *source)
{
  return ((TurnSource *) source)->requested;
}

static gboolean
turn_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  ShTurn *turn = data;

  turn->source->requested = FALSE;
  turn->func (turn->data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = {
  turn_prepare, turn_check, turn_dispatch, NULL, NULL, NULL,
};

/* A source is dispatched only if it has a callback; turn_dispatch is given its
 * data. */
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

  turn->source->requested = TRUE;
}

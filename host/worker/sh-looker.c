/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-looker.h"

/* The timer of a main context. */
typedef struct
{
  GMainContext *context;
  GSource *source;
  GPtrArray *lookers; /* NULL where one has gone during a turn */
  gboolean turning;
} Timer;

struct ShLooker
{
  Timer *timer;
  void (*look) (gpointer data);
  gpointer data;
};

/* By GMainContext: several threads may have children. */
static GHashTable *timers;
static GMutex mutex;

static void
drop_timer (Timer *timer)
{
  g_mutex_lock (&mutex);
  g_hash_table_remove (timers, timer->context);
  if (g_hash_table_size (timers) == 0)
    g_clear_pointer (&timers, g_hash_table_unref);
  g_mutex_unlock (&mutex);
  g_source_destroy (timer->source);
  g_source_unref (timer->source);
  g_ptr_array_unref (timer->lookers);
  g_main_context_unref (timer->context);
  g_free (timer);
}

static void
sweep (Timer *timer)
{
  while (g_ptr_array_remove_fast (timer->lookers, NULL))
    ;
  if (timer->lookers->len == 0)
    drop_timer (timer);
}

static gboolean
on_time (gpointer data)
{
  Timer *timer = data;

  timer->turning = TRUE;
  for (guint i = 0; i < timer->lookers->len; i++)
    {
      ShLooker *looker = timer->lookers->pdata[i];

      if (looker != NULL)
        looker->look (looker->data);
    }
  timer->turning = FALSE;
  sweep (timer);
  return G_SOURCE_CONTINUE;
}

static Timer *
new_timer (GMainContext *context)
{
  Timer *timer = g_new0 (Timer, 1);

  timer->context = g_main_context_ref (context);
  timer->lookers = g_ptr_array_new ();
  timer->source = g_timeout_source_new (SH_LOOKER_INTERVAL);
  g_source_set_callback (timer->source, on_time, timer, NULL);
  g_source_attach (timer->source, context);
  return timer;
}

static Timer *
get_timer (GMainContext *context)
{
  Timer *timer;

  g_mutex_lock (&mutex);
  if (timers == NULL)
    timers = g_hash_table_new (NULL, NULL);
  timer = g_hash_table_lookup (timers, context);
  if (timer == NULL)
    {
      timer = new_timer (context);
      g_hash_table_insert (timers, context, timer);
    }
  g_mutex_unlock (&mutex);
  return timer;
}

ShLooker *
sh_looker_new (void (*look) (gpointer data), gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  ShLooker *looker = g_new (ShLooker, 1);

  looker->timer = get_timer (context);
  looker->look = look;
  looker->data = data;
  g_ptr_array_add (looker->timer->lookers, looker);
  return looker;
}

void
sh_looker_free (ShLooker *looker)
{
  Timer *timer;
  guint i;

  if (looker == NULL)
    return;
  timer = looker->timer;
  if (g_ptr_array_find (timer->lookers, looker, &i))
    timer->lookers->pdata[i] = NULL;
  if (!timer->turning)
    sweep (timer);
  g_free (looker);
}

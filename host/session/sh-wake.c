/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-wake.h"

struct ShWake
{
  GSource source;
};

/* Ready time and context are all there is to it: setting the former from
 * another thread wakes the latter. */
static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  ((void (*) (gpointer)) (void (*) (void)) callback) (user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = { .dispatch = dispatch };

ShWake *
sh_wake_new (void (*func) (gpointer user_data), gpointer user_data)
{
  GSource *source = g_source_new (&funcs, sizeof (ShWake));

  g_source_set_callback (source, G_SOURCE_FUNC (func), user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return (ShWake *) source;
}

void
sh_wake_free (ShWake *wake)
{
  if (wake == NULL)
    return;
  g_source_destroy (&wake->source);
  g_source_unref (&wake->source);
}

void
sh_wake_up (ShWake *wake)
{
  g_source_set_ready_time (&wake->source, 0);
}

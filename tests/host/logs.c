/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A log writer that keeps what it is given.
 */

#include "logs.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  GLogLevelFlags level;
  char *text;
} Message;

static GArray *messages;
static GMutex mutex; /* simulators log from any thread */

static void
clear_message (gpointer data)
{
  g_free (((Message *) data)->text);
}

static GLogWriterOutput
keep (GLogLevelFlags level,
      const GLogField *fields,
      gsize n_fields,
      gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      {
        Message message = { level & G_LOG_LEVEL_MASK,
                            g_strdup (fields[i].value) };

        g_mutex_lock (&mutex);
        g_array_append_val (messages, message);
        g_mutex_unlock (&mutex);
        /* Nobody will look at that: it is what the test failed of. */
        if ((level & G_LOG_LEVEL_ERROR) != 0)
          fprintf (stderr, "%s\n", message.text);
      }
  return G_LOG_WRITER_HANDLED;
}

void
logs_keep (void)
{
  messages = g_array_new (FALSE, FALSE, sizeof (Message));
  g_array_set_clear_func (messages, clear_message);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (keep, NULL, NULL);
}

guint
logs_count (GLogLevelFlags level, const char *pattern)
{
  guint n = 0;

  g_mutex_lock (&mutex);
  for (guint i = 0; i < messages->len; i++)
    {
      const Message *message = &g_array_index (messages, Message, i);

      n += message->level == level &&
           g_pattern_match_simple (pattern, message->text);
    }
  g_mutex_unlock (&mutex);
  return n;
}

const char *
logs_find (const char *prefix)
{
  for (guint i = 0; i < messages->len; i++)
    {
      const Message *message = &g_array_index (messages, Message, i);

      if (g_str_has_prefix (message->text, prefix))
        return message->text + strlen (prefix);
    }
  return NULL;
}

void
logs_clear (void)
{
  g_array_set_size (messages, 0);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-brains.h"

#include <time.h>

#include "sh-folder-watch.h"
#include "sh-history.h"

/* Milliseconds by which a look is put off, so that many events make one. */
#define LOOK_DELAY 50u
/* Milliseconds from a look to the next at least, and of the processor's time a look
 * may take one part in so many. */
#define LOOK_INTERVAL 250u
#define LOOK_SHARE 20
/* Milliseconds between looks while something is trained. */
#define TRAINING_INTERVAL 1000u
/* Folders that are watched, an inotify watch each. */
#define MAX_WATCHES 1024u

struct ShBrains
{
  grefcount ref_count; /* the owner's, and that of a look */
  gboolean closed;
  ShStore *store;
  ShBrainsFunc func;
  gpointer data;
  ShFolderWatch *root;
  GHashTable *watches; /* name to ShFolderWatch */
  GHashTable *brains; /* name to ShBrainSummary */
  gboolean settled;
  gboolean looking;
  gboolean again; /* something changed since the look began */
  guint look; /* timer of the next one */
  gint64 look_time; /* when that is, monotonic */
  gint64 earliest; /* when it may be, at least */
};

static gboolean on_look (gpointer data);

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) sh_brain_summary_unref);
}

static void
brains_unref (ShBrains *brains)
{
  if (!g_ref_count_dec (&brains->ref_count))
    return;
  g_hash_table_unref (brains->brains);
  sh_store_free (brains->store);
  g_free (brains);
}

/* ---- when to look ---- */

static void
look_at (ShBrains *brains, gint64 time)
{
  gint64 now = g_get_monotonic_time ();

  time = MAX (time, brains->earliest);
  if (brains->look != 0 && brains->look_time <= time)
    return;
  g_clear_handle_id (&brains->look, g_source_remove);
  brains->look_time = time;
  brains->look =
      g_timeout_add ((guint) (MAX (time - now, 0) / 1000), on_look, brains);
}

static void
look_in (ShBrains *brains, guint milliseconds)
{
  look_at (brains,
           g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND);
}

void
sh_brains_look (ShBrains *brains)
{
  g_return_if_fail (brains != NULL);

  if (brains->looking)
    brains->again = TRUE;
  else
    look_in (brains, LOOK_DELAY);
}

static void
on_watch (ShFolderWatch *watch, gpointer data)
{
  sh_brains_look (data);
}

/* ---- a look ---- */

typedef struct
{
  ShStore *store;
  GHashTable *before, *after; /* name to ShBrainSummary */
  GPtrArray *names; /* of folders; one may have no version yet */
  gint64 cost; /* of the processor's time; microseconds */
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_hash_table_unref (look->before);
  g_hash_table_unref (look->after);
  g_clear_pointer (&look->names, g_ptr_array_unref);
  g_free (look);
}

static gboolean
is_missing (const Look *look, const char *name)
{
  return g_hash_table_size (look->after) < SH_BRAINS_MAX &&
         !g_hash_table_contains (look->after, name);
}

static void
keep_untrained (Look *look)
{
  GHashTableIter iter;
  gpointer name, summary;

  g_hash_table_iter_init (&iter, look->before);
  while (g_hash_table_iter_next (&iter, &name, &summary))
    if (((const ShBrainSummary *) summary)->newest == NULL &&
        is_missing (look, name))
      g_hash_table_insert (look->after, g_strdup (name),
                           sh_brain_summary_ref (summary));
}

/* Brains that were made and never trained are known to the history only. While
 * others keep that to themselves, those that were known stay. */
static void
add_untrained (Look *look)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShHistory) history = sh_history_open (look->store, FALSE, &error);
  g_autoptr (GPtrArray) known =
      history != NULL ? sh_history_list_brains (history, &error) : NULL;

  if (error != NULL)
    keep_untrained (look);
  for (guint i = 0; known != NULL && i < known->len; i++)
    {
      const ShHistoryBrain *brain = known->pdata[i];
      g_autofree char *name = g_ascii_strdown (brain->name, -1);

      if (is_missing (look, name))
        g_hash_table_insert (look->after, g_steal_pointer (&name),
                             sh_brain_summary_new (brain->name));
    }
}

/* What this thread has used up. To wait for others, as for a history that they keep
 * to themselves, costs nobody anything. */
static gint64
get_processor_time (void)
{
  struct timespec time = { 0 };

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
do_look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;
  const gint64 begun = get_processor_time ();

  look->names = sh_store_list_names (look->store);
  for (guint i = 0; i < MIN (look->names->len, SH_BRAINS_MAX); i++)
    {
      const char *name = look->names->pdata[i];
      ShBrainSummary *summary = sh_brain_summary_read (
          look->store, name, g_hash_table_lookup (look->before, name));

      if (summary != NULL)
        g_hash_table_insert (look->after, g_strdup (name), summary);
    }
  add_untrained (look);
  look->cost = get_processor_time () - begun;
  g_task_return_boolean (task, TRUE);
}

/* One for each folder of a brain, and no other. */
static void
update_watches (ShBrains *brains, const GPtrArray *names)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&brains->watches);

  brains->watches = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) sh_folder_watch_free);
  for (guint i = 0; i < MIN (names->len, MAX_WATCHES); i++)
    {
      gpointer name, watch;

      if (!g_hash_table_steal_extended (before, names->pdata[i], &name, &watch))
        {
          g_autofree char *path = g_build_filename (
              sh_store_get_folder (brains->store), names->pdata[i], NULL);

          name = g_strdup (names->pdata[i]);
          watch = sh_folder_watch_new (path, on_watch, brains);
        }
      g_hash_table_insert (brains->watches, name, watch);
    }
}

static gboolean
is_any_training (const ShBrains *brains)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, brains->brains);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((const ShBrainSummary *) value)->training)
      return TRUE;
  return FALSE;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  ShBrains *brains = data;
  Look *look = g_task_get_task_data (G_TASK (result));

  if (!brains->closed)
    {
      g_hash_table_unref (brains->brains);
      brains->brains = g_hash_table_ref (look->after);
      brains->looking = FALSE;
      brains->settled = TRUE;
      brains->earliest = g_get_monotonic_time () +
                         MAX (LOOK_INTERVAL * G_TIME_SPAN_MILLISECOND,
                              LOOK_SHARE * look->cost);
      update_watches (brains, look->names);
      look_in (brains, is_any_training (brains) ? TRAINING_INTERVAL
                                                : SH_BRAINS_SWEEP * 1000);
      if (brains->again)
        sh_brains_look (brains);
      brains->again = FALSE;
      brains->func (brains, brains->data);
    }
  brains_unref (brains);
}

static gboolean
on_look (gpointer data)
{
  ShBrains *brains = data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_looked, brains);
  Look *look = g_new0 (Look, 1);

  brains->look = 0;
  brains->looking = TRUE;
  g_ref_count_inc (&brains->ref_count);
  look->store = brains->store;
  look->before = g_hash_table_ref (brains->brains);
  look->after = new_table ();
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, do_look);
  return G_SOURCE_REMOVE;
}

/* ---- for its owner ---- */

ShBrains *
sh_brains_new (ShBrainsFunc func, gpointer data)
{
  ShBrains *brains;

  g_return_val_if_fail (func != NULL, NULL);

  brains = g_new0 (ShBrains, 1);
  g_ref_count_init (&brains->ref_count);
  brains->store = sh_store_new (NULL);
  brains->func = func;
  brains->data = data;
  brains->brains = new_table ();
  brains->watches = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) sh_folder_watch_free);
  brains->root = sh_folder_watch_new (sh_store_get_folder (brains->store),
                                      on_watch, brains);
  look_in (brains, 0);
  return brains;
}

gboolean
sh_brains_is_settled (const ShBrains *brains)
{
  g_return_val_if_fail (brains != NULL, FALSE);

  return brains->settled;
}

GHashTable *
sh_brains_get (const ShBrains *brains)
{
  g_return_val_if_fail (brains != NULL, NULL);

  return brains->brains;
}

ShBrainSummary *
sh_brains_find (const ShBrains *brains, const char *name)
{
  g_autofree char *lower = NULL;

  g_return_val_if_fail (brains != NULL && name != NULL, NULL);

  lower = g_ascii_strdown (name, -1);
  return g_hash_table_lookup (brains->brains, lower);
}

void
sh_brains_free (ShBrains *brains)
{
  if (brains == NULL)
    return;
  brains->closed = TRUE;
  g_clear_handle_id (&brains->look, g_source_remove);
  g_clear_pointer (&brains->root, sh_folder_watch_free);
  g_clear_pointer (&brains->watches, g_hash_table_unref);
  brains_unref (brains);
}

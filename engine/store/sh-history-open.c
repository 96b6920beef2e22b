/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Trainings that have begun and not ended: those that a server goes on with when
 * it starts again, and those whose process has died.
 */

#include "sh-history.h"

#include <string.h>

void
sh_history_open_run_free (ShHistoryOpenRun *run)
{
  if (run == NULL)
    return;
  g_free (run->name);
  g_free (run);
}

static gboolean
add_open_run (sqlite3_stmt *row, gpointer data)
{
  ShHistoryOpenRun *run = g_new0 (ShHistoryOpenRun, 1);
  g_autofree char *seed = sh_database_dup_text (row, 2);

  run->name = sh_database_dup_text (row, 0);
  run->version = (guint) sqlite3_column_int64 (row, 1);
  run->seed = g_ascii_strtoull (seed, NULL, 10);
  g_ptr_array_add (data, run);
  return TRUE;
}

GPtrArray *
sh_history_list_open_runs (ShHistory *self, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (
      (GDestroyNotify) sh_history_open_run_free);

  /* Of a brain the newest: an older one is not gone on with. */
  if (!sh_database_query (
          sh_history_get_database (self), add_open_run, runs, error,
          "SELECT brain.name, max(run.version), seed FROM run JOIN brain ON "
          "brain.id = run.brain WHERE served AND ended = 0 AND deleted = 0 "
          "GROUP BY brain.id ORDER BY key",
          ""))
    return NULL;
  return g_steal_pointer (&runs);
}

/* Those that have lost their process. */

typedef struct
{
  gint64 id;
  char *name;
  guint version;
  gboolean goes_on; /* if it was not over: see sh_history_list_open_runs */
} Open;

static void
open_clear (gpointer data)
{
  g_free (((Open *) data)->name);
}

static gboolean
add_open (sqlite3_stmt *row, gpointer data)
{
  const Open open = {
    .id = sqlite3_column_int64 (row, 0),
    .name = sh_database_dup_text (row, 1),
    .version = (guint) sqlite3_column_int64 (row, 2),
    .goes_on = sqlite3_column_int (row, 3) != 0,
  };

  g_array_append_val ((GArray *) data, open);
  return TRUE;
}

static GArray *
list_open (ShDatabase *database, GError **error)
{
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (Open));

  g_array_set_clear_func (open, open_clear);
  if (!sh_database_query (
          database, add_open, open, error,
          "SELECT run.id, name, version, served AND deleted = 0 AND version = "
          "(SELECT max(version) FROM run AS other WHERE other.brain = "
          "run.brain AND other.served AND other.ended = 0) FROM run JOIN brain "
          "ON brain.id = run.brain WHERE ended = 0",
          ""))
    return NULL;
  return g_steal_pointer (&open);
}

/* Why the training had ended when the version was saved last; NULL: it had not,
 * or there is no such version. */
static char *
dup_saved_reason (ShStore *store, const Open *open)
{
  g_autoptr (GPtrArray) infos = sh_store_list (store, open->name, NULL);

  for (guint i = 0; infos != NULL && i < infos->len; i++)
    {
      const ShBrainInfo *info = infos->pdata[i];

      if (info->version == open->version && info->failure == NULL)
        return g_strcmp0 (info->reason, "none") != 0 ? g_strdup (info->reason)
                                                     : NULL;
    }
  return NULL;
}

static gboolean
close_if_lost (ShDatabase *database,
               ShStore *store,
               const Open *open,
               GError **error)
{
  g_autofree char *reason = NULL;

  if (sh_store_is_claimed (store, open->name, open->version))
    return TRUE;
  reason = dup_saved_reason (store, open);
  if (reason == NULL && open->goes_on)
    return TRUE;
  return sh_database_run (
      database, error,
      "UPDATE run SET reason = ?1, ended = coalesce((SELECT max(time) FROM "
      "point WHERE run = ?2), started) WHERE id = ?2",
      "ti", reason != NULL ? reason : "interrupted", open->id);
}

gboolean
sh_history_close_lost_runs (ShHistory *self, ShStore *store, GError **error)
{
  ShDatabase *database = sh_history_get_database (self);
  g_autoptr (GArray) open = NULL;

  g_return_val_if_fail (store != NULL, FALSE);

  /* Whoever goes on with one claims it first, and then has to wait for this:
   * what is not claimed now is opened again by then. */
  if (!sh_database_begin (database, error))
    return FALSE;
  open = list_open (database, error);
  for (guint i = 0; open != NULL && i < open->len; i++)
    if (!close_if_lost (database, store, &g_array_index (open, Open, i), error))
      g_clear_pointer (&open, g_array_unref);
  if (open != NULL)
    return sh_database_commit (database, error);
  sh_database_rollback (database);
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-brain-summary.h"

#include <math.h>
#include <string.h>

#include "sh-program.h"

/* Times that a brain is read at most, if it changes meanwhile. */
#define MAX_READS 5u

ShBrainSummary *
sh_brain_summary_new (const char *name)
{
  ShBrainSummary *summary = g_new0 (ShBrainSummary, 1);

  g_atomic_ref_count_init (&summary->ref_count);
  summary->name = g_strdup (name);
  return summary;
}

ShBrainSummary *
sh_brain_summary_ref (ShBrainSummary *summary)
{
  g_atomic_ref_count_inc (&summary->ref_count);
  return summary;
}

void
sh_brain_summary_unref (ShBrainSummary *summary)
{
  if (!g_atomic_ref_count_dec (&summary->ref_count))
    return;
  g_clear_pointer (&summary->newest, sh_brain_info_free);
  g_free (summary->versions);
  g_free (summary->name);
  g_free (summary);
}

static void
look (const char *path, struct stat *into)
{
  if (stat (path, into) != 0)
    memset (into, 0, sizeof *into);
}

/* What tells one state of the brain's files from another: each save puts another
 * folder in a version's place. */
static void
look_at_folder (ShStore *store, const char *name, struct stat *into)
{
  g_autofree char *path =
      g_build_filename (sh_store_get_folder (store), name, NULL);

  look (path, into);
}

static void
look_at_file (ShStore *store,
              const char *name,
              guint version,
              struct stat *into)
{
  g_autofree char *number = g_strdup_printf ("%u", version);
  g_autofree char *path = g_build_filename (sh_store_get_folder (store), name,
                                            number, "brain.json", NULL);

  look (path, into);
}

static gboolean
is_same (const struct stat *a, const struct stat *b)
{
  return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
         a->st_size == b->st_size && a->st_mode == b->st_mode &&
         a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
         a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static gboolean
is_current (ShStore *store, const char *name, const ShBrainSummary *before)
{
  struct stat folder, file;

  look_at_folder (store, name, &folder);
  look_at_file (store, name, before->newest->version, &file);
  if (!is_same (&folder, &before->folder) || !is_same (&file, &before->file))
    return FALSE;
  /* A process that dies leaves its claim, but not its lock. */
  return !before->training ||
         sh_store_is_claimed (store, name, before->newest->version);
}

/* Lessons that are over, of all. */
static double
read_progress (ShStore *store, const char *name, const ShBrainInfo *info)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ShProgram) program = NULL;
  double n_over = NAN;
  guint n_all = 0;
  gsize size;
  const char *text;

  if (g_strcmp0 (info->reason, "curriculum-met") == 0)
    return 1;
  bytes = sh_store_load_program (store, name, info->version, NULL);
  if (bytes == NULL || info->lesson == NULL)
    return NAN;
  text = g_bytes_get_data (bytes, &size);
  program = sh_program_compile (text != NULL ? text : "", (gssize) size,
                                "program.ink", NULL, NULL);
  for (guint i = 0; program != NULL && i < program->n_concepts; i++)
    {
      const ShConcept *concept = &program->concepts[i];
      const gboolean is_last = strcmp (concept->name, info->concept) == 0;

      for (guint lesson = 0; lesson < concept->n_lessons; lesson++, n_all++)
        if (is_last && info->next == NULL &&
            strcmp (concept->lessons[lesson].name, info->lesson) == 0)
          n_over = (double) n_all;
      if (is_last && info->next != NULL)
        n_over = (double) n_all;
    }
  return n_over / n_all;
}

static void
take_infos (ShBrainSummary *summary, GPtrArray *infos)
{
  summary->n_versions = infos->len;
  summary->versions = g_new (guint, infos->len);
  for (guint i = 0; i < infos->len; i++)
    summary->versions[i] = ((const ShBrainInfo *) infos->pdata[i])->version;
  g_ptr_array_set_free_func (infos, NULL);
  for (guint i = 0; i + 1 < infos->len; i++)
    sh_brain_info_free (infos->pdata[i]);
  summary->newest = infos->pdata[infos->len - 1];
  g_free (summary->name);
  summary->name = g_strdup (summary->newest->name);
}

static ShBrainSummary *
read_versions (ShStore *store, const char *name)
{
  g_autoptr (ShBrainSummary) summary = sh_brain_summary_new (name);
  g_autoptr (GPtrArray) infos = NULL;

  /* Before it is read: what changes meanwhile is seen the next time. */
  look_at_folder (store, name, &summary->folder);
  infos = sh_store_list (store, name, NULL);
  if (infos == NULL)
    return NULL;
  take_infos (summary, infos);
  look_at_file (store, name, summary->newest->version, &summary->file);
  summary->training =
      sh_store_is_claimed (store, name, summary->newest->version);
  return g_steal_pointer (&summary);
}

/* Whoever has trained it may have saved it for the last time after it was read,
 * and let go of it before that was seen: then what is known of a brain that is
 * trained no more would be old. */
static ShBrainSummary *
read_settled (ShStore *store, const char *name)
{
  ShBrainSummary *summary = read_versions (store, name);
  struct stat now;

  for (guint i = 1; summary != NULL && !summary->training && i < MAX_READS; i++)
    {
      look_at_folder (store, name, &now);
      if (is_same (&now, &summary->folder))
        break;
      sh_brain_summary_unref (summary);
      summary = read_versions (store, name);
    }
  return summary;
}

ShBrainSummary *
sh_brain_summary_read (ShStore *store, const char *name, ShBrainSummary *before)
{
  g_autoptr (ShBrainSummary) summary = NULL;

  if (before != NULL && before->newest != NULL &&
      is_current (store, name, before))
    return sh_brain_summary_ref (before);
  summary = read_settled (store, name);
  if (summary == NULL)
    return NULL;
  summary->progress = summary->newest->failure == NULL
                          ? read_progress (store, name, summary->newest)
                          : NAN;
  return g_steal_pointer (&summary);
}

const char *
sh_brain_summary_get_failure (const ShBrainSummary *summary)
{
  return summary->newest != NULL ? summary->newest->failure : NULL;
}

const char *
sh_brain_summary_get_state (const ShBrainSummary *summary)
{
  if (summary->newest == NULL)
    return "empty";
  if (summary->training)
    return "training";
  if (summary->newest->failure != NULL ||
      g_strcmp0 (summary->newest->reason, "failed") == 0)
    return "failed";
  if (g_strcmp0 (summary->newest->reason, "curriculum-met") == 0)
    return "trained";
  return "stopped";
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is known of brains besides their files: projects that were pushed, the
 * trainings of each version with their lessons and metrics, and names that are
 * used up. It is one database, DATA/history.db, beside the folder of the brains
 * (see sh-store.h). The files are the truth about policies: a brain without
 * history is as good as any, and history that is lost or damaged harms none.
 *
 * Names of brains are the same in whatever case. Times are seconds since 1970,
 * UTC. Errors as in sh-database.h, and what is said. One thread for one
 * ShHistory; several processes may use the database at once.
 */

#pragma once

#include <glib.h>

#include "sh-database.h"
#include "sh-store.h"

G_BEGIN_DECLS

/* Bytes of a project, all its files together. */
#define SH_HISTORY_MAX_PROJECT (640u * 1024)
/* Files of a project. */
#define SH_HISTORY_MAX_FILES 256u

typedef struct ShHistory ShHistory;

/* `create` FALSE: a database that is not there gives NULL without an error. */
ShHistory *
sh_history_open (const ShStore *store, gboolean create, GError **error);
void sh_history_free (ShHistory *history);

/* Brains. */

typedef struct
{
  char *name; /* as it was first written */
  char *description;
  gint64 created, modified;
  gint64 deleted; /* 0: it is not */
  gboolean has_project; /* it was created or pushed, not just trained */
  gboolean loaded; /* a program was pushed since the last training began */
} ShHistoryBrain;

void sh_history_brain_free (ShHistoryBrain *brain);

/* NULL without an error: there is none, nor was there. */
ShHistoryBrain *
sh_history_get_brain (ShHistory *history, const char *name, GError **error);

/* ShHistoryBrain by name: those that have a project. */
GPtrArray *sh_history_list_brains (ShHistory *history, GError **error);

/* A brain that there is not. Errors: SH_ERROR_REFUSED when there is, or was. */
gboolean sh_history_create_brain (ShHistory *history,
                                  const char *name,
                                  const char *description,
                                  GError **error);

/* Forgets all but the name, which is used up. TRUE if there is none, too. */
gboolean
sh_history_delete_brain (ShHistory *history, const char *name, GError **error);

/* Projects. */

typedef struct
{
  char *path; /* relative, with '/' */
  GBytes *content;
} ShProjectFile;

ShProjectFile *sh_project_file_new (const char *path, GBytes *content);
void sh_project_file_free (ShProjectFile *file);

/* ShProjectFile by path; empty when there are none. */
GPtrArray *
sh_history_get_files (ShHistory *history, const char *name, GError **error);

/* Replaces all files of a project. `loaded`: among them is a program that can
 * be trained. The brain is made if there is none. */
gboolean sh_history_set_files (ShHistory *history,
                               const char *name,
                               const GPtrArray *files,
                               gboolean loaded,
                               GError **error);

/* Trainings. */

typedef struct
{
  gint64 id;
  guint version;
  char *concept, *algorithm, *simulator;
  guint64 seed, iterations, episodes;
  gint64 started, ended; /* ended 0: it goes on, or its process has just died */
  char *reason; /* as sh_run_reason_to_string; "none" as long as it goes on */
  gboolean served; /* by a server, which goes on with it when it starts again */
} ShHistoryRun;

void sh_history_run_free (ShHistoryRun *run);

/* The last training of a version (0: of any). NULL without an error: none. */
ShHistoryRun *sh_history_get_run (ShHistory *history,
                                  const char *name,
                                  guint version,
                                  GError **error);

/* A training that a server had begun and not ended; by name. */
typedef struct
{
  char *name;
  guint version;
  guint64 seed;
} ShHistoryOpenRun;

void sh_history_open_run_free (ShHistoryOpenRun *run);
GPtrArray *sh_history_list_open_runs (ShHistory *history, GError **error);

/* Closes the trainings whose process has died, but for those that a server is to
 * go on with: as the version was saved last; if that was not at its end, as
 * "interrupted" when something was known of it last. `store`: the history's. */
gboolean
sh_history_close_lost_runs (ShHistory *history, ShStore *store, GError **error);

typedef struct
{
  char *name, *reason; /* reason: "threshold", "converged"; "" before its end */
  guint64 first_iteration, last_iteration;
} ShHistoryLesson;

void sh_history_lesson_free (ShHistoryLesson *lesson);

/* ShHistoryLesson of a training, in order. */
GPtrArray *
sh_history_get_lessons (ShHistory *history, gint64 run, GError **error);

typedef enum
{
  SH_METRIC_EPISODE_VALUE, /* returns of training episodes */
  SH_METRIC_TEST_PASS_VALUE, /* returns of episodes without exploration */
  SH_METRIC_ITERATIONS, /* iterations so far */
  /* With goals, of each training episode: 1 for success, 0; the mean of several
   * is a rate. */
  SH_METRIC_EPISODE_SUCCESS,
  SH_N_METRICS
} ShMetric;

typedef struct
{
  guint64 episode, iteration;
  double value;
  gint64 time;
  const char *lesson; /* interned */
} ShHistoryPoint;

/* ShHistoryPoint values, in order. */
GArray *sh_history_get_points (ShHistory *history,
                               gint64 run,
                               ShMetric metric,
                               GError **error);

/* The share of the last training episodes, up to `n_points` points of them, that
 * were successes, and in *n_episodes how many these are. NaN: nothing is known,
 * or the training has no goals. */
double sh_history_get_success_rate (ShHistory *history,
                                    gint64 run,
                                    guint n_points,
                                    guint64 *n_episodes);

ShDatabase *sh_history_get_database (ShHistory *history);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShHistory, sh_history_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShHistoryBrain, sh_history_brain_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShHistoryRun, sh_history_run_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShProjectFile, sh_project_file_free)

G_END_DECLS

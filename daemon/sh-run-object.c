/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-object.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

#include "sh-brain-curve.h"
#include "sh-bus-error.h"
#include "sh-bus-object.h"
#include "sh-bus-options.h"
#include "sh-bus-work.h"
#include "sh-child.h"
#include "sh-dbus.h"
#include "sh-error.h"

struct ShRunObject
{
  const ShRunCommon *common;
  ShTrainPlan *plan;
  ShDbusRun *skeleton;
  char *path; /* NULL: not shown yet */
  ShPacerItem item;
  ShChild *child; /* NULL: it has ended */
  guint pid;
  char *file; /* the program's, while the process may read it; or NULL */
  guint deadline; /* timer until it is shown */
  ShRunReport report;
  ShRunObjectState state;
  gint64 start_time, end_time; /* microseconds since 1970 */
};

/* ---- what is shown ---- */

static const char *
state_to_string (ShRunObjectState state)
{
  static const char *const names[] = { "starting", "running", "stopping",
                                       "finished", "failed" };

  return names[state];
}

static double
get_progress (const ShRunObject *run)
{
  if (g_str_equal (run->report.reason, "curriculum-met"))
    return 1;
  return sh_train_plan_get_progress (run->plan, run->report.lesson);
}

static void
show_facts (ShRunObject *run)
{
  const ShRunReport *report = &run->report;
  ShDbusRun *skeleton = run->skeleton;
  const char *brain = sh_brain_objects_find (run->common->brains,
                                             sh_run_object_get_brain (run));

  sh_dbus_run_set_brain (skeleton, sh_run_object_get_brain (run));
  sh_dbus_run_set_brain_object (skeleton,
                                brain != NULL ? brain : SH_BUS_NOWHERE);
  sh_dbus_run_set_version (skeleton, report->version);
  sh_dbus_run_set_simulator (skeleton, run->plan->simulator);
  sh_dbus_run_set_algorithm (skeleton, report->algorithm);
  sh_dbus_run_set_seed (skeleton, run->plan->seed);
  sh_dbus_run_set_muscles (skeleton, run->plan->muscles);
  sh_dbus_run_set_pid (skeleton, run->pid);
  sh_dbus_run_set_start_time (skeleton, run->start_time);
  sh_dbus_run_set_end_time (skeleton, run->end_time);
}

static void
show (ShRunObject *run)
{
  const ShRunReport *report = &run->report;
  ShDbusRun *skeleton = run->skeleton;

  show_facts (run);
  sh_dbus_run_set_state (skeleton, state_to_string (run->state));
  sh_dbus_run_set_reason (skeleton, report->reason);
  sh_dbus_run_set_message (skeleton, report->message);
  sh_dbus_run_set_lesson (skeleton, report->lesson);
  sh_dbus_run_set_progress (skeleton, get_progress (run));
  sh_dbus_run_set_iterations (skeleton, report->iterations);
  sh_dbus_run_set_episodes (skeleton, report->episodes);
  sh_dbus_run_set_iteration_rate (skeleton, report->iteration_rate);
  sh_dbus_run_set_mean_return (skeleton, report->mean_return);
  sh_dbus_run_set_success_rate (skeleton, report->success_rate);
}

void
sh_run_object_show (ShPacerItem *item, gpointer data)
{
  show ((ShRunObject *) ((char *) item - G_STRUCT_OFFSET (ShRunObject, item)));
}

static void
touch (ShRunObject *run, ShPacerRank rank)
{
  if (run->path != NULL)
    sh_pacer_touch (run->common->pacer, &run->item, rank);
}

static void
set_state (ShRunObject *run, ShRunObjectState state)
{
  run->state = state;
  touch (run, SH_PACER_STATE);
}

/* From now on it is on the bus. */
static void
put_on_bus (ShRunObject *run)
{
  g_autofree char *name = g_strdup_printf (
      "%s-%u", sh_run_object_get_brain (run), run->report.version);

  g_clear_handle_id (&run->deadline, g_source_remove);
  if (run->path != NULL)
    return;
  show (run);
  run->path = sh_bus_path_new (run->common->server, "run", name);
  sh_bus_show (run->common->server, run->path, run->skeleton);
  sh_brain_objects_set_run (run->common->brains, sh_run_object_get_brain (run),
                            run->path);
  run->common->shown (run, run->common->data);
}

/* ---- the process ---- */

static void
remove_file (ShRunObject *run)
{
  if (run->file != NULL)
    g_unlink (run->file);
  g_clear_pointer (&run->file, g_free);
}

static void
on_told (const char *line, gpointer data)
{
  ShRunObject *run = data;

  if (!sh_run_report_take (&run->report, line))
    return;
  if (run->report.started && run->state == SH_RUN_OBJECT_STARTING)
    {
      remove_file (run);
      set_state (run, SH_RUN_OBJECT_RUNNING);
      put_on_bus (run);
    }
  touch (run, SH_PACER_NUMBERS);
}

static void
set_text (char **into, const char *text)
{
  g_free (*into);
  *into = g_utf8_make_valid (text, -1);
}

/* What it told of its end counts; one that was killed told nothing. */
static void
take_end (ShRunObject *run, const GError *error)
{
  ShRunReport *report = &run->report;

  if (!report->finished && error == NULL &&
      run->state == SH_RUN_OBJECT_STOPPING)
    set_text (&report->reason, "interrupted");
  else if (!report->finished || (error != NULL && report->message[0] == '\0'))
    {
      set_text (&report->reason, "failed");
      set_text (&report->message, error != NULL
                                      ? error->message
                                      : "the training ended without a word");
    }
  report->iteration_rate = 0;
}

static void
on_ended (ShChild *child, const GError *error, gpointer data)
{
  ShRunObject *run = data;

  take_end (run, error);
  g_clear_pointer (&run->child, sh_child_free);
  remove_file (run);
  g_clear_handle_id (&run->deadline, g_source_remove);
  run->pid = 0;
  run->end_time = g_get_real_time ();
  set_state (run, g_str_equal (run->report.reason, "failed")
                      ? SH_RUN_OBJECT_FAILED
                      : SH_RUN_OBJECT_FINISHED);
  if (run->path != NULL)
    sh_brain_objects_set_run (run->common->brains,
                              sh_run_object_get_brain (run), NULL);
  /* The last save may have been a moment ago. */
  sh_brain_objects_look (run->common->brains);
  run->common->ended (run, error, run->common->data);
}

static gboolean
on_deadline (gpointer data)
{
  ShRunObject *run = data;

  run->deadline = 0;
  put_on_bus (run);
  return G_SOURCE_REMOVE;
}

/* A file of its own that nobody else can read. */
static char *
write_file (const char *text, GError **error)
{
  g_autofree char *folder =
      g_build_filename (g_get_user_runtime_dir (), "simhost", NULL);
  g_autofree char *path =
      g_build_filename (folder, "curriculum-XXXXXX.ink", NULL);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      (fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600)) < 0)
    {
      int code = errno;

      g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot write to %s: %s",
                   folder, g_strerror (code));
      return NULL;
    }
  g_close (fd, NULL);
  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600,
                                error))
    return g_steal_pointer (&path);
  g_unlink (path);
  return NULL;
}

static gboolean
start (ShRunObject *run, GError **error)
{
  g_auto (GStrv) arguments = NULL;
  g_autofree char *name = g_strdup_printf ("train %s", run->plan->brain);
  g_autofree char *subject =
      g_strdup_printf ("the training of brain '%s'", run->plan->brain);

  run->file = write_file (run->plan->text, error);
  if (run->file == NULL)
    return FALSE;
  arguments = sh_train_plan_get_arguments (run->plan, run->file);
  run->child = sh_child_new (
      &(ShChildSetup){
          .name = name,
          .subject = subject,
          .arguments = (const char *const *) arguments,
          .stop_deadline = SH_RUN_STOP_DEADLINE,
          .reply_fd = -1,
          .told = on_told,
          .told_data = run,
          .may_save = TRUE,
      },
      on_ended, run, error);
  if (run->child == NULL)
    {
      remove_file (run);
      return FALSE;
    }
  run->pid = (guint) sh_child_get_pid (run->child);
  return TRUE;
}

/* ---- methods ---- */

static gboolean
on_stop (ShDbusRun *skeleton,
         GDBusMethodInvocation *invocation,
         GVariant *options,
         ShRunObject *run)
{
  g_autoptr (GError) error = NULL;

  if (!sh_bus_options_check_none (options, "Stop", &error))
    {
      sh_bus_return_error (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  sh_run_object_stop (run);
  sh_dbus_run_complete_stop (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Curve and lessons are known here, the tests to the history. */
typedef struct
{
  ShStore *store;
  char *brain;
  guint version;
  GVariant *known;
} CurveWork;

static void
curve_work_free (gpointer data)
{
  CurveWork *work = data;

  sh_store_free (work->store);
  g_free (work->brain);
  g_variant_unref (work->known);
  g_free (work);
}

static GVariant *
add_tests (gpointer data, GError **error)
{
  const CurveWork *work = data;
  g_autoptr (GVariant) history =
      sh_brain_curve_read (work->store, work->brain, work->version, NULL);
  g_autoptr (GVariant) curve = g_variant_get_child_value (work->known, 0);
  g_autoptr (GVariant) tests = NULL;
  g_autoptr (GVariant) lessons = g_variant_get_child_value (work->known, 2);

  /* One without a history has no tests. */
  if (history != NULL)
    g_variant_ref_sink (history);
  tests =
      g_variant_get_child_value (history != NULL ? history : work->known, 1);
  return g_variant_new ("(@a(tdd)@a(td)@a(ts))", curve, tests, lessons);
}

static gboolean
on_get_curve (ShDbusRun *skeleton,
              GDBusMethodInvocation *invocation,
              GVariant *options,
              ShRunObject *run)
{
  g_autoptr (GError) error = NULL;
  CurveWork *work;

  if (!sh_bus_options_check_none (options, "GetCurve", &error))
    {
      sh_bus_return_error (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  work = g_new0 (CurveWork, 1);
  work->store = sh_store_new (NULL);
  work->brain = g_strdup (sh_run_object_get_brain (run));
  work->version = run->report.version;
  work->known = g_variant_ref_sink (sh_run_report_get_curve (&run->report));
  sh_bus_work (invocation, add_tests, work, curve_work_free);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- for its owner ---- */

ShRunObject *
sh_run_object_new (const ShRunCommon *common, ShTrainPlan *plan, GError **error)
{
  ShRunObject *run = g_new0 (ShRunObject, 1);

  run->common = common;
  run->plan = plan;
  run->start_time = g_get_real_time ();
  sh_run_report_init (&run->report);
  run->skeleton = sh_dbus_run_skeleton_new ();
  sh_bus_allow_nan (run->skeleton);
  g_signal_connect (run->skeleton, "handle-stop", G_CALLBACK (on_stop), run);
  g_signal_connect (run->skeleton, "handle-get-curve",
                    G_CALLBACK (on_get_curve), run);
  if (!start (run, error))
    {
      sh_run_object_free (run);
      return NULL;
    }
  run->deadline =
      g_timeout_add_seconds (SH_RUN_START_DEADLINE, on_deadline, run);
  return run;
}

void
sh_run_object_update_brain (ShRunObject *run)
{
  touch (run, SH_PACER_NUMBERS);
}

void
sh_run_object_stop (ShRunObject *run)
{
  if (run->child == NULL || run->state == SH_RUN_OBJECT_STOPPING)
    return;
  sh_child_stop (run->child);
  set_state (run, SH_RUN_OBJECT_STOPPING);
}

gboolean
sh_run_object_is_over (const ShRunObject *run)
{
  return run->child == NULL;
}

const ShRunReport *
sh_run_object_get_report (const ShRunObject *run)
{
  return &run->report;
}

const char *
sh_run_object_get_brain (const ShRunObject *run)
{
  return run->plan->brain;
}

const char *
sh_run_object_get_path (const ShRunObject *run)
{
  return run->path;
}

void
sh_run_object_free (ShRunObject *run)
{
  if (run == NULL)
    return;
  g_clear_handle_id (&run->deadline, g_source_remove);
  sh_pacer_forget (run->common->pacer, &run->item);
  g_clear_pointer (&run->child, sh_child_free);
  remove_file (run);
  if (run->path != NULL)
    g_dbus_object_manager_server_unexport (run->common->server, run->path);
  g_signal_handlers_disconnect_by_data (run->skeleton, run);
  g_object_unref (run->skeleton);
  sh_run_report_clear (&run->report);
  sh_train_plan_free (run->plan);
  g_free (run->path);
  g_free (run);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-object.h"

#include "sh-bus-error.h"
#include "sh-bus-object.h"
#include "sh-bus-options.h"
#include "sh-control.h"
#include "sh-dbus.h"
#include "sh-error.h"
#include "sh-run-process.h"
#include "sh-run-work.h"

struct ShRunObject
{
  const ShRunCommon *common;
  ShTrainPlan *plan; /* NULL: the engine trains it */
  ShRunProcess *process; /* NULL: it has ended, or the engine trains it */
  ShDbusRun *skeleton;
  char *path; /* NULL: not shown yet */
  ShPacerItem item;
  guint pid; /* 0: it has ended */
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
  sh_dbus_run_set_simulator (skeleton, run->plan != NULL ? run->plan->simulator
                                                         : report->simulator);
  sh_dbus_run_set_algorithm (skeleton, report->algorithm);
  sh_dbus_run_set_seed (skeleton,
                        run->plan != NULL ? run->plan->seed : report->seed);
  sh_dbus_run_set_muscles (skeleton, (guint) MIN (report->muscles, G_MAXUINT));
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
  sh_dbus_run_set_progress (skeleton, sh_run_report_get_progress (report));
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
take_line (ShRunObject *run, const char *line)
{
  if (!sh_run_report_take (&run->report, line))
    return;
  if (run->report.started && run->state == SH_RUN_OBJECT_STARTING)
    {
      if (run->process != NULL)
        sh_run_process_remove_file (run->process);
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
finish (ShRunObject *run, const GError *error)
{
  take_end (run, error);
  g_clear_pointer (&run->process, sh_run_process_free);
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

static void
on_told (const char *line, gpointer data)
{
  take_line (data, line);
}

static void
on_ended (const GError *error, gpointer data)
{
  finish (data, error);
}

static const ShRunProcessFuncs process_funcs = { on_told, on_ended };

static gboolean
on_deadline (gpointer data)
{
  ShRunObject *run = data;

  run->deadline = 0;
  put_on_bus (run);
  return G_SOURCE_REMOVE;
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
  sh_pacer_show (run->common->pacer, &run->item);
  sh_dbus_run_complete_stop (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
check_muscles (const ShRunObject *run,
               guint muscles,
               GVariant *options,
               GError **error)
{
  if (!sh_bus_options_check_none (options, "SetMuscles", error))
    return FALSE;
  if (muscles < 1 || muscles > SH_CONDUCTOR_MAX_MUSCLES)
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "muscles are a number from 1 to %u", SH_CONDUCTOR_MAX_MUSCLES);
  else if (run->plan == NULL)
    g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                         "the engine trains with simulators that connect, and "
                         "has no muscles");
  else if (run->state != SH_RUN_OBJECT_RUNNING)
    g_set_error (error, SH_ERROR, SH_ERROR_BUSY, "the training is %s",
                 state_to_string (run->state));
  else
    return TRUE;
  return FALSE;
}

static gboolean
on_set_muscles (ShDbusRun *skeleton,
                GDBusMethodInvocation *invocation,
                guint muscles,
                GVariant *options,
                ShRunObject *run)
{
  g_autoptr (GError) error = NULL;

  if (!check_muscles (run, muscles, options, &error))
    sh_bus_return_error (invocation, error);
  else
    sh_run_work_set_muscles (invocation, sh_run_object_get_brain (run),
                             run->report.version, muscles);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_get_curve (ShDbusRun *skeleton,
              GDBusMethodInvocation *invocation,
              GVariant *options,
              ShRunObject *run)
{
  g_autoptr (GError) error = NULL;

  if (!sh_bus_options_check_none (options, "GetCurve", &error))
    sh_bus_return_error (invocation, error);
  else
    sh_run_work_get_curve (invocation, sh_run_object_get_brain (run),
                           run->report.version,
                           sh_run_report_get_curve (&run->report));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- for its owner ---- */

static ShRunObject *
new_run (const ShRunCommon *common)
{
  ShRunObject *run = g_new0 (ShRunObject, 1);

  run->common = common;
  run->start_time = g_get_real_time ();
  sh_run_report_init (&run->report);
  run->skeleton = sh_dbus_run_skeleton_new ();
  sh_bus_allow_nan (run->skeleton);
  g_signal_connect (run->skeleton, "handle-stop", G_CALLBACK (on_stop), run);
  g_signal_connect (run->skeleton, "handle-set-muscles",
                    G_CALLBACK (on_set_muscles), run);
  g_signal_connect (run->skeleton, "handle-get-curve",
                    G_CALLBACK (on_get_curve), run);
  return run;
}

ShRunObject *
sh_run_object_new (const ShRunCommon *common, ShTrainPlan *plan, GError **error)
{
  ShRunObject *run = new_run (common);

  run->plan = plan;
  run->process = sh_run_process_new (plan, &process_funcs, run, error);
  if (run->process == NULL)
    {
      sh_run_object_free (run);
      return NULL;
    }
  run->pid = sh_run_process_get_pid (run->process);
  run->deadline =
      g_timeout_add_seconds (SH_RUN_START_DEADLINE, on_deadline, run);
  return run;
}

ShRunObject *
sh_run_object_new_served (const ShRunCommon *common,
                          guint pid,
                          const char *started)
{
  ShRunObject *run = new_run (common);

  run->pid = pid;
  take_line (run, started);
  return run;
}

void
sh_run_object_tell (ShRunObject *run, const char *line)
{
  if (sh_run_object_is_over (run))
    return;
  take_line (run, line);
  if (run->report.finished)
    finish (run, NULL);
}

void
sh_run_object_lose (ShRunObject *run, const GError *error)
{
  if (sh_run_object_is_over (run))
    return;
  run->state = SH_RUN_OBJECT_STOPPING;
  finish (run, error);
}

void
sh_run_object_update_brain (ShRunObject *run)
{
  touch (run, SH_PACER_NUMBERS);
}

void
sh_run_object_stop (ShRunObject *run)
{
  if (run->state >= SH_RUN_OBJECT_STOPPING)
    return;
  set_state (run, SH_RUN_OBJECT_STOPPING);
  if (run->process != NULL)
    sh_run_process_stop (run->process);
  else
    run->common->stop_served (run, run->common->data);
}

gboolean
sh_run_object_is_over (const ShRunObject *run)
{
  return run->state >= SH_RUN_OBJECT_FINISHED;
}

gboolean
sh_run_object_is_served (const ShRunObject *run)
{
  return run->plan == NULL;
}

const ShRunReport *
sh_run_object_get_report (const ShRunObject *run)
{
  return &run->report;
}

const char *
sh_run_object_get_brain (const ShRunObject *run)
{
  return run->plan != NULL ? run->plan->brain : run->report.brain;
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
  g_clear_pointer (&run->process, sh_run_process_free);
  if (run->path != NULL)
    g_dbus_object_manager_server_unexport (run->common->server, run->path);
  g_signal_handlers_disconnect_by_data (run->skeleton, run);
  g_object_unref (run->skeleton);
  sh_run_report_clear (&run->report);
  sh_train_plan_free (run->plan);
  g_free (run->path);
  g_free (run);
}

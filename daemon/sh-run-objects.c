/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-objects.h"

#include "sh-bus-error.h"
#include "sh-error.h"

/* From the call to the answer. */
typedef struct
{
  ShRunObjects *objects; /* NULL: they are gone */
  GDBusMethodInvocation *invocation;
  ShTrainPlan *plan; /* until there is a run */
  ShRunObject *run; /* NULL: the program is being compiled */
} Start;

struct ShRunObjects
{
  ShRunCommon common;
  ShPluginObjects *plugins;
  ShRunFinished finished;
  gpointer data;
  GPtrArray *runs; /* of ShRunObject, the oldest first */
  GPtrArray *starts; /* of Start, that are not answered; not owned */
  guint sweep; /* idle source */
  gboolean stopping;
  void (*stopped) (gpointer data); /* NULL: nobody waits for that */
  gpointer stopped_data;
};

static guint
count_going (const ShRunObjects *objects)
{
  guint n = 0;

  for (guint i = 0; i < objects->runs->len; i++)
    n += !sh_run_object_is_over (objects->runs->pdata[i]);
  return n;
}

/* ---- what is over ---- */

/* In what a run tells, none can be freed. */
static gboolean
on_sweep (gpointer data)
{
  ShRunObjects *objects = data;
  guint n_over = objects->runs->len - count_going (objects);

  objects->sweep = 0;
  for (guint i = 0; i < objects->runs->len;)
    {
      ShRunObject *run = objects->runs->pdata[i];
      gboolean is_over = sh_run_object_is_over (run);

      if (is_over &&
          (n_over > SH_RUNS_MAX_OVER || sh_run_object_get_path (run) == NULL))
        {
          g_ptr_array_remove_index (objects->runs, i);
          n_over--;
        }
      else
        i++;
    }
  if (objects->stopped != NULL && count_going (objects) == 0)
    {
      void (*stopped) (gpointer data) = objects->stopped;

      objects->stopped = NULL;
      stopped (objects->stopped_data);
    }
  return G_SOURCE_REMOVE;
}

static void
sweep_soon (ShRunObjects *objects)
{
  if (objects->sweep == 0)
    objects->sweep = g_idle_add (on_sweep, objects);
}

/* ---- starting ---- */

static void
start_free (Start *start)
{
  if (start->objects != NULL)
    g_ptr_array_remove_fast (start->objects->starts, start);
  g_clear_pointer (&start->plan, sh_train_plan_free);
  g_free (start);
}

static void
refuse (Start *start, const GError *error)
{
  sh_bus_return_error (start->invocation, error);
  start_free (start);
}

static Start *
find_start (ShRunObjects *objects, const ShRunObject *run)
{
  for (guint i = 0; i < objects->starts->len; i++)
    {
      Start *start = objects->starts->pdata[i];

      if (start->run == run)
        return start;
    }
  return NULL;
}

static void
on_shown (ShRunObject *run, gpointer data)
{
  Start *start = find_start (data, run);

  if (start == NULL)
    return;
  g_dbus_method_invocation_return_value (
      start->invocation, g_variant_new ("(o)", sh_run_object_get_path (run)));
  start_free (start);
}

static void
on_ended (ShRunObject *run, const GError *error, gpointer data)
{
  ShRunObjects *objects = data;
  Start *start = find_start (objects, run);

  if (start != NULL)
    {
      g_autoptr (GError) own_error = g_error_new_literal (
          SH_ERROR, SH_ERROR_FAILED,
          sh_run_object_get_report (run)->message[0] != '\0'
              ? sh_run_object_get_report (run)->message
              : "the training was stopped before it began");

      refuse (start, own_error);
    }
  else if (sh_run_object_get_path (run) != NULL)
    objects->finished (run, objects->data);
  sweep_soon (objects);
}

/* Whether a brain of that name is being trained here, or will be. */
static gboolean
is_busy (const ShRunObjects *objects, const char *brain)
{
  for (guint i = 0; i < objects->runs->len; i++)
    {
      ShRunObject *run = objects->runs->pdata[i];

      if (!sh_run_object_is_over (run) &&
          g_ascii_strcasecmp (sh_run_object_get_brain (run), brain) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_free (const ShRunObjects *objects, const char *brain, GError **error)
{
  if (objects->stopping)
    g_set_error_literal (error, SH_ERROR, SH_ERROR_BUSY,
                         "the daemon is ending");
  else if (brain != NULL && is_busy (objects, brain))
    g_set_error (error, SH_ERROR, SH_ERROR_BUSY,
                 "brain '%s' is being trained already", brain);
  else if (count_going (objects) >= SH_RUNS_MAX)
    g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                 "%u trainings go on, and more there cannot be; stop one",
                 SH_RUNS_MAX);
  else
    return TRUE;
  return FALSE;
}

static void
compile (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Start *start = data;
  GError *error = NULL;

  if (sh_train_plan_compile (start->plan, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_compiled (GObject *source, GAsyncResult *result, gpointer data)
{
  Start *start = data;
  ShRunObjects *objects = start->objects;
  g_autoptr (GError) error = NULL;

  if (objects == NULL)
    {
      g_set_error_literal (&error, SH_ERROR, SH_ERROR_BUSY,
                           "the daemon is ending");
      refuse (start, error);
      return;
    }
  if (g_task_propagate_boolean (G_TASK (result), &error) &&
      check_free (objects, start->plan->brain, &error) &&
      sh_train_plan_check (start->plan, objects->plugins, &error))
    start->run = sh_run_object_new (&objects->common,
                                    g_steal_pointer (&start->plan), &error);
  if (start->run == NULL)
    {
      refuse (start, error);
      return;
    }
  g_ptr_array_add (objects->runs, start->run);
}

void
sh_run_objects_train (ShRunObjects *objects,
                      GDBusMethodInvocation *invocation,
                      ShTrainPlan *plan,
                      GError *error)
{
  g_autoptr (GError) own_error = error;
  g_autoptr (GTask) task = NULL;
  Start *start;

  g_return_if_fail (objects != NULL && invocation != NULL);

  start = g_new0 (Start, 1);
  start->objects = objects;
  start->invocation = invocation;
  start->plan = plan;
  g_ptr_array_add (objects->starts, start);
  if (plan != NULL && objects->starts->len > SH_RUNS_MAX)
    g_set_error (&own_error, SH_ERROR, SH_ERROR_LIMIT,
                 "%u trainings are about to begin; wait for them", SH_RUNS_MAX);
  if (own_error != NULL || !check_free (objects, plan->brain, &own_error))
    {
      refuse (start, own_error);
      return;
    }
  task = g_task_new (NULL, NULL, on_compiled, start);
  g_task_set_task_data (task, start, NULL);
  g_task_run_in_thread (task, compile);
}

/* ---- for its owner ---- */

ShRunObjects *
sh_run_objects_new (GDBusObjectManagerServer *server,
                    ShPluginObjects *plugins,
                    ShBrainObjects *brains,
                    ShRunFinished finished,
                    gpointer data)
{
  ShRunObjects *objects = g_new0 (ShRunObjects, 1);

  g_return_val_if_fail (server != NULL && finished != NULL, NULL);

  objects->common = (ShRunCommon){
    .server = g_object_ref (server),
    .brains = brains,
    .pacer = sh_pacer_new (sh_run_object_show, NULL),
    .shown = on_shown,
    .ended = on_ended,
    .data = objects,
  };
  objects->plugins = plugins;
  objects->finished = finished;
  objects->data = data;
  objects->runs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_run_object_free);
  objects->starts = g_ptr_array_new ();
  return objects;
}

void
sh_run_objects_update_brains (ShRunObjects *objects)
{
  g_return_if_fail (objects != NULL);

  for (guint i = 0; i < objects->runs->len; i++)
    sh_run_object_update_brain (objects->runs->pdata[i]);
}

void
sh_run_objects_stop (ShRunObjects *objects,
                     void (*stopped) (gpointer data),
                     gpointer data)
{
  g_return_if_fail (objects != NULL && stopped != NULL);

  objects->stopping = TRUE;
  objects->stopped = stopped;
  objects->stopped_data = data;
  for (guint i = 0; i < objects->runs->len; i++)
    sh_run_object_stop (objects->runs->pdata[i]);
  sweep_soon (objects);
}

void
sh_run_objects_free (ShRunObjects *objects)
{
  if (objects == NULL)
    return;
  g_clear_handle_id (&objects->sweep, g_source_remove);
  while (objects->starts->len > 0)
    {
      Start *start = objects->starts->pdata[0];

      g_ptr_array_remove_index_fast (objects->starts, 0);
      start->objects = NULL;
      /* One that is being compiled answers by itself. */
      if (start->run != NULL)
        {
          g_object_unref (start->invocation);
          start_free (start);
        }
    }
  g_ptr_array_unref (objects->runs);
  g_ptr_array_unref (objects->starts);
  sh_pacer_free (objects->common.pacer);
  g_object_unref (objects->common.server);
  g_free (objects);
}

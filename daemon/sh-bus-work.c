/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-bus-work.h"

#include "sh-bus-error.h"
#include "sh-error.h"

typedef struct
{
  GDBusMethodInvocation *invocation;
  ShBusWork work;
  gpointer data;
  GDestroyNotify free_data;
} Work;

static guint n_works; /* of the main thread */

static void
work_free (gpointer data)
{
  Work *work = data;

  work->free_data (work->data);
  g_free (work);
}

static void
do_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  GVariant *answer = work->work (work->data, &error);

  if (answer != NULL)
    g_task_return_pointer (task, g_variant_ref_sink (answer),
                           (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_task_propagate_pointer (G_TASK (result), &error);

  n_works--;
  if (answer != NULL)
    g_dbus_method_invocation_return_value (work->invocation, answer);
  else
    sh_bus_return_error (work->invocation, error);
}

void
sh_bus_work (GDBusMethodInvocation *invocation,
             ShBusWork work,
             gpointer data,
             GDestroyNotify free_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Work *own;

  if (n_works >= SH_BUS_MAX_WORK)
    {
      g_set_error (&error, SH_ERROR, SH_ERROR_LIMIT,
                   "%u calls are being worked on; wait for their answers",
                   SH_BUS_MAX_WORK);
      sh_bus_return_error (invocation, error);
      free_data (data);
      return;
    }
  own = g_new0 (Work, 1);
  own->invocation = invocation;
  own->work = work;
  own->data = data;
  own->free_data = free_data;
  n_works++;
  task = g_task_new (NULL, NULL, on_done, NULL);
  g_task_set_task_data (task, own, work_free);
  g_task_run_in_thread (task, do_work);
}

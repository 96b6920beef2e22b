/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

#include "sh-child.h"
#include "sh-error.h"

struct ShRunProcess
{
  const ShRunProcessFuncs *funcs;
  gpointer data;
  ShChild *child;
  char *file; /* the program's, while the process may read it; or NULL */
};

static void
on_told (const char *line, gpointer data)
{
  ShRunProcess *process = data;

  process->funcs->told (line, process->data);
}

static void
on_ended (ShChild *child, const GError *error, gpointer data)
{
  ShRunProcess *process = data;

  process->funcs->ended (error, process->data);
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

ShRunProcess *
sh_run_process_new (const ShTrainPlan *plan,
                    const ShRunProcessFuncs *funcs,
                    gpointer data,
                    GError **error)
{
  g_autoptr (ShRunProcess) process = g_new0 (ShRunProcess, 1);
  g_auto (GStrv) arguments = NULL;
  g_autofree char *name = g_strdup_printf ("train %s", plan->brain);
  g_autofree char *subject =
      g_strdup_printf ("the training of brain '%s'", plan->brain);

  process->funcs = funcs;
  process->data = data;
  process->file = write_file (plan->text, error);
  if (process->file == NULL)
    return NULL;
  arguments = sh_train_plan_get_arguments (plan, process->file);
  process->child = sh_child_new (
      &(ShChildSetup){
          .name = name,
          .subject = subject,
          .arguments = (const char *const *) arguments,
          .stop_deadline = SH_RUN_STOP_DEADLINE,
          .reply_fd = -1,
          .told = on_told,
          .told_data = process,
          .may_save = TRUE,
      },
      on_ended, process, error);
  return process->child != NULL ? g_steal_pointer (&process) : NULL;
}

guint
sh_run_process_get_pid (const ShRunProcess *process)
{
  return (guint) sh_child_get_pid (process->child);
}

void
sh_run_process_remove_file (ShRunProcess *process)
{
  if (process->file != NULL)
    g_unlink (process->file);
  g_clear_pointer (&process->file, g_free);
}

void
sh_run_process_stop (ShRunProcess *process)
{
  sh_child_stop (process->child);
}

void
sh_run_process_free (ShRunProcess *process)
{
  if (process == NULL)
    return;
  g_clear_pointer (&process->child, sh_child_free);
  sh_run_process_remove_file (process);
  g_free (process);
}

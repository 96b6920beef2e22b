/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A worker process as an object: it can be started again after its end.
 */

#include "sh-worker.h"

#include "sh-error.h"

struct _ShWorker
{
  GObject parent_instance;

  char *name;
  GStrv arguments;
  guint n_slots;
  guint call_deadline; /* milliseconds */
  int reply_fd; /* not owned */
  ShChildLimits limits;
  GStrv variables; /* may be NULL */
  ShLineFunc line; /* may be NULL */
  gpointer line_data;
  ShSlotPage *page; /* made with the first start */
  ShChild *child; /* NULL: not running */
};

G_DEFINE_FINAL_TYPE (ShWorker, sh_worker, G_TYPE_OBJECT)

enum
{
  EXITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
sh_worker_dispose (GObject *object)
{
  ShWorker *self = SH_WORKER (object);

  g_clear_pointer (&self->child, sh_child_free);
  G_OBJECT_CLASS (sh_worker_parent_class)->dispose (object);
}

static void
sh_worker_finalize (GObject *object)
{
  ShWorker *self = SH_WORKER (object);

  g_clear_pointer (&self->page, sh_slot_page_free);
  g_strfreev (self->arguments);
  g_strfreev (self->variables);
  g_free (self->name);
  G_OBJECT_CLASS (sh_worker_parent_class)->finalize (object);
}

static void
sh_worker_class_init (ShWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sh_worker_dispose;
  G_OBJECT_CLASS (klass)->finalize = sh_worker_finalize;
  signals[EXITED] =
      g_signal_new ("exited", SH_TYPE_WORKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sh_worker_init (ShWorker *self)
{
  self->call_deadline = SH_WORKER_CALL_DEADLINE * 1000u;
  self->reply_fd = -1;
}

static void
on_ended (ShChild *child, const GError *error, gpointer data)
{
  ShWorker *self = data;
  g_autoptr (ShWorker) alive = g_object_ref (self);

  /* Taken out first: the handler may start the worker again. */
  self->child = NULL;
  g_signal_emit (alive, signals[EXITED], 0, error);
  sh_child_free (child);
}

ShWorker *
sh_worker_new (const char *name, const char *const *arguments, guint n_slots)
{
  ShWorker *self;

  g_return_val_if_fail (name != NULL && arguments != NULL, NULL);

  self = g_object_new (SH_TYPE_WORKER, NULL);
  self->name = g_strdup (name);
  self->arguments = g_strdupv ((char **) arguments);
  self->n_slots = n_slots;
  return self;
}

void
sh_worker_set_call_deadline (ShWorker *self, guint milliseconds)
{
  g_return_if_fail (SH_IS_WORKER (self));

  self->call_deadline = milliseconds;
}

void
sh_worker_set_reply_fd (ShWorker *self, int fd)
{
  g_return_if_fail (SH_IS_WORKER (self));

  self->reply_fd = fd;
}

void
sh_worker_set_limits (ShWorker *self, const ShChildLimits *limits)
{
  g_return_if_fail (SH_IS_WORKER (self));

  self->limits = *limits;
}

void
sh_worker_set_variables (ShWorker *self, const char *const *variables)
{
  g_return_if_fail (SH_IS_WORKER (self));

  g_strfreev (self->variables);
  self->variables = g_strdupv ((char **) variables);
}

void
sh_worker_set_line (ShWorker *self, ShLineFunc line, gpointer line_data)
{
  g_return_if_fail (SH_IS_WORKER (self));

  self->line = line;
  self->line_data = line_data;
}

gboolean
sh_worker_start (ShWorker *self, GError **error)
{
  g_autoptr (GStrvBuilder) arguments = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;
  g_autofree char *subject = NULL;

  g_return_val_if_fail (SH_IS_WORKER (self) && self->child == NULL, FALSE);

  if (self->page == NULL &&
      (self->page = sh_slot_page_new (self->n_slots, error)) == NULL)
    return FALSE;
  sh_slot_page_clear (self->page);
  g_strv_builder_add (arguments, "worker");
  g_strv_builder_addv (arguments, (const char **) self->arguments);
  all = g_strv_builder_end (arguments);
  subject = g_strdup_printf ("simulator '%s'", self->name);

  const ShChildSetup setup = {
    .name = self->name,
    .subject = subject,
    .arguments = (const char *const *) all,
    .page = self->page,
    .call_deadline = self->call_deadline,
    .stop_deadline = SH_WORKER_STOP_DEADLINE,
    .reply_fd = self->reply_fd,
    .limits = self->limits,
    .variables = (const char *const *) self->variables,
    .line = self->line,
    .line_data = self->line_data,
  };

  self->child = sh_child_new (&setup, on_ended, self, error);
  return self->child != NULL;
}

void
sh_worker_stop (ShWorker *self)
{
  g_return_if_fail (SH_IS_WORKER (self));

  if (self->child != NULL)
    sh_child_stop (self->child);
}

void
sh_worker_leave (ShWorker *self, guint milliseconds)
{
  g_return_if_fail (SH_IS_WORKER (self));

  if (self->child != NULL)
    sh_child_leave (self->child, milliseconds);
}

gboolean
sh_worker_is_running (ShWorker *self)
{
  g_return_val_if_fail (SH_IS_WORKER (self), FALSE);

  return self->child != NULL;
}

GPid
sh_worker_get_pid (ShWorker *self)
{
  g_return_val_if_fail (SH_IS_WORKER (self), 0);

  return self->child != NULL ? sh_child_get_pid (self->child) : 0;
}

const ShCallSlot *
sh_worker_get_slots (ShWorker *self, guint *n_slots)
{
  g_return_val_if_fail (SH_IS_WORKER (self), NULL);

  *n_slots = self->page != NULL ? self->page->n_slots : 0;
  return self->page != NULL ? self->page->slots : NULL;
}

const ShReport *
sh_worker_get_report (ShWorker *self)
{
  g_return_val_if_fail (SH_IS_WORKER (self), NULL);

  return self->page != NULL ? self->page->report : NULL;
}

static const ShSlotPage *
page_from_environment (void)
{
  /* Lives as long as the process: calls are noted until its end. */
  static ShSlotPage *page;

  if (page == NULL)
    page = sh_slot_page_new_from_environment ();
  return page;
}

ShCallSlot *
sh_worker_slots_from_environment (guint *n_slots)
{
  const ShSlotPage *page = page_from_environment ();

  *n_slots = page->n_slots;
  return page->slots;
}

ShReport *
sh_worker_report_from_environment (void)
{
  return page_from_environment ()->report;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Starting, asking and burying a muscle.
 */

#include "sh-muscle.h"

#include <glib-unix.h>
#include <string.h>

#include "sh-child.h"
#include "sh-error.h"
#include "sh-fd.h"
#include "sh-text.h"
#include "sh-worker.h"

struct ShMuscle
{
  ShMuscleOptions options;
  ShMuscleFuncs funcs;
  gpointer data;
  char *name; /* "muscle 1 of the run of lift" */
  char *subject; /* "simulator 'lift'" */

  ShMuscleState state;
  ShMuscleMemory *memory;
  ShSlotPage *page;
  ShChild *child; /* NULL: not running */
  int socket; /* -1: not running */
  guint socket_source, restart_timer, life_timer, finish_timer;
  gboolean finishing;

  ShMuscleRequest request; /* the last */
  ShMuscleAnswer answer; /* to the last that was answered */
  guint64 first_episode; /* of the next process */
  guint n_starts;
  gboolean stepped; /* this muscle, or the run that it joined, has had a step */
  guint n_in_vain; /* losses since the run last went on */

  guint64 signs; /* of life, when last looked at */
  guint silence; /* seconds since they changed */
};

static gboolean start (ShMuscle *muscle, GError **error);

/* Of roll-outs and passes there are thousands. */
static void
log_task (const ShMuscle *muscle, const char *what)
{
  if (muscle->request.task != SH_MUSCLE_ROLL_OUT &&
      muscle->request.task != SH_MUSCLE_PASS)
    g_debug ("%s: %s in lesson %u%s", muscle->name,
             sh_muscle_task_to_string (muscle->request.task),
             muscle->request.lesson + 1, what);
}

/* ---- the end ---- */

static void
forget_process (ShMuscle *muscle)
{
  g_clear_handle_id (&muscle->socket_source, g_source_remove);
  g_clear_handle_id (&muscle->life_timer, g_source_remove);
  g_clear_handle_id (&muscle->finish_timer, g_source_remove);
  sh_fd_clear (&muscle->socket);
}

static void
set_gone (ShMuscle *muscle, const GError *error)
{
  muscle->state = SH_MUSCLE_GONE;
  g_clear_handle_id (&muscle->restart_timer, g_source_remove);
  g_debug ("%s: gone", muscle->name);
  muscle->funcs.gone (muscle, error, muscle->data);
}

/* What its slots say. Seeds are used up to the busiest instance's last
 * episode. */
static void
take_stock (ShMuscle *muscle)
{
  guint64 episodes = 0;

  for (guint i = 0; i < muscle->page->n_slots; i++)
    {
      const ShCallSlot *slot = &muscle->page->slots[i];

      muscle->stepped |= atomic_load (&slot->iterations) > 0;
      episodes = MAX (episodes, atomic_load (&slot->episodes));
    }
  muscle->first_episode += episodes;
}

static gboolean
on_restart (gpointer data)
{
  ShMuscle *muscle = data;
  g_autoptr (GError) error = NULL;

  muscle->restart_timer = 0;
  if (!start (muscle, &error))
    set_gone (muscle, error);
  return G_SOURCE_REMOVE;
}

/* Who was killed from outside says nothing of the simulator, and is started again
 * as long as the run goes on; and so is, less often, who crashed or hung. */
static GError *
judge (ShMuscle *muscle, const GError *error, gint64 *delay)
{
  GError *end = NULL;

  if (!muscle->stepped || !g_error_matches (error, SH_ERROR, SH_ERROR_KILLED))
    end = sh_restarts_judge (muscle->options.restarts, error, FALSE,
                             muscle->stepped, delay);
  else
    *delay = (gint64) (SH_MUSCLE_KILLED_DELAY << muscle->n_in_vain) * 1000;
  if (++muscle->n_in_vain < SH_MUSCLE_MAX_IN_VAIN || end != NULL)
    return end;
  end = g_error_copy (error);
  g_prefix_error (&end,
                  "gave up after %u losses of a muscle while no episode ended; "
                  "the last: ",
                  SH_MUSCLE_MAX_IN_VAIN);
  return end;
}

static void
bury (ShMuscle *muscle, const GError *error)
{
  g_autoptr (GError) end = NULL;
  g_autoptr (GError) early = NULL;
  gint64 delay;

  take_stock (muscle);
  if (error == NULL)
    error = early =
        g_error_new (SH_ERROR, SH_ERROR_FAILED,
                     "%s ended the process of %s before it was asked to",
                     muscle->subject, muscle->name);
  end = judge (muscle, error, &delay);
  if (end != NULL)
    {
      set_gone (muscle, end);
      return;
    }
  g_warning ("%s; starting it again in %.1f s", error->message,
             (double) delay / G_USEC_PER_SEC);
  muscle->state = SH_MUSCLE_DOWN;
  muscle->restart_timer =
      g_timeout_add ((guint) (delay / 1000), on_restart, muscle);
  muscle->funcs.lost (muscle, muscle->data);
}

static void receive (ShMuscle *muscle);

static void
on_ended (ShChild *child, const GError *error, gpointer data)
{
  ShMuscle *muscle = data;

  muscle->child = NULL;
  /* Its last word may still be on the way; it says more than its death. */
  if (muscle->state == SH_MUSCLE_BUSY && !muscle->finishing)
    receive (muscle);
  forget_process (muscle);
  if (muscle->finishing)
    set_gone (muscle, NULL);
  else if (muscle->state != SH_MUSCLE_GONE)
    bury (muscle, error);
  sh_child_free (child);
}

/* Its process goes on for a moment, but nobody listens to it any more. */
static void
give_up (ShMuscle *muscle, const GError *error)
{
  ShChild *child = g_steal_pointer (&muscle->child);

  forget_process (muscle);
  sh_child_free (child);
  set_gone (muscle, error);
}

/* ---- answers ---- */

static void
fail (ShMuscle *muscle)
{
  gint32 code = muscle->answer.code;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  muscle->answer.message[sizeof muscle->answer.message - 1] = '\0';
  line = sh_text_to_line (muscle->answer.message, -1);
  if (code > SH_ERROR_KILLED)
    code = SH_ERROR_FAILED;
  error = g_error_new_literal (SH_ERROR, code, line);
  give_up (muscle, error);
}

static gboolean
is_answer (const ShMuscle *muscle, const ShMuscleAnswer *answer)
{
  const ShMuscleRequest *request = &muscle->request;

  return muscle->state == SH_MUSCLE_BUSY &&
         memcmp (answer->run, request->run, sizeof answer->run) == 0 &&
         answer->muscle == request->muscle && answer->task == request->task &&
         answer->lesson == request->lesson;
}

static void
receive (ShMuscle *muscle)
{
  ShMuscleAnswer answer;
  g_autoptr (GError) own = NULL;
  int received = sh_muscle_receive (muscle->socket, &answer, sizeof answer,
                                    FALSE, NULL, &own);

  if (received == 0)
    return;
  if (received > 0 && is_answer (muscle, &answer))
    {
      muscle->answer = answer;
      log_task (muscle, ": answered");
      if (muscle->finishing)
        return; /* it ends by itself now */
      muscle->state = SH_MUSCLE_READY;
      if (answer.code >= 0)
        fail (muscle);
      else
        muscle->funcs.ready (muscle, muscle->data);
      return;
    }
  /* When it has died, its end says why; there is nothing more to hear. */
  g_clear_handle_id (&muscle->socket_source, g_source_remove);
  if (g_error_matches (own, SH_ERROR, SH_ERROR_NETWORK))
    return;
  if (muscle->finishing)
    return;
  g_clear_error (&own);
  own = g_error_new (SH_ERROR, SH_ERROR_PROTOCOL,
                     "%s: %s said what makes no sense; the simulator has "
                     "written where it may not",
                     muscle->subject, muscle->name);
  give_up (muscle, own);
}

static gboolean
on_socket (int fd, GIOCondition condition, gpointer data)
{
  ShMuscle *muscle = data;

  receive (muscle);
  return muscle->socket_source != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* ---- requests ---- */

static void
send_request (ShMuscle *muscle, int fd)
{
  log_task (muscle, "");
  muscle->state = SH_MUSCLE_BUSY;
  muscle->silence = 0;
  /* One that cannot be reached has died, and will be buried. */
  sh_muscle_send (muscle->socket, &muscle->request, sizeof muscle->request, fd,
                  NULL);
}

static void
request_task (ShMuscle *muscle, ShMuscleTask task, guint lesson)
{
  gsize n_parameters;
  const float *parameters =
      sh_policy_get_parameters (muscle->options.policy, &n_parameters);

  memcpy (muscle->memory->parameters, parameters,
          n_parameters * sizeof (float));
  muscle->request.task = task;
  muscle->request.lesson = lesson;
  send_request (muscle, -1);
}

void
sh_muscle_roll_out (ShMuscle *muscle, guint lesson, guint n_steps)
{
  g_return_if_fail (muscle != NULL && muscle->state == SH_MUSCLE_READY);
  g_return_if_fail (n_steps <= muscle->memory->rows.n_steps);

  muscle->request.n_steps = n_steps;
  request_task (muscle, SH_MUSCLE_ROLL_OUT, lesson);
}

void
sh_muscle_test (ShMuscle *muscle, guint lesson, guint64 first, guint n_episodes)
{
  g_return_if_fail (muscle != NULL && muscle->state == SH_MUSCLE_READY);

  muscle->request.first_test = first;
  muscle->request.n_episodes = n_episodes;
  request_task (muscle, SH_MUSCLE_TEST, lesson);
}

void
sh_muscle_pass (ShMuscle *muscle,
                guint lesson,
                guint64 first,
                guint n,
                guint n_steps)
{
  g_return_if_fail (muscle != NULL && muscle->state == SH_MUSCLE_READY);

  muscle->request.first_test = first;
  muscle->request.n_episodes = n;
  muscle->request.n_steps = n_steps;
  request_task (muscle, SH_MUSCLE_PASS, lesson);
}

void
sh_muscle_set_share (ShMuscle *muscle, guint first, guint n_all)
{
  g_return_if_fail (muscle != NULL && n_all > 0);

  muscle->request.first_of_test = first;
  muscle->request.n_of_test = n_all;
}

void
sh_muscle_note_progress (ShMuscle *muscle)
{
  g_return_if_fail (muscle != NULL);

  muscle->n_in_vain = 0;
}

void
sh_muscle_join (ShMuscle *muscle)
{
  g_return_if_fail (muscle != NULL);

  muscle->stepped = TRUE;
}

void
sh_muscle_leave (ShMuscle *muscle)
{
  g_return_if_fail (muscle != NULL);

  muscle->request.leaving = 1;
}

static gboolean
on_finish_deadline (gpointer data)
{
  ShMuscle *muscle = data;

  muscle->finish_timer = 0;
  sh_child_stop (muscle->child);
  return G_SOURCE_REMOVE;
}

static gboolean
on_gone (gpointer data)
{
  ShMuscle *muscle = data;

  muscle->restart_timer = 0;
  set_gone (muscle, NULL);
  return G_SOURCE_REMOVE;
}

void
sh_muscle_finish (ShMuscle *muscle)
{
  g_return_if_fail (muscle != NULL);

  if (muscle->finishing || muscle->state == SH_MUSCLE_GONE)
    return;
  muscle->finishing = TRUE;
  if (muscle->child == NULL)
    {
      g_clear_handle_id (&muscle->restart_timer, g_source_remove);
      muscle->restart_timer = g_idle_add (on_gone, muscle);
      return;
    }
  muscle->request.task = SH_MUSCLE_FINISH;
  send_request (muscle, -1);
  muscle->finish_timer =
      g_timeout_add (SH_MUSCLE_FINISH_DEADLINE, on_finish_deadline, muscle);
}

/* ---- the start ---- */

/* Calls into the plugin have deadlines of their own; this is for a process that
 * is stuck elsewhere. */
static gboolean
on_life (gpointer data)
{
  ShMuscle *muscle = data;
  guint64 signs = 0;

  for (guint i = 0; i < muscle->page->n_slots; i++)
    signs += atomic_load (&muscle->page->slots[i].word);
  if (muscle->state != SH_MUSCLE_BUSY || signs != muscle->signs)
    muscle->silence = 0;
  else
    muscle->silence++;
  muscle->signs = signs;
  if (muscle->silence < SH_MUSCLE_LIFE_DEADLINE)
    return G_SOURCE_CONTINUE;
  muscle->life_timer = 0;
  sh_child_expire (muscle->child, SH_MUSCLE_LIFE_DEADLINE * 1000);
  return G_SOURCE_REMOVE;
}

static gboolean
spawn (ShMuscle *muscle, int socket, GError **error)
{
  const char *const arguments[] = { "muscle", muscle->options.file,
                                    muscle->options.simulator,
                                    muscle->options.program_file, NULL };
  const ShChildSetup setup = {
    .name = muscle->options.simulator,
    .subject = muscle->subject,
    .arguments = arguments,
    .page = muscle->page,
    .call_deadline = muscle->options.call_deadline,
    .stop_deadline = SH_WORKER_STOP_DEADLINE,
    .reply_fd = socket,
  };

  sh_slot_page_clear (muscle->page);
  muscle->child = sh_child_new (&setup, on_ended, muscle, error);
  return muscle->child != NULL;
}

/* The policies of the concepts before: each behind its size, and before its
 * parameters, of which what a policy is saved as need not have all. */
static GByteArray *
pack_before (const ShMuscleOptions *options)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; options->before != NULL && i < options->concept; i++)
    {
      ShPolicy *policy = options->before->pdata[i];
      g_autoptr (GBytes) saved = sh_policy_save (policy);
      const guint64 size = g_bytes_get_size (saved);
      gsize n;
      const float *parameters = sh_policy_get_parameters (policy, &n);

      g_byte_array_append (bytes, (const guint8 *) &size, sizeof size);
      g_byte_array_append (bytes, g_bytes_get_data (saved, NULL), (guint) size);
      g_byte_array_append (bytes, (const guint8 *) parameters,
                           (guint) (n * sizeof (float)));
    }
  return bytes;
}

/* Anew for each process: the one before may have written over it. */
static void
fill_memory (ShMuscle *muscle)
{
  const ShMuscleShape *shape = &muscle->request.shape;
  g_autoptr (GBytes) policy = sh_policy_save (muscle->options.policy);
  g_autoptr (GByteArray) before = pack_before (&muscle->options);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (policy, &size);

  memcpy (muscle->memory->program, muscle->options.program,
          shape->program_size);
  memcpy (muscle->memory->policy, bytes, MIN (size, shape->policy_size));
  if (before->len > 0)
    memcpy (muscle->memory->before, before->data, before->len);
}

static gboolean
start (ShMuscle *muscle, GError **error)
{
  int pair[2];
  sh_autofd other = -1;

  if (!sh_muscle_open_pair (pair, error))
    return FALSE;
  fill_memory (muscle);
  muscle->socket = pair[0];
  other = pair[1];
  if (!spawn (muscle, other, error))
    {
      sh_fd_clear (&muscle->socket);
      return FALSE;
    }
  muscle->socket_source =
      g_unix_fd_add (muscle->socket, G_IO_IN | G_IO_HUP, on_socket, muscle);
  muscle->life_timer = g_timeout_add_seconds (1, on_life, muscle);
  muscle->request.task = SH_MUSCLE_SET_UP;
  muscle->request.first_episode = muscle->first_episode;
  /* Copies that explore at the same time need random numbers of their own. */
  muscle->request.explore_seed =
      muscle->options.seed +
      G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) *
          (muscle->options.first_instance + 1 +
           (guint64) muscle->options.n_all *
               (muscle->n_starts++ +
                muscle->options.joined * SH_MUSCLE_EPISODES));
  send_request (muscle, muscle->memory->fd);
  return TRUE;
}

static gboolean
share_memory (ShMuscle *muscle, GError **error)
{
  const ShMuscleOptions *options = &muscle->options;
  const ShSpace *space = options->space;
  ShMuscleShape *shape = &muscle->request.shape;
  g_autoptr (GBytes) policy = sh_policy_save (options->policy);
  g_autoptr (GByteArray) before = pack_before (options);
  gsize n_parameters;

  sh_policy_get_parameters (options->policy, &n_parameters);
  *shape = (ShMuscleShape){
    .n_parameters = n_parameters,
    .program_size = strlen (options->program),
    .policy_size = g_bytes_get_size (policy),
    .before_size = before->len,
    .n_instances = options->n_instances,
    .n_observations = space->n_observations,
    .n_actions = space->n_actions,
    .n_objectives = options->n_objectives,
    .mask_size = options->mask_size,
  };
  shape->n_steps = sh_muscle_memory_limit_steps (shape, options->n_steps);
  muscle->request.first_instance = options->first_instance;
  muscle->request.n_all = options->n_all;
  muscle->request.concept = options->concept;
  muscle->request.patient = options->patient;
  muscle->request.seed = options->seed;
  muscle->memory = sh_muscle_memory_new (shape, error);
  if (muscle->memory == NULL)
    return FALSE;
  muscle->page = sh_slot_page_new (options->n_instances + 1, error);
  return muscle->page != NULL;
}

ShMuscle *
sh_muscle_new (const ShMuscleOptions *options,
               const ShMuscleFuncs *funcs,
               gpointer data,
               GError **error)
{
  g_autoptr (ShMuscle) muscle = NULL;

  g_return_val_if_fail (options->n_instances > 0 && options->n_steps > 0, NULL);

  muscle = g_new0 (ShMuscle, 1);
  muscle->options = *options;
  muscle->name = g_strdup_printf ("muscle %u of the run of %s", options->number,
                                  options->run);
  muscle->first_episode = options->joined * SH_MUSCLE_EPISODES;
  g_strlcpy (muscle->request.run, options->run, sizeof muscle->request.run);
  muscle->request.muscle = options->number;
  sh_muscle_set_share (muscle, options->first_instance, options->n_all);
  muscle->funcs = *funcs;
  muscle->data = data;
  muscle->socket = -1;
  muscle->subject = g_strdup_printf ("simulator '%s'", options->simulator);
  return share_memory (muscle, error) && start (muscle, error)
             ? g_steal_pointer (&muscle)
             : NULL;
}

void
sh_muscle_free (ShMuscle *muscle)
{
  if (muscle == NULL)
    return;
  g_clear_pointer (&muscle->child, sh_child_free);
  forget_process (muscle);
  g_clear_handle_id (&muscle->restart_timer, g_source_remove);
  g_clear_pointer (&muscle->memory, sh_muscle_memory_free);
  g_clear_pointer (&muscle->page, sh_slot_page_free);
  g_free (muscle->subject);
  g_free (muscle->name);
  g_free (muscle);
}

ShMuscleState
sh_muscle_get_state (const ShMuscle *muscle)
{
  return muscle->state;
}

GPid
sh_muscle_get_pid (const ShMuscle *muscle)
{
  return muscle->child != NULL ? sh_child_get_pid (muscle->child) : 0;
}

const ShMuscleAnswer *
sh_muscle_get_answer (const ShMuscle *muscle)
{
  return &muscle->answer;
}

const ShRolloutRows *
sh_muscle_get_rows (const ShMuscle *muscle)
{
  return &muscle->memory->rows;
}

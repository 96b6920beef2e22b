/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A muscle, from the inside.
 */

#include "sh-muscle-run.h"

#include <fcntl.h>
#include <string.h>

#include "sh-child.h"
#include "sh-error.h"
#include "sh-fd.h"
#include "sh-muscle-message.h"
#include "sh-plugin.h"
#include "sh-worker.h"

/* Microseconds. */
#define SPIN 50
#define SOON 150

typedef struct
{
  const char *file, *simulator, *program_file;
  int socket;
  gboolean patient; /* there is a processor to spare to wait awake on */
  gboolean soon; /* the last request was not long in coming */
  ShCallSlot *slots;
  guint n_slots;

  ShMuscleMemory *memory;
  ShPlugin *plugin;
  ShProgram *program;
  ShPolicy *policy;
  ShRollout *rollout;
} Muscle;

static void
muscle_clear (Muscle *muscle)
{
  g_clear_pointer (&muscle->rollout, sh_rollout_free);
  g_clear_pointer (&muscle->plugin, sh_plugin_close);
  g_clear_pointer (&muscle->policy, sh_policy_free);
  g_clear_pointer (&muscle->program, sh_program_unref);
  g_clear_pointer (&muscle->memory, sh_muscle_memory_free);
  sh_fd_clear (&muscle->socket);
}

static gboolean
load_policy (Muscle *muscle,
             const ShMuscleRequest *request,
             const ShSpace *space,
             GError **error)
{
  g_autoptr (GBytes) bytes =
      g_bytes_new_static (muscle->memory->policy, request->shape.policy_size);
  gsize n_parameters;

  muscle->policy = sh_policy_load (space, bytes, error);
  if (muscle->policy == NULL)
    return FALSE;
  sh_policy_get_parameters (muscle->policy, &n_parameters);
  if (n_parameters != request->shape.n_parameters)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_FAILED,
                           "the policy has another size here");
      return FALSE;
    }
  sh_policy_seed (muscle->policy, request->explore_seed);
  return TRUE;
}

/* The next `size` bytes, aligned; NULL: there are fewer. */
static GBytes *
take_bytes (const guint8 **data, gsize *left, guint64 size)
{
  GBytes *bytes;

  if (size > *left)
    return NULL;
  bytes = g_bytes_new (*data, (gsize) size);
  *data += size;
  *left -= size;
  return bytes;
}

/* The next policy of the concepts before, or NULL. */
static ShPolicy *
load_next (const ShConcept *concept,
           const guint8 **data,
           gsize *left,
           GError **error)
{
  g_autoptr (ShCodec) codec = sh_codec_new (concept, error);
  g_autoptr (GBytes) size = take_bytes (data, left, sizeof (guint64));
  g_autoptr (GBytes) saved = NULL, block = NULL;
  g_autoptr (ShPolicy) policy = NULL;
  float *parameters = NULL;
  gsize n = 0;

  if (codec == NULL)
    return NULL;
  if (size != NULL)
    saved = take_bytes (data, left,
                        *(const guint64 *) g_bytes_get_data (size, NULL));
  if (saved != NULL)
    {
      policy = sh_policy_load (sh_codec_get_space (codec), saved, error);
      if (policy == NULL)
        return NULL;
      parameters = sh_policy_get_parameters (policy, &n);
      block = take_bytes (data, left, n * sizeof (float));
    }
  if (block == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "the policy of the concept '%s' is missing", concept->name);
      return NULL;
    }
  memcpy (parameters, g_bytes_get_data (block, NULL), n * sizeof (float));
  return g_steal_pointer (&policy);
}

/* Of the concepts before the one that is trained. */
static GPtrArray *
load_before (const Muscle *muscle, const ShConcept *concept, GError **error)
{
  g_autoptr (GPtrArray) before =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_policy_free);
  const guint8 *data = muscle->memory->before;
  gsize left = (gsize) muscle->memory->shape.before_size;

  for (guint i = 0; i < concept->place; i++)
    {
      ShPolicy *policy = load_next (&concept->all[i], &data, &left, error);

      if (policy == NULL)
        return NULL;
      g_ptr_array_add (before, policy);
    }
  return g_steal_pointer (&before);
}

/* Once the memory is there. */
static gboolean
prepare (Muscle *muscle, const ShMuscleRequest *request, GError **error)
{
  const ShMuscleShape *shape = &request->shape;
  const SimhostSimulator *simulator;
  const ShConcept *concept;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (ShCodec) codec = NULL;

  if (shape->n_instances >= muscle->n_slots)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "there is room to watch %u instances, not %u",
                   muscle->n_slots, shape->n_instances + 1);
      return FALSE;
    }
  muscle->plugin =
      sh_plugin_load_watched (muscle->file, &muscle->slots[0], error);
  if (muscle->plugin == NULL)
    return FALSE;
  simulator =
      sh_plugin_find_simulator (muscle->plugin, muscle->simulator, error);
  if (simulator == NULL)
    return FALSE;
  muscle->program =
      sh_program_compile (muscle->memory->program, (gssize) shape->program_size,
                          muscle->program_file, NULL, error);
  if (muscle->program == NULL)
    return FALSE;
  if (request->concept >= muscle->program->n_concepts)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_FAILED,
                           "the program has fewer concepts here");
      return FALSE;
    }
  concept = &muscle->program->concepts[request->concept];
  before = load_before (muscle, concept, error);
  if (before == NULL)
    return FALSE;
  codec = sh_codec_new_for_graph (concept, before, error);
  if (codec == NULL ||
      !load_policy (muscle, request, sh_codec_get_space (codec), error))
    return FALSE;
  muscle->rollout = sh_rollout_new (
      &(ShRolloutOptions){
          .simulator = simulator,
          .concept = concept,
          .codec = codec,
          .policy = muscle->policy,
          .n_instances = shape->n_instances,
          .first_instance = request->first_instance,
          .n_all = request->n_all,
          .seed = request->seed,
          .first_episode = request->first_episode,
          .slots = muscle->slots,
      },
      error);
  return muscle->rollout != NULL;
}

/* Takes the weights as the conductor has left them. */
static void
take_weights (Muscle *muscle)
{
  gsize n;
  float *parameters = sh_policy_get_parameters (muscle->policy, &n);

  memcpy (parameters, muscle->memory->parameters, n * sizeof (float));
}

static gboolean
do_task (Muscle *muscle,
         const ShMuscleRequest *request,
         ShMuscleAnswer *answer,
         GError **error)
{
  if ((request->task == SH_MUSCLE_SET_UP) != (muscle->rollout == NULL))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PROTOCOL, "%s at the wrong time",
                   sh_muscle_task_to_string (request->task));
      return FALSE;
    }
  switch (request->task)
    {
    case SH_MUSCLE_SET_UP:
      return prepare (muscle, request, error);
    case SH_MUSCLE_ROLL_OUT:
      take_weights (muscle);
      if (request->leaving != 0)
        sh_rollout_leave (muscle->rollout);
      return sh_rollout_run (muscle->rollout, request->lesson, request->n_steps,
                             &muscle->memory->rows, error);
    case SH_MUSCLE_TEST:
      take_weights (muscle);
      sh_rollout_set_share (muscle->rollout, request->first_of_test,
                            MAX (request->n_of_test, 1));
      return sh_rollout_test (muscle->rollout, request->lesson,
                              request->first_test, request->n_episodes,
                              &answer->result, error);
    case SH_MUSCLE_PASS:
      take_weights (muscle);
      return sh_rollout_pass (muscle->rollout, request->lesson,
                              request->first_test, request->n_episodes,
                              request->n_steps, &answer->passes, error);
    case SH_MUSCLE_FINISH:
    default:
      g_clear_pointer (&muscle->rollout, sh_rollout_free);
      g_clear_pointer (&muscle->plugin, sh_plugin_close);
      return TRUE;
    }
}

/* Does what was asked for, and answers. FALSE when it is over. */
static gboolean
serve (Muscle *muscle, const ShMuscleRequest *request)
{
  ShMuscleAnswer answer = { .muscle = request->muscle,
                            .task = request->task,
                            .lesson = request->lesson,
                            .code = -1 };
  g_autoptr (GError) error = NULL;
  gboolean done = do_task (muscle, request, &answer, &error);

  memcpy (answer.run, request->run, sizeof answer.run);
  if (!done)
    {
      answer.code =
          error->domain == SH_ERROR ? error->code : (gint32) SH_ERROR_FAILED;
      g_strlcpy (answer.message, error->message, sizeof answer.message);
    }
  return sh_muscle_send (muscle->socket, &answer, sizeof answer, -1, NULL) &&
         done && request->task != SH_MUSCLE_FINISH;
}

/*
 * Waits for the next request. A sleeping process takes 80 microseconds and more
 * to wake on a virtual machine: longer than a round of few steps. So where the
 * last request came soon, this one is looked out for awake, for a moment.
 */
static gboolean
wait_for_request (Muscle *muscle, ShMuscleRequest *request)
{
  gint64 begun = g_get_monotonic_time ();
  int received = 0;

  while (received == 0 && muscle->patient && muscle->soon &&
         g_get_monotonic_time () - begun < SPIN)
    received = sh_muscle_receive (muscle->socket, request, sizeof *request,
                                  FALSE, NULL, NULL);
  if (received == 0)
    received = sh_muscle_receive (muscle->socket, request, sizeof *request,
                                  TRUE, NULL, NULL);
  muscle->soon = g_get_monotonic_time () - begun < SOON;
  return received == 1;
}

/* The socket, hidden from what the plugin may start; or -1. */
static int
take_socket (void)
{
  const char *number = g_getenv (SH_CHILD_REPLY_VARIABLE);
  guint64 fd;
  gboolean good =
      number != NULL &&
      g_ascii_string_to_unsigned (number, 10, 3, G_MAXINT, &fd, NULL) &&
      fcntl ((int) fd, F_SETFD, FD_CLOEXEC) == 0;

  g_unsetenv (SH_CHILD_REPLY_VARIABLE);
  return good ? (int) fd : -1;
}

gboolean
sh_muscle_run (const char *file,
               const char *simulator,
               const char *program_file,
               GError **error)
{
  Muscle muscle = { .file = file,
                    .simulator = simulator,
                    .program_file = program_file };
  ShMuscleRequest request;
  sh_autofd memory = -1;
  int received;

  muscle.slots = sh_worker_slots_from_environment (&muscle.n_slots);
  muscle.socket = take_socket ();
  received = muscle.socket >= 0
                 ? sh_muscle_receive (muscle.socket, &request, sizeof request,
                                      TRUE, &memory, NULL)
                 : -1;
  if (received == 1 && request.task == SH_MUSCLE_SET_UP)
    muscle.memory = sh_muscle_memory_map (&request.shape, memory, NULL);
  if (muscle.memory == NULL)
    {
      muscle_clear (&muscle);
      g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                           "this is for 'simhost train' to start");
      return FALSE;
    }
  sh_fd_clear (&memory);
  muscle.patient = request.patient != 0;
  while (serve (&muscle, &request) && wait_for_request (&muscle, &request))
    ;
  muscle_clear (&muscle);
  return TRUE;
}

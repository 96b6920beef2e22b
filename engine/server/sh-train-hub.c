/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulators that train by websocket, and the end of their run.
 */

#include "sh-trainee.h"

#include "sh-plan.h"

/* Microseconds after which the next concept, whose run takes this one's place at
 * once, does not come any more: it could not be begun. */
#define NEXT_DEADLINE (10 * G_USEC_PER_SEC)

static void
on_stopping (ShRun *run, ShTrainHub *hub)
{
  hub->stop_deadline =
      g_get_monotonic_time () + SH_TRAIN_HUB_STOP_DEADLINE * (gint64) 1000;
  /* Those that wait for an action hear of it in the next dispatch. */
  hub->pending = TRUE;
  sh_turn_request (hub->turn);
}

/* Public functions. */

ShTrainHub *
sh_train_hub_new (ShRun *run, ShTurn *turn, GError **error)
{
  g_autoptr (ShTrainHub) hub = g_new0 (ShTrainHub, 1);
  const ShConcept *concept;
  ShCodec *codec;

  g_return_val_if_fail (SH_IS_RUN (run), NULL);
  g_return_val_if_fail (turn != NULL, NULL);

  concept = sh_run_get_concept (run);
  codec = sh_run_get_codec (run);
  hub->run = g_object_ref (run);
  hub->turn = turn;
  hub->required = g_strdup (concept->source.name);
  hub->trainees =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_trainee_free);
  hub->log = sh_sim_log_new ();
  hub->config_encoders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_plan_free);
  hub->properties = g_byte_array_new ();
  hub->config = g_malloc0 (MAX (sh_codec_get_config_table (codec)->size, 1u));
  hub->stopping_handler =
      g_signal_connect (run, "stopping", G_CALLBACK (on_stopping), hub);
  hub->wire = sh_wire_codec_new (
      codec, hub->required != NULL ? hub->required : concept->name, error);
  if (hub->wire == NULL)
    return NULL;
  return g_steal_pointer (&hub);
}

void
sh_train_hub_free (ShTrainHub *hub)
{
  if (hub == NULL)
    return;
  g_ptr_array_unref (hub->trainees);
  sh_sim_log_free (hub->log);
  g_signal_handler_disconnect (hub->run, hub->stopping_handler);
  g_object_unref (hub->run);
  g_clear_pointer (&hub->wire, sh_wire_codec_free);
  g_ptr_array_unref (hub->config_encoders);
  g_byte_array_unref (hub->properties);
  g_free (hub->config);
  g_free (hub->required);
  g_free (hub);
}

ShRun *
sh_train_hub_get_run (ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, NULL);

  return hub->run;
}

gboolean
sh_train_hub_has_room (const ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, FALSE);

  return hub->trainees->len < SH_TRAIN_HUB_MAX_SESSIONS;
}

static guint
find_free_number (ShTrainHub *hub)
{
  guint number = 1;

  while (sh_train_hub_get_session (hub, number) != NULL)
    number++;
  return number;
}

void
sh_train_hub_connect (ShTrainHub *hub,
                      GIOStream *stream,
                      GSocket *socket,
                      guint32 sim_id,
                      gboolean needs_reset)
{
  ShTrainee *trainee;

  g_return_if_fail (hub != NULL);

  trainee = sh_trainee_new (hub, find_free_number (hub), stream, socket, sim_id,
                            needs_reset);
  if (sh_run_get_state (hub->run) < SH_RUN_STOPPING)
    return;
  /* It may be one for the next concept. */
  if (sh_run_leads_on (hub->run) && !hub->is_last)
    sh_trainee_let_go (trainee, "the next concept is trained");
  else
    sh_trainee_finish (trainee);
}

void
sh_train_hub_dispatch (ShTrainHub *hub)
{
  g_return_if_fail (hub != NULL);

  if (!hub->pending)
    return;
  hub->pending = FALSE;
  sh_run_dispatch (hub->run);
}

/* From the last to the first: a session that closes leaves the array, and the
 * last one takes its place. */
void
sh_train_hub_tick (ShTrainHub *hub, gint64 now)
{
  gboolean stop;

  g_return_if_fail (hub != NULL);

  stop = hub->stop_deadline != 0 && now >= hub->stop_deadline;
  if (hub->finished_at == 0 && sh_run_get_state (hub->run) >= SH_RUN_FINISHED)
    hub->finished_at = now;
  if (hub->finished_at != 0 && now >= hub->finished_at + NEXT_DEADLINE)
    hub->is_last = TRUE;
  for (guint i = hub->trainees->len; i > 0; i--)
    {
      ShTrainee *trainee = hub->trainees->pdata[i - 1];

      if (stop)
        sh_trainee_finish (trainee);
      sh_sim_session_tick (&trainee->session, now);
    }
}

void
sh_train_hub_suspend (ShTrainHub *hub)
{
  g_return_if_fail (hub != NULL);

  for (guint i = 0; i < hub->trainees->len; i++)
    sh_trainee_let_go (hub->trainees->pdata[i],
                       "the engine is being restarted");
}

void
sh_train_hub_finish (ShTrainHub *hub)
{
  g_return_if_fail (hub != NULL);

  hub->is_last = TRUE;
  for (guint i = 0; i < hub->trainees->len; i++)
    sh_trainee_finish (hub->trainees->pdata[i]);
}

guint
sh_train_hub_get_n_sessions (const ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, 0);

  return hub->trainees->len;
}

void
sh_train_hub_foreach (ShTrainHub *hub, ShTrainHubFunc func, gpointer data)
{
  g_return_if_fail (hub != NULL);

  for (guint i = 0; i < hub->trainees->len; i++)
    {
      const ShTrainee *trainee = hub->trainees->pdata[i];

      if (trainee->session.name != NULL && !trainee->session.finished &&
          sh_websocket_is_open (trainee->session.socket))
        func (trainee->session.name, trainee->session.sim_id, data);
    }
}

ShSimSession *
sh_train_hub_get_session (ShTrainHub *hub, guint number)
{
  g_return_val_if_fail (hub != NULL, NULL);

  for (guint i = 0; i < hub->trainees->len; i++)
    {
      ShTrainee *trainee = hub->trainees->pdata[i];

      if (trainee->session.number == number)
        return &trainee->session;
    }
  return NULL;
}

const ShSimLog *
sh_train_hub_get_log (const ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, NULL);

  return hub->log;
}

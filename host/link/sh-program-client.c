/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-program-client.h"

#include "sh-error.h"
#include "sh-external.h"

struct ShProgramClient
{
  ShProgramClientOptions options;
  ShInstance *instance;
  ShExternal *external;
  GPtrArray *clients;
  GHashTable *seats; /* ShDriver by ShClient */
  guint n_running; /* of those */
  gboolean stopping;
  gboolean shrinking; /* a connection has ended: no more are made */
  guint failed; /* a source; 0: none */
  GError *error; /* the first */
};

/* The first error counts. */
static void
note (ShProgramClient *self, const GError *error)
{
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
}

/* Everything has ended: the last thing done here, it may free the client. */
static void
end_if_over (ShProgramClient *self)
{
  g_autoptr (GError) error = NULL;
  ShDriverResult result;

  if (!self->stopping || self->n_running > 0)
    return;
  result = sh_external_finish (self->external, &error);
  if (result == SH_DRIVER_BUSY)
    return;
  note (self, error);
  self->stopping = FALSE;
  self->options.ended (self, self->error, self->options.user_data);
}

static void
stop (ShProgramClient *self)
{
  g_autoptr (GError) error = NULL;

  if (self->stopping)
    return;
  self->stopping = TRUE;
  if (sh_external_finish (self->external, &error) == SH_DRIVER_FAILED)
    note (self, error);
  for (guint i = 0; i < self->clients->len; i++)
    sh_client_stop (self->clients->pdata[i]);
}

static void
on_ended (ShClient *client, const GError *error, gpointer user_data)
{
  ShProgramClient *self = user_data;

  self->n_running--;
  note (self, error);
  /* The engine may have finished with this one, and not yet with others. */
  if (error == NULL && !self->stopping)
    sh_external_remove_seat (self->external,
                             g_hash_table_lookup (self->seats, client));
  self->shrinking = TRUE;
  if (error != NULL || self->n_running == 0)
    stop (self);
  end_if_over (self);
}

static gboolean
add_client (ShProgramClient *self, GError **error)
{
  ShClientOptions options = self->options.connection;
  ShClient *client;

  options.ended = on_ended;
  options.user_data = self;
  options.session.quiet |= self->clients->len > 0;
  options.session.recording =
      self->options.add_recording != NULL
          ? self->options.add_recording (self->options.user_data)
          : NULL;
  options.driver =
      sh_external_add_seat (self->external, options.session.recording);
  client = sh_client_new (&options, error);
  if (client == NULL)
    return FALSE;
  g_ptr_array_add (self->clients, client);
  g_hash_table_insert (self->seats, client, options.driver);
  self->n_running++;
  sh_client_start (client);
  return TRUE;
}

static void
on_changed (gpointer user_data)
{
  ShProgramClient *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->n_running == 0 && !self->stopping)
    return;
  if (sh_external_has_ended (self->external))
    stop (self);
  while (!self->stopping && !self->shrinking &&
         self->clients->len < sh_external_get_n_wanted (self->external))
    if (!add_client (self, &error))
      {
        note (self, error);
        stop (self);
      }
  end_if_over (self);
}

ShProgramClient *
sh_program_client_new (const ShProgramClientOptions *options, GError **error)
{
  g_autoptr (ShProgramClient) self = g_new0 (ShProgramClient, 1);
  const ShClientOptions *connection = &options->connection;

  self->options = *options;
  self->seats = g_hash_table_new (NULL, NULL);
  self->clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_client_free);
  self->instance =
      sh_instance_new (connection->session.simulator, connection->slot, error);
  if (self->instance == NULL)
    return NULL;
  sh_instance_set_strict (self->instance, connection->strict);
  self->external = sh_external_new (&(ShExternalOptions){
      .instance = self->instance,
      .slot = connection->slot,
      .seed = connection->session.seed,
      .seed_step = connection->session.seed_step,
      .changed = on_changed,
      .user_data = self,
  });
  return g_steal_pointer (&self);
}

static gboolean
on_failed (gpointer user_data)
{
  ShProgramClient *self = user_data;

  self->failed = 0;
  end_if_over (self);
  return G_SOURCE_REMOVE;
}

void
sh_program_client_start (ShProgramClient *client)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (client != NULL);

  if (add_client (client, &error) &&
      sh_external_start (client->external, &error))
    return;
  note (client, error);
  stop (client);
  if (client->n_running == 0)
    client->failed = g_idle_add (on_failed, client);
}

void
sh_program_client_stop (ShProgramClient *client)
{
  g_return_if_fail (client != NULL);

  stop (client);
}

void
sh_program_client_leave (ShProgramClient *client)
{
  g_return_if_fail (client != NULL);

  client->shrinking = TRUE;
  for (guint i = 0; i < client->clients->len; i++)
    sh_client_leave (client->clients->pdata[i]);
}

void
sh_program_client_free (ShProgramClient *client)
{
  if (client == NULL)
    return;
  if (client->failed != 0)
    g_source_remove (client->failed);
  if (client->clients != NULL)
    g_ptr_array_unref (client->clients);
  g_clear_pointer (&client->seats, g_hash_table_unref);
  sh_external_free (client->external);
  g_clear_pointer (&client->instance, sh_instance_free);
  g_clear_error (&client->error);
  g_free (client);
}

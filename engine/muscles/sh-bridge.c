/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two plans for each kind of struct: one writes the message, the other reads it.
 * Where nothing needs converting, a short way takes the place of both.
 */

#include "sh-bridge.h"

#include <string.h>

#include "sh-moves.h"
#include "sh-plan.h"

/* From one struct to the other, by way of a message or the short way. */
typedef struct
{
  ShPlan *encoder, *decoder;
  ShMoves *moves; /* NULL: there is no short way */
} Way;

struct ShBridge
{
  ShCodec *codec;
  const SimhostSimulator *simulator;
  char *owner; /* "simulator 'lift'", for messages */
  Way state, action;
  ShPlan *config_decoder;
  /* The encoders of parts of the config schema that were met. */
  GPtrArray *config_schemas, *config_encoders;
  GByteArray *bytes;
};

static void
way_clear (Way *way)
{
  g_clear_pointer (&way->encoder, sh_plan_free);
  g_clear_pointer (&way->decoder, sh_plan_free);
  g_clear_pointer (&way->moves, sh_moves_free);
}

static gboolean
move (Way *way,
      gconstpointer from,
      gpointer to,
      GByteArray *bytes,
      GError **error)
{
  if (way->moves != NULL)
    {
      sh_moves_run (way->moves, from, to);
      return TRUE;
    }
  g_byte_array_set_size (bytes, 0);
  return sh_plan_encode (way->encoder, from, bytes, error) &&
         sh_plan_decode (way->decoder, bytes->data, bytes->len, to, error);
}

static ShPlan *
make_decoder (ShBridge *bridge,
              const SimhostSchema *codec_table,
              const SimhostSchema *table,
              const char *what,
              gboolean quiet,
              GError **error)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (codec_table);
  g_auto (GStrv) ignored = NULL;
  ShPlan *plan =
      sh_plan_new_decoder (schema, table, bridge->owner, &ignored, error);

  if (plan != NULL && ignored != NULL && !quiet)
    {
      g_autofree char *names = g_strjoinv (", ", ignored);

      g_warning (
          "%s has no %s field %s: what the program says of it is ignored",
          bridge->owner, what, names);
    }
  return plan;
}

static gboolean
make_plans (ShBridge *bridge, gboolean quiet, GError **error)
{
  const SimhostSimulator *simulator = bridge->simulator;
  const SimhostSchema *state = sh_codec_get_state_table (bridge->codec);
  const SimhostSchema *action = sh_codec_get_action_table (bridge->codec);
  g_autoptr (ShSchema) state_schema = sh_schema_new_from_table (state);
  g_autoptr (ShSchema) action_schema = sh_schema_new_from_table (action);

  bridge->config_decoder =
      make_decoder (bridge, sh_codec_get_config_table (bridge->codec),
                    &simulator->config, "config", quiet, error);
  if (bridge->config_decoder == NULL)
    return FALSE;
  bridge->state.encoder = sh_plan_new_encoder (state_schema, &simulator->state,
                                               bridge->owner, error);
  if (bridge->state.encoder == NULL)
    return FALSE;
  bridge->state.decoder =
      sh_plan_new_decoder (state_schema, state, bridge->owner, NULL, error);
  if (bridge->state.decoder == NULL)
    return FALSE;
  bridge->action.encoder =
      sh_plan_new_encoder (action_schema, action, bridge->owner, error);
  if (bridge->action.encoder == NULL)
    return FALSE;
  bridge->action.decoder =
      make_decoder (bridge, action, &simulator->action, "action", quiet, error);
  return bridge->action.decoder != NULL;
}

ShBridge *
sh_bridge_new (ShCodec *codec,
               const SimhostSimulator *simulator,
               gboolean quiet,
               GError **error)
{
  g_autoptr (ShBridge) bridge = NULL;

  g_return_val_if_fail (codec != NULL && simulator != NULL, NULL);

  bridge = g_new0 (ShBridge, 1);
  bridge->codec = sh_codec_ref (codec);
  bridge->simulator = simulator;
  bridge->owner = g_strdup_printf ("simulator '%s'", simulator->name);
  bridge->config_schemas =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_schema_unref);
  bridge->config_encoders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_plan_free);
  bridge->bytes = g_byte_array_new ();
  if (!make_plans (bridge, quiet, error))
    return NULL;
  bridge->state.moves =
      sh_moves_new (sh_codec_get_state_table (codec), &simulator->state,
                    sh_codec_get_state_table (codec));
  bridge->action.moves =
      sh_moves_new (sh_codec_get_action_table (codec),
                    sh_codec_get_action_table (codec), &simulator->action);
  return g_steal_pointer (&bridge);
}

void
sh_bridge_free (ShBridge *bridge)
{
  if (bridge == NULL)
    return;
  way_clear (&bridge->state);
  way_clear (&bridge->action);
  g_clear_pointer (&bridge->config_decoder, sh_plan_free);
  g_ptr_array_unref (bridge->config_encoders);
  g_ptr_array_unref (bridge->config_schemas);
  g_byte_array_unref (bridge->bytes);
  g_free (bridge->owner);
  sh_codec_unref (bridge->codec);
  g_free (bridge);
}

gboolean
sh_bridge_read_state (ShBridge *bridge,
                      gconstpointer given,
                      gpointer state,
                      GError **error)
{
  return move (&bridge->state, given, state, bridge->bytes, error);
}

gboolean
sh_bridge_write_action (ShBridge *bridge,
                        gconstpointer action,
                        gpointer given,
                        GError **error)
{
  return move (&bridge->action, action, given, bridge->bytes, error);
}

/* NULL with an error. */
static ShPlan *
get_config_encoder (ShBridge *bridge, ShSchema *schema, GError **error)
{
  ShPlan *encoder;
  guint index;

  if (g_ptr_array_find (bridge->config_schemas, schema, &index))
    return bridge->config_encoders->pdata[index];
  encoder = sh_plan_new_encoder (
      schema, sh_codec_get_config_table (bridge->codec), "the scenario", error);
  if (encoder == NULL)
    return NULL;
  g_ptr_array_add (bridge->config_schemas, sh_schema_ref (schema));
  g_ptr_array_add (bridge->config_encoders, encoder);
  return encoder;
}

gboolean
sh_bridge_write_config (ShBridge *bridge,
                        ShSchema *schema,
                        gconstpointer config,
                        gpointer given,
                        GByteArray *last,
                        gboolean *changed,
                        GError **error)
{
  ShPlan *encoder = get_config_encoder (bridge, schema, error);
  GByteArray *bytes = bridge->bytes;

  g_byte_array_set_size (bytes, 0);
  /* A byte that no message begins with, so that an empty one is a change, too,
   * the first time. */
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  if (encoder == NULL || !sh_plan_encode (encoder, config, bytes, error))
    return FALSE;
  *changed = bytes->len != last->len ||
             memcmp (bytes->data, last->data, bytes->len) != 0;
  if (!*changed)
    return TRUE;
  g_byte_array_set_size (last, 0);
  g_byte_array_append (last, bytes->data, bytes->len);
  return sh_plan_decode (bridge->config_decoder, bytes->data + 1,
                         bytes->len - 1, given, error);
}

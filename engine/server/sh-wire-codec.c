/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Messages of the simulator protocol, read and written.
 */

#include "sh-wire-codec.h"

#include <string.h>

#include "sh-error.h"
#include "sh-guard.h"
#include "sh-plan.h"

/* What one message may allocate while it is unpacked. */
#define ARENA_LIMIT (32u * 1024 * 1024)

struct ShWireCodec
{
  ShCodec *codec;
  char *simulator;

  ShSchema *config_schema, *state_schema, *action_schema;
  ShWire__DescriptorProto *config_type, *state_type, *action_type;

  ShPlan *state_decoder, *action_encoder, *action_decoder;
  gpointer state; /* structs of the codec */
  gpointer sent_action, taken_action;

  ShArena *arena;
  GByteArray *out;
};

/* The three plans; FALSE with SH_ERROR_SCHEMA. */
static gboolean
compile (ShWireCodec *self, GError **error)
{
  const SimhostSchema *state = sh_codec_get_state_table (self->codec);
  const SimhostSchema *action = sh_codec_get_action_table (self->codec);

  self->state_decoder = sh_plan_new_decoder (self->state_schema, state,
                                             self->simulator, NULL, error);
  if (self->state_decoder == NULL)
    return FALSE;
  self->action_encoder =
      sh_plan_new_encoder (self->action_schema, action, self->simulator, error);
  if (self->action_encoder == NULL)
    return FALSE;
  self->action_decoder = sh_plan_new_decoder (self->action_schema, action,
                                              self->simulator, NULL, error);
  return self->action_decoder != NULL;
}

ShWireCodec *
sh_wire_codec_new (ShCodec *codec, const char *simulator, GError **error)
{
  g_autoptr (ShWireCodec) self = g_new0 (ShWireCodec, 1);
  const SimhostSchema *config, *state, *action;

  g_return_val_if_fail (codec != NULL, NULL);
  g_return_val_if_fail (simulator != NULL, NULL);

  config = sh_codec_get_config_table (codec);
  state = sh_codec_get_state_table (codec);
  action = sh_codec_get_action_table (codec);

  self->codec = sh_codec_ref (codec);
  self->simulator = g_strdup (simulator);
  self->config_schema = sh_schema_new_from_table (config);
  self->state_schema = sh_schema_new_from_table (state);
  self->action_schema = sh_schema_new_from_table (action);
  self->config_type = sh_schema_to_descriptor (self->config_schema);
  self->state_type = sh_schema_to_descriptor (self->state_schema);
  self->action_type = sh_schema_to_descriptor (self->action_schema);
  self->state = g_malloc0 (MAX (state->size, 1u));
  self->sent_action = g_malloc0 (MAX (action->size, 1u));
  self->taken_action = g_malloc0 (MAX (action->size, 1u));
  self->arena = sh_arena_new (ARENA_LIMIT);
  self->out = g_byte_array_new ();
  if (!compile (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sh_wire_codec_free (ShWireCodec *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->state_decoder, sh_plan_free);
  g_clear_pointer (&self->action_encoder, sh_plan_free);
  g_clear_pointer (&self->action_decoder, sh_plan_free);
  g_clear_pointer (&self->config_type, sh_schema_descriptor_free);
  g_clear_pointer (&self->state_type, sh_schema_descriptor_free);
  g_clear_pointer (&self->action_type, sh_schema_descriptor_free);
  g_clear_pointer (&self->config_schema, sh_schema_unref);
  g_clear_pointer (&self->state_schema, sh_schema_unref);
  g_clear_pointer (&self->action_schema, sh_schema_unref);
  g_clear_pointer (&self->codec, sh_codec_unref);
  g_clear_pointer (&self->arena, sh_arena_free);
  g_clear_pointer (&self->out, g_byte_array_unref);
  g_free (self->state);
  g_free (self->sent_action);
  g_free (self->taken_action);
  g_free (self->simulator);
  g_free (self);
}

ShCodec *
sh_wire_codec_get_codec (const ShWireCodec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->codec;
}

/* Reading. */

const ShWire__SimulatorToServer *
sh_wire_codec_read (ShWireCodec *self,
                    const guint8 *data,
                    gsize size,
                    GError **error)
{
  const ShWire__SimulatorToServer *message;

  g_return_val_if_fail (self != NULL, NULL);

  if (!sh_guard_check (&sh_wire__simulator_to_server__descriptor, data, size,
                       error))
    return NULL;
  sh_arena_reset (self->arena);
  message = sh_wire__simulator_to_server__unpack (
      sh_arena_get_allocator (self->arena), size, data);
  if (message == NULL)
    g_set_error_literal (error, SH_ERROR, SH_ERROR_LIMIT,
                         "the message takes too much memory");
  return message;
}

gconstpointer
sh_wire_codec_decode_state (ShWireCodec *self,
                            const ShWire__SimulationSourceData *entry,
                            GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (entry != NULL, NULL);

  if (!sh_plan_decode (self->state_decoder, entry->state.data, entry->state.len,
                       self->state, error))
    return NULL;
  return sh_codec_check_state (self->codec, self->state, error) ? self->state
                                                                : NULL;
}

gboolean
sh_wire_codec_is_same_action (ShWireCodec *self,
                              const GByteArray *sent,
                              const ProtobufCBinaryData *taken)
{
  gsize size;

  g_return_val_if_fail (self != NULL, FALSE);

  if (taken->len == sent->len &&
      (sent->len == 0 || memcmp (taken->data, sent->data, sent->len) == 0))
    return TRUE;

  size = sh_codec_get_action_table (self->codec)->size;
  memset (self->sent_action, 0, size);
  memset (self->taken_action, 0, size);
  return sh_plan_decode (self->action_decoder, sent->data, sent->len,
                         self->sent_action, NULL) &&
         sh_plan_decode (self->action_decoder, taken->data, taken->len,
                         self->taken_action, NULL) &&
         memcmp (self->sent_action, self->taken_action, size) == 0;
}

gconstpointer
sh_wire_codec_decode_action (ShWireCodec *self,
                             const ProtobufCBinaryData *taken,
                             GError **error)
{
  g_return_val_if_fail (self != NULL && taken != NULL, NULL);

  memset (self->taken_action, 0, sh_codec_get_action_table (self->codec)->size);
  return sh_plan_decode (self->action_decoder, taken->data, taken->len,
                         self->taken_action, error)
             ? self->taken_action
             : NULL;
}

/* Writing. */

static const GByteArray *
pack (ShWireCodec *self, const ShWire__ServerToSimulator *message)
{
  gsize size = sh_wire__server_to_simulator__get_packed_size (message);

  g_byte_array_set_size (self->out, (guint) size);
  sh_wire__server_to_simulator__pack (message, self->out->data);
  return self->out;
}

static ShWire__ServerToSimulator
message_new (ShWire__ServerToSimulator__MessageType type, guint32 sim_id)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;

  message.message_type = type;
  message.sim_id = sim_id;
  return message;
}

const GByteArray *
sh_wire_codec_write (ShWireCodec *self,
                     ShWire__ServerToSimulator__MessageType type,
                     guint32 sim_id)
{
  ShWire__ServerToSimulator message = message_new (type, sim_id);

  g_return_val_if_fail (self != NULL, NULL);

  return pack (self, &message);
}

const GByteArray *
sh_wire_codec_write_acknowledge (ShWireCodec *self, guint32 sim_id)
{
  ShWire__ServerToSimulator message = message_new (
      SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__ACKNOWLEDGE_REGISTER, sim_id);
  ShWire__AcknowledgeRegisterData data =
      SH_WIRE__ACKNOWLEDGE_REGISTER_DATA__INIT;

  g_return_val_if_fail (self != NULL, NULL);

  data.properties_schema = self->config_type;
  data.output_schema = self->state_type;
  data.prediction_schema = self->action_type;
  data.sim_id = sim_id;
  message.acknowledge_register_data = &data;
  return pack (self, &message);
}

const GByteArray *
sh_wire_codec_write_properties (ShWireCodec *self,
                                guint32 sim_id,
                                const GByteArray *properties,
                                const char *reward)
{
  ShWire__ServerToSimulator message = message_new (
      SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__SET_PROPERTIES, sim_id);
  ShWire__SetPropertiesData data = SH_WIRE__SET_PROPERTIES_DATA__INIT;

  g_return_val_if_fail (self != NULL, NULL);

  data.dynamic_properties.data = properties->data;
  data.dynamic_properties.len = properties->len;
  if (reward != NULL)
    data.reward_name = (char *) reward;
  /* A simulator forgets its action schema when this one is missing. */
  data.prediction_schema = self->action_type;
  message.set_properties_data = &data;
  return pack (self, &message);
}

const GByteArray *
sh_wire_codec_write_prediction (ShWireCodec *self,
                                guint32 sim_id,
                                gconstpointer action,
                                GByteArray *sent,
                                GError **error)
{
  ShWire__ServerToSimulator message = message_new (
      SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__PREDICTION, sim_id);
  ShWire__PredictionData data = SH_WIRE__PREDICTION_DATA__INIT;
  ShWire__PredictionData *list[1] = { &data };

  g_return_val_if_fail (self != NULL, NULL);

  g_byte_array_set_size (sent, 0);
  if (!sh_plan_encode (self->action_encoder, action, sent, error))
    return NULL;
  data.dynamic_prediction.data = sent->data;
  data.dynamic_prediction.len = sent->len;
  message.n_prediction_data = 1;
  message.prediction_data = list;
  return pack (self, &message);
}

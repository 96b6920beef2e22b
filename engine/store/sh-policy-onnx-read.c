/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading a policy back from ONNX. The guard goes over the bytes before
 * protobuf-c does; weights are looked up by name and checked; and then the graph
 * is written anew from them and must come out the same. So nothing in a file
 * can say one thing to us and another to the next program that reads it.
 */

#include "sh-policy-onnx-private.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-guard.h"
#include "sh-onnx-graph.h"
#include "sh-policy-restore.h"

/* Of a layer, so that sizes do not overflow. */
#define MAX_OUTPUTS (1u << 28)

/* Memory for what protobuf-c unpacks, besides the weights. */
#define EXTRA_MEMORY (32u * 1024 * 1024)

static gboolean fail (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT, "the policy %s", text);
  return FALSE;
}

static const ShOnnx__Tensor *
find_tensor (const ShOnnx__Graph *graph, const char *name)
{
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (g_strcmp0 (graph->initializer[i]->name, name) == 0)
      return graph->initializer[i];
  return NULL;
}

static const ShOnnx__Node *
find_node (const ShOnnx__Graph *graph, const char *name)
{
  for (gsize i = 0; i < graph->n_node; i++)
    if (g_strcmp0 (graph->node[i]->name, name) == 0)
      return graph->node[i];
  return NULL;
}

/* A new array of the tensor's floats, which must be of these dimensions (the
 * second 0: a vector) and finite. */
static float *
read_floats (const ShOnnx__Graph *graph,
             const char *name,
             guint rows,
             guint columns,
             GError **error)
{
  const ShOnnx__Tensor *tensor = find_tensor (graph, name);
  const gsize n = (gsize) rows * MAX (columns, 1);
  g_autofree float *values = NULL;

  if (tensor == NULL || tensor->data_type != SH_ONNX_FLOAT ||
      tensor->n_dims != (columns > 0 ? 2 : 1) || tensor->dims[0] != rows ||
      (columns > 0 && tensor->dims[1] != columns) ||
      tensor->raw_data.len != 4 * n)
    {
      fail (error, "has no '%s' of the right size", name);
      return NULL;
    }
  values = g_new (float, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, tensor->raw_data.data + 4 * i, sizeof bits);
      bits = GUINT32_FROM_LE (bits);
      memcpy (&values[i], &bits, sizeof bits);
      if (!isfinite (values[i]))
        {
          fail (error, "holds a number in '%s' that is not finite", name);
          return NULL;
        }
    }
  return g_steal_pointer (&values);
}

static gboolean
read_activation (const ShOnnx__Graph *graph,
                 guint index,
                 ShPolicyLayer *layer,
                 GError **error)
{
  g_autofree char *name = sh_policy_onnx_activation_name (index);
  const ShOnnx__Node *node = find_node (graph, name);

  layer->activation = SH_ACTIVATION_LINEAR;
  if (node == NULL)
    return TRUE;
  for (guint u = 0; u < SH_N_ACTIVATIONS; u++)
    if (sh_policy_onnx_activations[u] != NULL &&
        g_strcmp0 (node->op_type, sh_policy_onnx_activations[u]) == 0)
      {
        layer->activation = (ShActivation) u;
        return TRUE;
      }
  return fail (error, "has an unknown activation in layer %u", index);
}

/* As many rows as the file says, as long as there are bytes for them. */
static gboolean
read_layer (const ShOnnx__Graph *graph,
            guint index,
            guint n_inputs,
            ShPolicyLayer *layer,
            GError **error)
{
  g_autofree char *weight = sh_policy_onnx_weight_name (index);
  g_autofree char *bias = sh_policy_onnx_bias_name (index);
  const ShOnnx__Tensor *tensor = find_tensor (graph, weight);

  if (tensor->n_dims != 2 || tensor->dims[0] < 1 ||
      tensor->dims[0] > MAX_OUTPUTS)
    return fail (error, "has no '%s' of the right size", weight);
  layer->n_inputs = n_inputs;
  layer->n_outputs = (guint) tensor->dims[0];
  layer->weights =
      read_floats (graph, weight, layer->n_outputs, n_inputs, error);
  if (layer->weights == NULL)
    return FALSE;
  layer->bias = read_floats (graph, bias, layer->n_outputs, 0, error);
  return layer->bias != NULL && read_activation (graph, index, layer, error);
}

static gboolean
read_layers (const ShOnnx__Graph *graph, ShPolicyLayout *layout, GError **error)
{
  guint n_inputs = layout->n_observations;

  layout->layers = g_new0 (ShPolicyLayer, SH_POLICY_MAX_HIDDEN + 1);
  for (guint l = 0; l <= SH_POLICY_MAX_HIDDEN; l++)
    {
      g_autofree char *weight = sh_policy_onnx_weight_name (l);

      if (find_tensor (graph, weight) == NULL)
        break;
      layout->n_layers = l + 1;
      if (!read_layer (graph, l, n_inputs, &layout->layers[l], error))
        return FALSE;
      n_inputs = layout->layers[l].n_outputs;
    }
  return layout->n_layers > 0 || fail (error, "has no layers");
}

/* Columns of a float [batch][columns]; 0: it is none. */
static gint64
get_columns (ShOnnx__ValueInfo *const *values, gsize n)
{
  const ShOnnx__Shape *shape;

  if (n != 1 || values[0]->type == NULL ||
      values[0]->type->tensor_type == NULL ||
      values[0]->type->tensor_type->shape == NULL)
    return 0;
  shape = values[0]->type->tensor_type->shape;
  return shape->n_dim == 2 ? shape->dim[1]->dim_value : 0;
}

static gboolean
check_shape (const ShOnnx__Graph *graph, const ShSpace *space, GError **error)
{
  gint64 n_observations = get_columns (graph->input, graph->n_input);
  gint64 n_actions = get_columns (graph->output, graph->n_output);

  if (n_observations == space->n_observations && n_actions == space->n_actions)
    return TRUE;
  return fail (error,
               "is for other observations or actions: %" G_GINT64_FORMAT
               " numbers observed and %" G_GINT64_FORMAT
               " acted with, where %u and %u are expected",
               n_observations, n_actions, space->n_observations,
               space->n_actions);
}

static const char *
find_text (const ShOnnx__Model *model, const char *key)
{
  for (gsize i = 0; i < model->n_metadata_props; i++)
    if (g_strcmp0 (model->metadata_props[i]->key, key) == 0)
      return model->metadata_props[i]->value;
  return NULL;
}

static gboolean
check_model (const ShOnnx__Model *model, GError **error)
{
  const char *format = find_text (model, SH_POLICY_ONNX_FORMAT_KEY);

  if (model->graph == NULL || format == NULL)
    return fail (error, "is not one that Simhost has written");
  if (strcmp (format, SH_POLICY_ONNX_FORMAT) != 0)
    return fail (error, "is of format '%.20s', this program reads format %s",
                 format, SH_POLICY_ONNX_FORMAT);
  if (model->ir_version != SH_ONNX_IR_VERSION || model->n_opset_import != 1 ||
      model->opset_import[0]->version != SH_ONNX_OPERATOR_SET)
    return fail (error, "is of another version of ONNX");
  return TRUE;
}

/* Written anew it is the same. */
static gboolean
check_graph (const ShOnnx__Graph *graph, const ShPolicy *policy, GError **error)
{
  g_autoptr (ShPolicyLayout) layout = sh_policy_layout_new (policy);
  g_autoptr (GBytes) ours = sh_policy_onnx_write (layout, NULL, NULL);
  g_autoptr (GBytes) theirs = sh_onnx_pack (&graph->base);

  return g_bytes_equal (ours, theirs) ||
         fail (error, "does not work out what its weights are for");
}

static ShPolicy *
read_model (const ShOnnx__Model *model, const ShSpace *space, GError **error)
{
  g_autoptr (ShPolicyLayout) layout = g_new0 (ShPolicyLayout, 1);
  g_autoptr (ShPolicy) policy = NULL;
  const ShOnnx__Graph *graph = model->graph;
  const char *kind = find_text (model, SH_POLICY_ONNX_KIND_KEY);

  if (!check_model (model, error) || !check_shape (graph, space, error))
    return NULL;
  layout->n_observations = space->n_observations;
  layout->mean = read_floats (graph, SH_POLICY_ONNX_MEAN,
                              layout->n_observations, 0, error);
  if (layout->mean == NULL)
    return NULL;
  layout->scale = read_floats (graph, SH_POLICY_ONNX_SCALE,
                               layout->n_observations, 0, error);
  if (layout->scale == NULL || !read_layers (graph, layout, error))
    return NULL;
  policy = sh_policy_restore (space, kind != NULL ? kind : "", layout, error);
  if (policy == NULL || !check_graph (graph, policy, error))
    return NULL;
  return g_steal_pointer (&policy);
}

ShPolicy *
sh_policy_from_onnx (const ShSpace *space, GBytes *bytes, GError **error)
{
  g_autoptr (ShArena) arena = NULL;
  g_autoptr (GError) own_error = NULL;
  gsize size;
  const guint8 *data;
  ProtobufCMessage *message;

  g_return_val_if_fail (sh_space_is_valid (space) && bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (!sh_guard_check_within (&sh_onnx__model__descriptor, data, size,
                              SH_POLICY_ONNX_MAX_BYTES, &own_error))
    {
      fail (error, "is no ONNX model: %s", own_error->message);
      return NULL;
    }
  arena = sh_arena_new (size + EXTRA_MEMORY);
  message = protobuf_c_message_unpack (
      &sh_onnx__model__descriptor, sh_arena_get_allocator (arena), size, data);
  if (message == NULL)
    {
      fail (error, "is no ONNX model, or a strange one: it takes too much "
                   "memory");
      return NULL;
    }
  return read_model ((const ShOnnx__Model *) message, space, error);
}

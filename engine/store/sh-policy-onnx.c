/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writing a policy's layout as an ONNX graph. The names here are the format:
 * sh-policy-onnx-read.c finds weights by them.
 */

#include "sh-policy-onnx-private.h"

#include "sh-onnx-graph.h"
#include "sh-policy-restore.h"

#define NODE(GRAPH, OPERATOR, OUTPUT, ...)                                     \
  sh_onnx_graph_add_node (GRAPH, OPERATOR, OUTPUT,                             \
                          (const char *const[]){ __VA_ARGS__, NULL })

const char *const sh_policy_onnx_activations[SH_N_ACTIVATIONS] = {
  [SH_ACTIVATION_TANH] = "Tanh",        [SH_ACTIVATION_LINEAR] = NULL,
  [SH_ACTIVATION_RELU] = "Relu",        [SH_ACTIVATION_ELU] = "Elu",
  [SH_ACTIVATION_LOGISTIC] = "Sigmoid", [SH_ACTIVATION_SOFTMAX] = "Softmax",
};

/* What the graph borrows until it is packed. */
typedef struct
{
  ShOnnxGraph *graph;
  const ShPolicyLayout *layout;
  GPtrArray *buffers;
} Writer;

static gpointer
keep (Writer *self, gconstpointer data, gsize size)
{
  gpointer copy = g_memdup2 (data, size);

  g_ptr_array_add (self->buffers, copy);
  return copy;
}

static const char *
add_scalar (Writer *self, const char *name, float value)
{
  return sh_onnx_graph_add_tensor (self->graph, name, SH_ONNX_FLOAT, NULL, 0,
                                   keep (self, &value, sizeof value));
}

static const char *
add_integer (Writer *self, const char *name, gint64 value)
{
  const gint64 one = 1;

  return sh_onnx_graph_add_tensor (self->graph, name, SH_ONNX_INT64, &one, 1,
                                   keep (self, &value, sizeof value));
}

static const char *
add_vector (Writer *self, const char *name, const float *values, guint n)
{
  const gint64 dim = n;

  return sh_onnx_graph_add_tensor (self->graph, name, SH_ONNX_FLOAT, &dim, 1,
                                   keep (self, values, sizeof *values * n));
}

/* The observation as the first layer sees it. */
static const char *
write_normaliser (Writer *self)
{
  ShOnnxGraph *graph = self->graph;
  const ShPolicyLayout *layout = self->layout;
  const guint n = layout->n_observations;
  const char *zero = add_scalar (self, "zero", 0);
  const char *mean = add_vector (self, SH_POLICY_ONNX_MEAN, layout->mean, n);
  const char *scale = add_vector (self, SH_POLICY_ONNX_SCALE, layout->scale, n);
  const char *low = add_scalar (self, "observation.low", -layout->clip);
  const char *high = add_scalar (self, "observation.high", layout->clip);
  const char *x = "observation";
  const char *nan, *infinite, *bad;

  nan = NODE (graph, "IsNaN", "observation.nan", x);
  infinite = NODE (graph, "IsInf", "observation.infinite", x);
  bad = NODE (graph, "Or", "observation.bad", nan, infinite);
  x = NODE (graph, "Where", "observation.finite", bad, zero, x);
  x = NODE (graph, "Sub", "observation.centred", x, mean);
  x = NODE (graph, "Mul", "observation.scaled", x, scale);
  return NODE (graph, "Clip", "observation.normalised", x, low, high);
}

static const char *
write_layer (Writer *self, guint index, const char *x)
{
  const ShPolicyLayer *layer = &self->layout->layers[index];
  const gint64 dims[] = { layer->n_outputs, layer->n_inputs };
  g_autofree char *weight = sh_policy_onnx_weight_name (index);
  g_autofree char *bias = sh_policy_onnx_bias_name (index);
  g_autofree char *sum = g_strdup_printf ("layer%u.sum", index);
  g_autofree char *activation = sh_policy_onnx_activation_name (index);

  sh_onnx_graph_add_tensor (self->graph, weight, SH_ONNX_FLOAT, dims, 2,
                            layer->weights);
  sh_onnx_graph_add_tensor (self->graph, bias, SH_ONNX_FLOAT, dims, 1,
                            layer->bias);
  x = NODE (self->graph, "Gemm", sum, x, weight, bias);
  sh_onnx_graph_set_attribute (self->graph, "transB", 1);
  if (sh_policy_onnx_activations[layer->activation] == NULL)
    return x;
  x = NODE (self->graph, sh_policy_onnx_activations[layer->activation],
            activation, x);
  if (layer->activation == SH_ACTIVATION_SOFTMAX)
    sh_onnx_graph_set_attribute (self->graph, "axis", 1);
  return x;
}

/* Outputs first .. first + n - 1 of the last layer. */
static const char *
write_slice (Writer *self,
             const char *x,
             const char *name,
             guint first,
             guint n)
{
  const ShPolicyLayout *layout = self->layout;
  g_autofree char *from = g_strconcat (name, ".from", NULL);
  g_autofree char *to = g_strconcat (name, ".to", NULL);
  g_autofree char *output = g_strconcat (name, ".outputs", NULL);

  if (first == 0 && n == layout->layers[layout->n_layers - 1].n_outputs)
    return x;
  add_integer (self, from, first);
  add_integer (self, to, (gint64) first + n);
  return NODE (self->graph, "Slice", output, x, from, to, "columns");
}

/* Without a Concat after it the last node's output is the action itself. */
static const char *
name_result (const char *name, gboolean only)
{
  return only ? "action" : name;
}

static const char *
write_choice (Writer *self, const char *x, guint index, gboolean only)
{
  const ShPolicyAction *action = &self->layout->actions[index];
  g_autofree char *name = g_strdup_printf ("action%u", index);
  g_autofree char *choice = g_strconcat (name, ".index", NULL);

  x = write_slice (self, x, name, action->output, action->n_outputs);
  x = NODE (self->graph, "ArgMax", choice, x);
  sh_onnx_graph_set_attribute (self->graph, "axis", 1);
  sh_onnx_graph_set_attribute (self->graph, "keepdims", 1);
  x = NODE (self->graph, "Cast", name_result (name, only), x);
  sh_onnx_graph_set_attribute (self->graph, "to", SH_ONNX_FLOAT);
  return x;
}

/* How many components from `index` on are worked out as one vector. */
static guint
count_alike (const ShPolicyLayout *layout, guint index)
{
  const ShPolicyAction *first = &layout->actions[index];
  guint n = 1;

  while (first->rule != SH_POLICY_RULE_LARGEST &&
         index + n < layout->n_actions &&
         layout->actions[index + n].rule == first->rule &&
         layout->actions[index + n].output == first->output + n)
    n++;
  return n;
}

static const char *
write_numbers (Writer *self, const char *x, guint index, guint n, gboolean only)
{
  static const char *const parts[] = { "unit", "centre", "high", "low" };
  static const char *const operators[] = { "Mul", "Add", "Min", "Max" };
  const ShPolicyAction *actions = self->layout->actions + index;
  g_autofree char *name = g_strdup_printf ("action%u", index);
  g_autofree char *tanh = g_strconcat (name, SH_POLICY_ONNX_TANH, NULL);

  x = write_slice (self, x, name, actions[0].output, n);
  if (actions[0].rule == SH_POLICY_RULE_TANH)
    x = NODE (self->graph, "Tanh", tanh, x);
  for (guint p = 0; p < G_N_ELEMENTS (parts); p++)
    {
      const gboolean last = p + 1 == G_N_ELEMENTS (parts);
      g_autofree char *part = g_strconcat (name, ".", parts[p], NULL);
      g_autofree char *output =
          last ? g_strdup (name_result (name, only))
               : g_strconcat (name, ".", operators[p], NULL);
      g_autofree float *values = g_new (float, n);

      for (guint i = 0; i < n; i++)
        values[i] = p == 0   ? (float) actions[i].unit
                    : p == 1 ? (float) actions[i].centre
                    : p == 2 ? actions[i].high
                             : actions[i].low;
      add_vector (self, part, values, n);
      x = NODE (self->graph, operators[p], output, x, part);
    }
  return x;
}

static void
write_actions (Writer *self, const char *x)
{
  const ShPolicyLayout *layout = self->layout;
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  gboolean only = layout->n_actions == count_alike (layout, 0);
  guint n;

  add_integer (self, "columns", 1);
  for (guint i = 0; i < layout->n_actions; i += n)
    {
      n = count_alike (layout, i);
      g_ptr_array_add (
          results, (gpointer) (layout->actions[i].rule == SH_POLICY_RULE_LARGEST
                                   ? write_choice (self, x, i, only)
                                   : write_numbers (self, x, i, n, only)));
    }
  if (only)
    return;
  g_ptr_array_add (results, NULL);
  sh_onnx_graph_add_node (self->graph, "Concat", "action",
                          (const char *const *) results->pdata);
  sh_onnx_graph_set_attribute (self->graph, "axis", 1);
}

static void
write_texts (Writer *self, const char *kind, const ShPolicyOnnxTexts *texts)
{
  const struct
  {
    const char *key, *value;
  } entries[] = {
    { SH_POLICY_ONNX_FORMAT_KEY, SH_POLICY_ONNX_FORMAT },
    { SH_POLICY_ONNX_KIND_KEY, kind },
    { "simhost.simulator", texts->simulator },
    { "simhost.concept", texts->concept },
    { "simhost.algorithm", texts->algorithm },
    { "simhost.state", texts->state },
    { "simhost.input", texts->input },
    { "simhost.output", texts->output },
    { "simhost.action", texts->action },
  };

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entries[i].value != NULL)
      sh_onnx_graph_add_text (self->graph, entries[i].key, entries[i].value);
  sh_onnx_graph_set_description (
      self->graph,
      "The greedy action of a brain trained by Simhost. observation: the "
      "fields of simhost.input in order, raw (the graph normalises); a nominal "
      "field is a float for each of its values, 1 for the one that it has. "
      "action: the fields of simhost.output in order; of one that is a choice, "
      "the index of the value, from 0. Functions of the program, from "
      "simhost.state to the input and from the output to simhost.action, and "
      "masks of choices, are not part of the graph.");
}

GBytes *
sh_policy_onnx_write (const ShPolicyLayout *layout,
                      const char *kind,
                      const ShPolicyOnnxTexts *texts)
{
  g_autoptr (ShOnnxGraph) graph = sh_onnx_graph_new ("policy");
  g_autoptr (GPtrArray) buffers = g_ptr_array_new_with_free_func (g_free);
  Writer writer = { graph, layout, buffers };
  const char *x;

  sh_onnx_graph_set_input (graph, "observation", layout->n_observations);
  sh_onnx_graph_set_output (graph, "action", layout->n_actions);
  x = write_normaliser (&writer);
  for (guint l = 0; l < layout->n_layers; l++)
    x = write_layer (&writer, l, x);
  write_actions (&writer, x);
  if (texts == NULL)
    return sh_onnx_graph_pack_graph (graph);
  write_texts (&writer, kind, texts);
  return sh_onnx_graph_pack (graph);
}

GBytes *
sh_policy_to_onnx (const ShPolicy *policy, const ShPolicyOnnxTexts *texts)
{
  g_autoptr (ShPolicyLayout) layout = NULL;

  g_return_val_if_fail (policy != NULL && texts != NULL, NULL);

  layout = sh_policy_layout_new (policy);
  return sh_policy_onnx_write (layout, sh_policy_get_kind_name (policy), texts);
}

char *
sh_policy_onnx_weight_name (guint layer)
{
  return g_strdup_printf ("layer%u.weight", layer);
}

char *
sh_policy_onnx_bias_name (guint layer)
{
  return g_strdup_printf ("layer%u.bias", layer);
}

char *
sh_policy_onnx_activation_name (guint layer)
{
  return g_strdup_printf ("layer%u.unit", layer);
}

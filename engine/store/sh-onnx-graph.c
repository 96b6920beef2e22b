/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShOnnxGraph: protobuf-c structs that live until the graph is freed.
 */

#include "sh-onnx-graph.h"

#include <string.h>

/* Attributes of one node. */
#define MAX_ATTRIBUTES 2u

struct ShOnnxGraph
{
  GPtrArray *owned; /* everything below that is allocated */
  GStringChunk *texts;
  GPtrArray *nodes, *tensors, *entries;
  ShOnnx__ValueInfo *input, *output;
  ShOnnx__Graph graph;
  ShOnnx__Model model;
  ShOnnx__OperatorSet operators;
  ShOnnx__OperatorSet *operator_list[1];
};

static gpointer
own (ShOnnxGraph *self, gpointer memory)
{
  g_ptr_array_add (self->owned, memory);
  return memory;
}

static char *
own_text (ShOnnxGraph *self, const char *text)
{
  return g_string_chunk_insert_const (self->texts, text);
}

#define NEW(SELF, TYPE, INIT)                                                  \
  ((TYPE *) own (SELF, g_memdup2 (&(const TYPE) INIT, sizeof (TYPE))))

ShOnnxGraph *
sh_onnx_graph_new (const char *name)
{
  ShOnnxGraph *self = g_new0 (ShOnnxGraph, 1);

  self->owned = g_ptr_array_new_with_free_func (g_free);
  self->texts = g_string_chunk_new (4096);
  self->nodes = g_ptr_array_new ();
  self->tensors = g_ptr_array_new ();
  self->entries = g_ptr_array_new ();
  sh_onnx__graph__init (&self->graph);
  self->graph.name = own_text (self, name);
  sh_onnx__operator_set__init (&self->operators);
  self->operators.domain = own_text (self, "");
  self->operators.has_version = TRUE;
  self->operators.version = SH_ONNX_OPERATOR_SET;
  self->operator_list[0] = &self->operators;
  sh_onnx__model__init (&self->model);
  self->model.has_ir_version = TRUE;
  self->model.ir_version = SH_ONNX_IR_VERSION;
  self->model.producer_name = own_text (self, "simhost");
  self->model.producer_version = own_text (self, SIMHOST_VERSION);
  self->model.graph = &self->graph;
  self->model.opset_import = self->operator_list;
  self->model.n_opset_import = 1;
  return self;
}

void
sh_onnx_graph_free (ShOnnxGraph *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->tensors);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->owned);
  g_string_chunk_free (self->texts);
  g_free (self);
}

const char *
sh_onnx_graph_add_node (ShOnnxGraph *self,
                        const char *
                        operator,
                        const char * output,
                        const char *const *inputs)
{
  ShOnnx__Node *node = NEW (self, ShOnnx__Node, SH_ONNX__NODE__INIT);

  node->op_type = own_text (self, operator);
  node->name = own_text (self, output);
  node->n_output = 1;
  node->output = own (self, g_new (char *, 1));
  node->output[0] = node->name;
  node->n_input = g_strv_length ((GStrv) inputs);
  node->input = own (self, g_new (char *, node->n_input + 1));
  for (gsize i = 0; i < node->n_input; i++)
    node->input[i] = own_text (self, inputs[i]);
  g_ptr_array_add (self->nodes, node);
  return node->name;
}

void
sh_onnx_graph_set_attribute (ShOnnxGraph *self, const char *name, gint64 value)
{
  ShOnnx__Node *node = self->nodes->pdata[self->nodes->len - 1];
  ShOnnx__Attribute *attribute =
      NEW (self, ShOnnx__Attribute, SH_ONNX__ATTRIBUTE__INIT);

  g_assert (node->n_attribute < MAX_ATTRIBUTES);
  attribute->name = own_text (self, name);
  attribute->has_type = TRUE;
  attribute->type = 2;
  attribute->has_i = TRUE;
  attribute->i = value;
  if (node->attribute == NULL)
    node->attribute = own (self, g_new (ShOnnx__Attribute *, MAX_ATTRIBUTES));
  node->attribute[node->n_attribute++] = attribute;
}

const char *
sh_onnx_graph_add_tensor (ShOnnxGraph *self,
                          const char *name,
                          ShOnnxType type,
                          const gint64 *dims,
                          guint n_dims,
                          gconstpointer data)
{
  ShOnnx__Tensor *tensor = NEW (self, ShOnnx__Tensor, SH_ONNX__TENSOR__INIT);
  const gsize size = type == SH_ONNX_FLOAT ? 4 : 8;
  gsize n = 1;

  tensor->name = own_text (self, name);
  tensor->n_dims = n_dims;
  tensor->dims = own (self, g_new (gint64, n_dims + 1));
  for (guint i = 0; i < n_dims; i++)
    {
      tensor->dims[i] = dims[i];
      n *= (gsize) dims[i];
    }
  tensor->has_data_type = TRUE;
  tensor->data_type = (gint32) type;
  tensor->has_raw_data = TRUE;
  tensor->raw_data.len = n * size;
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  tensor->raw_data.data = (guint8 *) data;
#else
  tensor->raw_data.data = own (self, g_malloc (n * size));
  for (gsize i = 0; i < n * size; i++)
    tensor->raw_data.data[i] =
        ((const guint8 *) data)[i / size * size + size - 1 - i % size];
#endif
  g_ptr_array_add (self->tensors, tensor);
  return tensor->name;
}

static ShOnnx__ValueInfo *
make_value (ShOnnxGraph *self, const char *name, guint columns)
{
  ShOnnx__ValueInfo *value =
      NEW (self, ShOnnx__ValueInfo, SH_ONNX__VALUE_INFO__INIT);
  ShOnnx__Type *type = NEW (self, ShOnnx__Type, SH_ONNX__TYPE__INIT);
  ShOnnx__TensorType *tensor =
      NEW (self, ShOnnx__TensorType, SH_ONNX__TENSOR_TYPE__INIT);
  ShOnnx__Shape *shape = NEW (self, ShOnnx__Shape, SH_ONNX__SHAPE__INIT);
  ShOnnx__Dimension *batch =
      NEW (self, ShOnnx__Dimension, SH_ONNX__DIMENSION__INIT);
  ShOnnx__Dimension *width =
      NEW (self, ShOnnx__Dimension, SH_ONNX__DIMENSION__INIT);

  batch->dim_param = own_text (self, "batch");
  width->has_dim_value = TRUE;
  width->dim_value = columns;
  shape->n_dim = 2;
  shape->dim = own (self, g_new (ShOnnx__Dimension *, 2));
  shape->dim[0] = batch;
  shape->dim[1] = width;
  tensor->has_elem_type = TRUE;
  tensor->elem_type = SH_ONNX_FLOAT;
  tensor->shape = shape;
  type->tensor_type = tensor;
  value->name = own_text (self, name);
  value->type = type;
  return value;
}

void
sh_onnx_graph_set_input (ShOnnxGraph *self, const char *name, guint columns)
{
  self->input = make_value (self, name, columns);
  self->graph.input = &self->input;
  self->graph.n_input = 1;
}

void
sh_onnx_graph_set_output (ShOnnxGraph *self, const char *name, guint columns)
{
  self->output = make_value (self, name, columns);
  self->graph.output = &self->output;
  self->graph.n_output = 1;
}

void
sh_onnx_graph_add_text (ShOnnxGraph *self, const char *key, const char *value)
{
  ShOnnx__Entry *entry = NEW (self, ShOnnx__Entry, SH_ONNX__ENTRY__INIT);

  entry->key = own_text (self, key);
  entry->value = own_text (self, value);
  g_ptr_array_add (self->entries, entry);
}

void
sh_onnx_graph_set_description (ShOnnxGraph *self, const char *text)
{
  self->model.doc_string = own_text (self, text);
}

GBytes *
sh_onnx_pack (const ProtobufCMessage *message)
{
  gsize size = protobuf_c_message_get_packed_size (message);
  guint8 *data = g_malloc (size);

  protobuf_c_message_pack (message, data);
  return g_bytes_new_take (data, size);
}

static void
close_lists (ShOnnxGraph *self)
{
  self->graph.node = (ShOnnx__Node **) self->nodes->pdata;
  self->graph.n_node = self->nodes->len;
  self->graph.initializer = (ShOnnx__Tensor **) self->tensors->pdata;
  self->graph.n_initializer = self->tensors->len;
  self->model.metadata_props = (ShOnnx__Entry **) self->entries->pdata;
  self->model.n_metadata_props = self->entries->len;
}

GBytes *
sh_onnx_graph_pack_graph (ShOnnxGraph *self)
{
  close_lists (self);
  return sh_onnx_pack (&self->graph.base);
}

GBytes *
sh_onnx_graph_pack (ShOnnxGraph *self)
{
  close_lists (self);
  return sh_onnx_pack (&self->model.base);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Puts an ONNX model together: nodes, tensors, inputs and outputs, in the order
 * in which they are added. Names are copied, data are borrowed until the model
 * is packed.
 */

#pragma once

#include <glib.h>

#include "onnx.pb-c.h"

G_BEGIN_DECLS

/* The operator set and the version of the format that models are written for. */
#define SH_ONNX_OPERATOR_SET 13
#define SH_ONNX_IR_VERSION 7

typedef enum
{
  SH_ONNX_FLOAT = 1,
  SH_ONNX_INT64 = 7
} ShOnnxType;

typedef struct ShOnnxGraph ShOnnxGraph;

ShOnnxGraph *sh_onnx_graph_new (const char *name);
void sh_onnx_graph_free (ShOnnxGraph *graph);

/* A node of one output; `inputs` ends with NULL. Returns the output's name,
 * which lasts as long as the graph. */
const char *sh_onnx_graph_add_node (ShOnnxGraph *graph,
                                    const char *
                                    operator,
                                    const char * output,
                                    const char *const *inputs);

/* An integer attribute of the node that was added last. */
void sh_onnx_graph_set_attribute (ShOnnxGraph *graph,
                                  const char *name,
                                  gint64 value);

/* A constant of `n_dims` dimensions; 0: a scalar. Returns its name. */
const char *sh_onnx_graph_add_tensor (ShOnnxGraph *graph,
                                      const char *name,
                                      ShOnnxType type,
                                      const gint64 *dims,
                                      guint n_dims,
                                      gconstpointer data);

/* float [batch][columns] each. */
void
sh_onnx_graph_set_input (ShOnnxGraph *graph, const char *name, guint columns);
void
sh_onnx_graph_set_output (ShOnnxGraph *graph, const char *name, guint columns);

/* Text that goes with the model. */
void
sh_onnx_graph_add_text (ShOnnxGraph *graph, const char *key, const char *value);
void sh_onnx_graph_set_description (ShOnnxGraph *graph, const char *text);

/* The graph alone, and the whole model. */
GBytes *sh_onnx_graph_pack_graph (ShOnnxGraph *graph);
GBytes *sh_onnx_graph_pack (ShOnnxGraph *graph);

/* Any message as bytes. */
GBytes *sh_onnx_pack (const ProtobufCMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShOnnxGraph, sh_onnx_graph_free)

G_END_DECLS

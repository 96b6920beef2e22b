/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-brain-objects.h"

#include <math.h>
#include <string.h>

#include "sh-brain-curve.h"
#include "sh-bus-error.h"
#include "sh-bus-object.h"
#include "sh-bus-options.h"
#include "sh-bus-work.h"
#include "sh-dbus.h"
#include "sh-delete.h"

typedef struct
{
  ShBrainObjects *objects;
  char *path; /* of the object */
  ShDbusBrain *skeleton;
  ShBrainSummary *summary; /* what is shown */
} BrainObject;

struct ShBrainObjects
{
  GDBusObjectManagerServer *server;
  const ShBrainFuncs *funcs;
  gpointer data;
  ShBrains *brains;
  GHashTable *objects; /* name in lower case to BrainObject */
  GHashTable *runs; /* name in lower case to the run's path */
};

/* ---- what is shown ---- */

/* What brain.json holds need not be UTF-8, nor there. */
static char *
to_text (const char *text)
{
  return text != NULL ? g_utf8_make_valid (text, -1) : g_strdup ("");
}

static void
show_newest (ShDbusBrain *skeleton, const ShBrainInfo *info)
{
  const ShBrainInfo none = { .mean_return = NAN };
  g_autofree char *simulator = NULL, *algorithm = NULL, *failure = NULL;

  if (info == NULL)
    info = &none;
  simulator = to_text (info->simulator);
  algorithm = to_text (info->algorithm);
  failure = to_text (info->failure);
  sh_dbus_brain_set_version (skeleton, info->version);
  sh_dbus_brain_set_simulator (skeleton, simulator);
  sh_dbus_brain_set_algorithm (skeleton, algorithm);
  sh_dbus_brain_set_error (skeleton, failure);
  sh_dbus_brain_set_iterations (skeleton, info->iterations);
  sh_dbus_brain_set_episodes (skeleton, info->episodes);
  sh_dbus_brain_set_mean_return (skeleton, info->mean_return);
  sh_dbus_brain_set_save_time (skeleton, info->created * G_USEC_PER_SEC);
}

static void
show_brain (BrainObject *brain)
{
  const ShBrainSummary *summary = brain->summary;
  ShDbusBrain *skeleton = brain->skeleton;
  g_autofree char *name = to_text (summary->name);

  sh_dbus_brain_set_name (skeleton, name);
  sh_dbus_brain_set_versions (
      skeleton,
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, summary->versions,
                                 summary->n_versions, sizeof (guint32)));
  sh_dbus_brain_set_state (skeleton, sh_brain_summary_get_state (summary));
  sh_dbus_brain_set_progress (skeleton, summary->progress);
  sh_dbus_brain_set_success_rate (skeleton, NAN);
  show_newest (skeleton, summary->newest);
}

/* ---- methods ---- */

typedef struct
{
  ShStore *store;
  char *name;
  guint version;
} Request;

static Request *
request_new (const BrainObject *brain, guint version)
{
  Request *request = g_new0 (Request, 1);

  request->store = sh_store_new (NULL);
  request->name = g_strdup (brain->summary->name);
  request->version = version;
  return request;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  sh_store_free (request->store);
  g_free (request->name);
  g_free (request);
}

static GVariant *
read_curve (gpointer data, GError **error)
{
  const Request *request = data;

  return sh_brain_curve_read (request->store, request->name, request->version,
                              error);
}

static GVariant *
read_curriculum (gpointer data, GError **error)
{
  const Request *request = data;
  g_autoptr (GBytes) bytes = sh_store_load_program (
      request->store, request->name, request->version, error);
  g_autofree char *text = NULL;
  gsize size;
  const char *start;

  if (bytes == NULL)
    return NULL;
  start = g_bytes_get_data (bytes, &size);
  text = g_utf8_make_valid (start != NULL ? start : "", (gssize) size);
  return g_variant_new ("(s)", text);
}

static GVariant *
delete_brain (gpointer data, GError **error)
{
  const Request *request = data;

  return sh_delete_brain (request->store, request->name, request->version,
                          error)
             ? g_variant_new ("()")
             : NULL;
}

static gboolean
on_get_curve (ShDbusBrain *skeleton,
              GDBusMethodInvocation *invocation,
              guint version,
              GVariant *options,
              BrainObject *brain)
{
  g_autoptr (GError) error = NULL;

  if (sh_bus_options_check_none (options, "GetCurve", &error))
    sh_bus_work (invocation, read_curve, request_new (brain, version),
                 request_free);
  else
    sh_bus_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_get_curriculum (ShDbusBrain *skeleton,
                   GDBusMethodInvocation *invocation,
                   guint version,
                   GVariant *options,
                   BrainObject *brain)
{
  g_autoptr (GError) error = NULL;

  if (sh_bus_options_check_none (options, "GetCurriculum", &error))
    sh_bus_work (invocation, read_curriculum, request_new (brain, version),
                 request_free);
  else
    sh_bus_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_delete (ShDbusBrain *skeleton,
           GDBusMethodInvocation *invocation,
           GVariant *options,
           BrainObject *brain)
{
  static const ShBusOption table[] = { { "version", "u", 0 } };
  g_autoptr (GError) error = NULL;
  guint version = 0;

  if (sh_bus_options_read (options, "Delete", table, G_N_ELEMENTS (table),
                           &version, &error))
    sh_bus_work (invocation, delete_brain, request_new (brain, version),
                 request_free);
  else
    sh_bus_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_train (ShDbusBrain *skeleton,
          GDBusMethodInvocation *invocation,
          GVariant *options,
          BrainObject *brain)
{
  ShBrainObjects *objects = brain->objects;

  objects->funcs->train (brain->summary, invocation, options, objects->data);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- objects ---- */

static void
brain_object_free (gpointer data)
{
  BrainObject *brain = data;

  g_dbus_object_manager_server_unexport (brain->objects->server, brain->path);
  g_signal_handlers_disconnect_by_data (brain->skeleton, brain);
  g_object_unref (brain->skeleton);
  sh_brain_summary_unref (brain->summary);
  g_free (brain->path);
  g_free (brain);
}

static BrainObject *
add_brain (ShBrainObjects *objects, const char *name)
{
  BrainObject *brain = g_new0 (BrainObject, 1);
  const char *run = g_hash_table_lookup (objects->runs, name);

  brain->objects = objects;
  brain->path = sh_bus_path_new (objects->server, "brain", name);
  brain->skeleton = sh_dbus_brain_skeleton_new ();
  sh_bus_allow_nan (brain->skeleton);
  sh_dbus_brain_set_run (brain->skeleton, run != NULL ? run : SH_BUS_NOWHERE);
  g_signal_connect (brain->skeleton, "handle-get-curve",
                    G_CALLBACK (on_get_curve), brain);
  g_signal_connect (brain->skeleton, "handle-get-curriculum",
                    G_CALLBACK (on_get_curriculum), brain);
  g_signal_connect (brain->skeleton, "handle-delete", G_CALLBACK (on_delete),
                    brain);
  if (objects->funcs->train != NULL)
    g_signal_connect (brain->skeleton, "handle-train", G_CALLBACK (on_train),
                      brain);
  g_hash_table_insert (objects->objects, g_strdup (name), brain);
  return brain;
}

static void
update_brain (ShBrainObjects *objects,
              const char *name,
              ShBrainSummary *summary)
{
  BrainObject *brain = g_hash_table_lookup (objects->objects, name);
  gboolean is_new = brain == NULL;

  if (!is_new && brain->summary == summary)
    return;
  if (is_new)
    brain = add_brain (objects, name);
  g_clear_pointer (&brain->summary, sh_brain_summary_unref);
  brain->summary = sh_brain_summary_ref (summary);
  show_brain (brain);
  /* Last, so that it is whole when it is seen. */
  if (is_new)
    sh_bus_show (objects->server, brain->path, brain->skeleton);
}

static void
on_brains (ShBrains *brains, gpointer data)
{
  ShBrainObjects *objects = data;
  GHashTable *now = sh_brains_get (brains);
  GHashTableIter iter;
  gpointer name, summary;

  g_hash_table_iter_init (&iter, objects->objects);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (now, name))
      g_hash_table_iter_remove (&iter);
  g_hash_table_iter_init (&iter, now);
  while (g_hash_table_iter_next (&iter, &name, &summary))
    update_brain (objects, name, summary);
  if (objects->funcs->changed != NULL)
    objects->funcs->changed (objects->data);
}

ShBrainObjects *
sh_brain_objects_new (GDBusObjectManagerServer *server,
                      const ShBrainFuncs *funcs,
                      gpointer data)
{
  ShBrainObjects *objects = g_new0 (ShBrainObjects, 1);

  objects->server = g_object_ref (server);
  objects->funcs = funcs;
  objects->data = data;
  objects->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            brain_object_free);
  objects->runs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  objects->brains = sh_brains_new (on_brains, objects);
  return objects;
}

gboolean
sh_brain_objects_is_settled (const ShBrainObjects *objects)
{
  g_return_val_if_fail (objects != NULL, FALSE);

  return sh_brains_is_settled (objects->brains);
}

static BrainObject *
find (const ShBrainObjects *objects, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (objects->objects, lower);
}

const char *
sh_brain_objects_find (const ShBrainObjects *objects, const char *name)
{
  BrainObject *brain;

  g_return_val_if_fail (objects != NULL && name != NULL, NULL);

  brain = find (objects, name);
  return brain != NULL ? brain->path : NULL;
}

void
sh_brain_objects_set_run (ShBrainObjects *objects,
                          const char *name,
                          const char *run)
{
  BrainObject *brain;

  g_return_if_fail (objects != NULL && name != NULL);

  if (run != NULL)
    g_hash_table_insert (objects->runs, g_ascii_strdown (name, -1),
                         g_strdup (run));
  else
    {
      g_autofree char *lower = g_ascii_strdown (name, -1);

      g_hash_table_remove (objects->runs, lower);
    }
  brain = find (objects, name);
  if (brain != NULL)
    sh_dbus_brain_set_run (brain->skeleton, run != NULL ? run : SH_BUS_NOWHERE);
}

void
sh_brain_objects_look (ShBrainObjects *objects)
{
  g_return_if_fail (objects != NULL);

  sh_brains_look (objects->brains);
}

void
sh_brain_objects_free (ShBrainObjects *objects)
{
  if (objects == NULL)
    return;
  sh_brains_free (objects->brains);
  g_hash_table_unref (objects->objects);
  g_hash_table_unref (objects->runs);
  g_object_unref (objects->server);
  g_free (objects);
}

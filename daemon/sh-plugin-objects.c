/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-plugin-objects.h"

#include <string.h>

#include "sh-bus-error.h"
#include "sh-bus-options.h"
#include "sh-bus-object.h"
#include "sh-dbus.h"
#include "sh-extension.h"
#include "sh-simulator-inkling.h"
#include "sh-simulator-json.h"

typedef struct
{
  char *path; /* of the object */
  ShDbusSimulator *skeleton;
  ShPluginInfo *info; /* keeps `simulator` */
  const ShSimulatorInfo *simulator;
} SimulatorObject;

typedef struct
{
  char *path; /* of the object */
  ShDbusPlugin *skeleton;
  ShPluginInfo *info; /* what is shown */
  GHashTable *simulators; /* name to SimulatorObject */
  gboolean listed; /* during an update */
} PluginObject;

struct ShPluginObjects
{
  GDBusObjectManagerServer *server;
  GHashTable *plugins; /* file to PluginObject */
  GHashTable *used; /* name to SimulatorObject, not owned */
  GPtrArray *infos; /* as last given */
};

/* ---- text ---- */

/* Nobody promises that the name of a file is UTF-8. */
static char *
to_text (const char *text)
{
  return text != NULL ? g_utf8_make_valid (text, -1) : g_strdup ("");
}

/* ---- simulators ---- */

static void
simulator_object_free (ShPluginObjects *objects, SimulatorObject *object)
{
  g_dbus_object_manager_server_unexport (objects->server, object->path);
  g_signal_handlers_disconnect_by_data (object->skeleton, object);
  g_object_unref (object->skeleton);
  sh_plugin_info_unref (object->info);
  g_free (object->path);
  g_free (object);
}

static gboolean
on_get_curriculum (ShDbusSimulator *skeleton,
                   GDBusMethodInvocation *invocation,
                   GVariant *options,
                   SimulatorObject *object)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (sh_bus_options_check_none (options, "GetCurriculum", &error))
    text = sh_simulator_to_inkling (&object->simulator->simulator, &error);
  if (text != NULL)
    sh_dbus_simulator_complete_get_curriculum (skeleton, invocation, text);
  else
    sh_bus_return_error (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* The names of the bits that are set; the names are not copied. */
static const char **
list_bits (guint32 bits, const char *const *names)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; names[i] != NULL; i++)
    if (bits & (1u << i))
      g_ptr_array_add (list, (gpointer) names[i]);
  g_ptr_array_add (list, NULL);
  return (const char **) g_ptr_array_free (list, FALSE);
}

static void
show_rewards (ShDbusSimulator *skeleton, const SimhostSimulator *simulator)
{
  g_autofree const char **names =
      g_new0 (const char *, simulator->n_rewards + 1);
  const char *chosen = "";

  for (guint i = 0; i < simulator->n_rewards; i++)
    {
      names[i] = simulator->rewards[i].name;
      if (simulator->rewards[i].flags & SIMHOST_REWARD_DEFAULT)
        chosen = names[i];
    }
  sh_dbus_simulator_set_rewards (skeleton, names);
  sh_dbus_simulator_set_default_reward (skeleton, chosen);
}

static void
show_simulator (SimulatorObject *object, const char *plugin_path)
{
  ShDbusSimulator *skeleton = object->skeleton;
  const SimhostSimulator *simulator = &object->simulator->simulator;
  g_autofree const char **flags =
      list_bits (simulator->flags, sh_simulator_flag_names);
  g_autofree const char **extensions =
      list_bits (object->simulator->extensions, sh_extension_names);
  g_autofree char *description = to_text (simulator->description);
  g_autoptr (GString) json = g_string_new (NULL);
  g_autofree char *schemas = NULL;

  sh_json_open (json, '{');
  sh_simulator_info_add_json (object->simulator, json);
  sh_json_close (json, '}');
  schemas = to_text (json->str);
  sh_dbus_simulator_set_name (skeleton, simulator->name);
  sh_dbus_simulator_set_description (skeleton, description);
  sh_dbus_simulator_set_plugin (skeleton, plugin_path);
  sh_dbus_simulator_set_flags (skeleton, flags);
  sh_dbus_simulator_set_extensions (skeleton, extensions);
  sh_dbus_simulator_set_schemas (skeleton, schemas);
  show_rewards (skeleton, simulator);
}

/* ---- plugins ---- */

static void
plugin_object_free (ShPluginObjects *objects, PluginObject *plugin)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, plugin->simulators);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    simulator_object_free (objects, value);
  g_hash_table_unref (plugin->simulators);
  g_dbus_object_manager_server_unexport (objects->server, plugin->path);
  g_object_unref (plugin->skeleton);
  sh_plugin_info_unref (plugin->info);
  g_free (plugin->path);
  g_free (plugin);
}

static void
show_simulators (ShPluginObjects *objects, PluginObject *plugin)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&plugin->simulators);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  ShPluginInfo *info = plugin->info;
  GHashTableIter iter;
  gpointer value;

  plugin->simulators =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < info->n_simulators; i++)
    {
      const char *name = info->simulators[i].simulator.name;
      SimulatorObject *object = g_hash_table_lookup (before, name);
      gboolean is_new = object == NULL;

      if (is_new)
        {
          object = g_new0 (SimulatorObject, 1);
          object->skeleton = sh_dbus_simulator_skeleton_new ();
          g_signal_connect (object->skeleton, "handle-get-curriculum",
                            G_CALLBACK (on_get_curriculum), object);
        }
      g_hash_table_remove (before, name);
      g_clear_pointer (&object->info, sh_plugin_info_unref);
      object->info = sh_plugin_info_ref (info);
      object->simulator = &info->simulators[i];
      show_simulator (object, plugin->path);
      if (is_new)
        {
          object->path = sh_bus_path_new (objects->server, "simulator", name);
          sh_bus_show (objects->server, object->path, object->skeleton);
        }
      g_hash_table_insert (plugin->simulators, g_strdup (name), object);
      g_ptr_array_add (paths, object->path);
    }
  g_ptr_array_add (paths, NULL);
  sh_dbus_plugin_set_simulators (plugin->skeleton,
                                 (const char *const *) paths->pdata);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    simulator_object_free (objects, value);
}

static void
show_plugin (PluginObject *plugin)
{
  static const char *const none[] = { NULL };
  ShDbusPlugin *skeleton = plugin->skeleton;
  const ShPluginInfo *info = plugin->info;
  const struct
  {
    const char *text;
    void (*set) (ShDbusPlugin *skeleton, const char *text);
  } texts[] = {
    { info->path, sh_dbus_plugin_set_file },
    { info->failure, sh_dbus_plugin_set_failure },
    { info->failure != NULL ? "failed" : "usable", sh_dbus_plugin_set_state },
    { info->id, sh_dbus_plugin_set_id },
    { info->name, sh_dbus_plugin_set_name },
    { info->version, sh_dbus_plugin_set_plugin_version },
    { info->vendor, sh_dbus_plugin_set_vendor },
    { info->license, sh_dbus_plugin_set_license },
    { info->homepage, sh_dbus_plugin_set_homepage },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = to_text (texts[i].text);

      texts[i].set (skeleton, text);
    }
  sh_dbus_plugin_set_output (skeleton, info->output != NULL
                                           ? (const char *const *) info->output
                                           : none);
}

static PluginObject *
add_plugin (ShPluginObjects *objects, const char *file)
{
  PluginObject *plugin = g_new0 (PluginObject, 1);
  g_autofree char *base = g_path_get_basename (file);

  if (g_str_has_suffix (base, ".so"))
    base[strlen (base) - 3] = '\0';
  plugin->path = sh_bus_path_new (objects->server, "plugin", base);
  plugin->skeleton = sh_dbus_plugin_skeleton_new ();
  plugin->simulators =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (objects->plugins, g_strdup (file), plugin);
  return plugin;
}

static void
update_plugin (ShPluginObjects *objects, ShPluginInfo *info)
{
  PluginObject *plugin = g_hash_table_lookup (objects->plugins, info->path);
  gboolean is_new = plugin == NULL;

  if (!is_new && plugin->info == info)
    {
      plugin->listed = TRUE;
      return;
    }
  if (is_new)
    plugin = add_plugin (objects, info->path);
  g_clear_pointer (&plugin->info, sh_plugin_info_unref);
  plugin->info = sh_plugin_info_ref (info);
  plugin->listed = TRUE;
  show_plugin (plugin);
  show_simulators (objects, plugin);
  /* Last, so that it is whole when it is seen. */
  if (is_new)
    sh_bus_show (objects->server, plugin->path, plugin->skeleton);
}

static void
remove_the_rest (ShPluginObjects *objects)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, objects->plugins);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      PluginObject *plugin = value;

      if (!plugin->listed)
        {
          g_hash_table_iter_remove (&iter);
          plugin_object_free (objects, plugin);
        }
      else
        plugin->listed = FALSE;
    }
}

/* Of several simulators with one name the first is used. */
static void
find_used (ShPluginObjects *objects, const GPtrArray *plugins)
{
  g_hash_table_remove_all (objects->used);
  for (guint i = 0; i < plugins->len; i++)
    {
      const ShPluginInfo *info = plugins->pdata[i];
      PluginObject *plugin = g_hash_table_lookup (objects->plugins, info->path);

      for (guint j = 0; j < info->n_simulators; j++)
        {
          const char *name = info->simulators[j].simulator.name;
          SimulatorObject *object =
              g_hash_table_lookup (plugin->simulators, name);
          gboolean shadowed = g_hash_table_contains (objects->used, name);

          sh_dbus_simulator_set_shadowed (object->skeleton, shadowed);
          if (!shadowed)
            g_hash_table_insert (objects->used, g_strdup (name), object);
        }
    }
}

ShPluginObjects *
sh_plugin_objects_new (GDBusObjectManagerServer *server)
{
  ShPluginObjects *objects = g_new0 (ShPluginObjects, 1);

  objects->server = g_object_ref (server);
  objects->infos = g_ptr_array_new ();
  objects->plugins =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  objects->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return objects;
}

void
sh_plugin_objects_update (ShPluginObjects *objects, GPtrArray *plugins)
{
  g_return_if_fail (objects != NULL && plugins != NULL);

  for (guint i = 0; i < plugins->len; i++)
    update_plugin (objects, plugins->pdata[i]);
  remove_the_rest (objects);
  find_used (objects, plugins);
  g_ptr_array_unref (objects->infos);
  objects->infos = g_ptr_array_ref (plugins);
}

ShPluginInfo *
sh_plugin_objects_find_plugin (ShPluginObjects *objects,
                               const char *name,
                               const ShSimulatorInfo **simulator,
                               GError **error)
{
  g_return_val_if_fail (objects != NULL, NULL);

  return sh_catalog_find_among (objects->infos, name, simulator, error);
}

const char *
sh_plugin_objects_find_simulator (ShPluginObjects *objects, const char *name)
{
  SimulatorObject *object;

  g_return_val_if_fail (objects != NULL && name != NULL, NULL);

  object = g_hash_table_lookup (objects->used, name);
  return object != NULL ? object->path : NULL;
}

void
sh_plugin_objects_free (ShPluginObjects *objects)
{
  if (objects == NULL)
    return;
  remove_the_rest (objects);
  g_hash_table_unref (objects->plugins);
  g_hash_table_unref (objects->used);
  g_ptr_array_unref (objects->infos);
  g_object_unref (objects->server);
  g_free (objects);
}

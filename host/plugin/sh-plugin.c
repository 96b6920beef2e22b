/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Loading a plugin.
 *
 * The host never works on a plugin's own tables: it copies them into structs
 * and rows of the size that it knows, taking from a larger one what it knows.
 * So code elsewhere need not look at struct_size, field_size and reward_size.
 *
 * The descriptor of the file stays open for as long as the process lives. The
 * dynamic linker knows a loaded object by the name with which it was opened,
 * /proc/self/fd/N: were N used again, it would take the next plugin for this
 * one.
 */

#include "sh-plugin.h"

#include <gmodule.h>
#include <string.h>

#include "sh-error.h"
#include "sh-fd.h"
#include "sh-loop.h"
#include "sh-plugin-check.h"
#include "sh-plugin-file.h"
#include "sh-text.h"

struct ShPlugin
{
  char *path;
  SimhostPlugin table; /* a copy */
  SimhostHost host; /* for init */
  char *init_text; /* what init said with set_error */
  gboolean initialised;
  GArray *simulators; /* of SimhostSimulator, copies */
  GPtrArray *tables; /* memory of the copied rows */
  ShCallSlot *slot; /* may be NULL */
};

static void
on_log (const SimhostHost *host, uint32_t level, const char *text)
{
  const ShPlugin *plugin = host->reserved;

  sh_text_log (plugin->path, level, text);
}

static void
on_set_error (const SimhostHost *host, const char *text)
{
  ShPlugin *plugin = host->reserved;

  g_free (plugin->init_text);
  plugin->init_text = sh_text_to_line (text, -1);
}

/* No episode runs: there is nothing to put on record. */
static void
on_record (const SimhostHost *host, const char *key, double value)
{
}

static const void *
on_get_extension (const SimhostHost *host, const char *id)
{
  return NULL;
}

static void
plugin_free (ShPlugin *plugin)
{
  g_free (plugin->path);
  g_free (plugin->init_text);
  g_array_unref (plugin->simulators);
  g_ptr_array_unref (plugin->tables);
  g_free (plugin);
}

static ShPlugin *
plugin_new (const char *path, ShCallSlot *slot)
{
  ShPlugin *plugin = g_new0 (ShPlugin, 1);

  plugin->path = g_strdup (path);
  plugin->simulators = g_array_new (FALSE, TRUE, sizeof (SimhostSimulator));
  plugin->tables = g_ptr_array_new_with_free_func (g_free);
  plugin->slot = slot;
  plugin->host = (SimhostHost){
    .struct_size = sizeof (SimhostHost),
    .abi_major = SIMHOST_ABI_MAJOR,
    .abi_minor = SIMHOST_ABI_MINOR,
    .name = "simhost",
    .version = SIMHOST_VERSION,
    .log = on_log,
    .set_error = on_set_error,
    .get_extension = on_get_extension,
    .reserved = plugin,
    .record = on_record,
  };
  return plugin;
}

static gboolean
check_elf (int fd, GError **error)
{
  char magic[4];

  if (pread (fd, magic, sizeof magic, 0) == (gssize) sizeof magic &&
      memcmp (magic, "\177ELF", sizeof magic) == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN, "is not a shared object");
  return FALSE;
}

/* Never closed: whatever the object has started keeps running. */
static GModule *
open_module (int fd, ShCallSlot *slot, GError **error)
{
  g_autofree char *name = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *prefix = g_strconcat (name, ": ", NULL);
  g_autoptr (GError) own = NULL;
  GModule *module;
  const char *text;

  sh_call_slot_enter (slot, SH_CALL_LOAD);
  module = g_module_open_full (name, G_MODULE_BIND_LOCAL, &own);
  sh_call_slot_leave (slot);
  if (module != NULL)
    return module;
  text = g_str_has_prefix (own->message, prefix)
             ? own->message + strlen (prefix)
             : own->message;
  g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN, "cannot be loaded: %s", text);
  return NULL;
}

/* What both sides know of a struct; the rest of `to` is zero. */
static void
copy_struct (gpointer to, gsize to_size, gconstpointer from, gsize from_size)
{
  memset (to, 0, to_size);
  memcpy (to, from, MIN (to_size, from_size));
}

/* Reads no further than `struct_size`, and that only when magic and version
 * have told that it is there. */
static gboolean
read_table (ShPlugin *plugin, gconstpointer symbol, GError **error)
{
  SimhostPlugin *table = &plugin->table;

  memcpy (&table->magic, symbol, sizeof table->magic);
  if (table->magic != SIMHOST_PLUGIN_MAGIC)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "'simhost_plugin' starts with 0x%08x, not with the magic "
                   "number 0x%08x of a plugin",
                   table->magic, SIMHOST_PLUGIN_MAGIC);
      return FALSE;
    }
  copy_struct (table, sizeof *table, symbol,
               offsetof (SimhostPlugin, struct_size) +
                   sizeof table->struct_size);
  if (table->abi_major != SIMHOST_ABI_MAJOR ||
      table->abi_minor > SIMHOST_ABI_MINOR)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "is built for version %u.%u of the plugin interface, and "
                   "simhost " SIMHOST_VERSION " has %u.%u: %s",
                   table->abi_major, table->abi_minor, SIMHOST_ABI_MAJOR,
                   SIMHOST_ABI_MINOR,
                   table->abi_major < SIMHOST_ABI_MAJOR ? "rebuild the plugin"
                                                        : "update simhost");
      return FALSE;
    }
  if (table->struct_size < sizeof *table)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "struct_size of 'simhost_plugin' is %u, less than the "
                   "%" G_GSIZE_FORMAT " bytes of version %u.0",
                   table->struct_size, sizeof *table, SIMHOST_ABI_MAJOR);
      return FALSE;
    }
  copy_struct (table, sizeof *table, symbol, table->struct_size);
  if (table->get_n_simulators == NULL || table->get_simulator == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN, "has no %s function",
                   table->get_simulator == NULL ? "get_simulator"
                                                : "get_n_simulators");
      return FALSE;
    }
  return sh_plugin_check_texts (table, error);
}

static gboolean
init_plugin (ShPlugin *plugin, GError **error)
{
  gint32 status = SIMHOST_OK;

  if (plugin->table.init != NULL)
    {
      sh_call_slot_enter (plugin->slot, SH_CALL_INIT);
      status = plugin->table.init (&plugin->host);
      sh_call_slot_leave (plugin->slot);
    }
  if (status == SIMHOST_OK || status == SIMHOST_WARNING)
    {
      plugin->initialised = TRUE;
      if (status == SIMHOST_WARNING)
        g_warning ("%s: init: %s", plugin->path,
                   plugin->init_text ? plugin->init_text : "a warning");
      return TRUE;
    }
  g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN, "init failed: %s",
               plugin->init_text ? plugin->init_text : "it did not say why");
  return FALSE;
}

/* Rows of the host's size. */
static gpointer
copy_rows (ShPlugin *plugin,
           gconstpointer rows,
           guint n_rows,
           gsize row_size,
           gsize own_row_size)
{
  guint8 *copy;

  if (n_rows == 0)
    return NULL;
  copy = g_malloc0_n (n_rows, own_row_size);
  for (guint i = 0; i < n_rows; i++)
    copy_struct (copy + i * own_row_size, own_row_size,
                 (const guint8 *) rows + i * row_size, row_size);
  g_ptr_array_add (plugin->tables, copy);
  return copy;
}

static void
copy_fields (ShPlugin *plugin, SimhostSchema *schema)
{
  schema->fields = copy_rows (plugin, schema->fields, schema->n_fields,
                              schema->field_size, sizeof (SimhostField));
  schema->field_size = sizeof (SimhostField);
}

static gboolean
add_simulator (ShPlugin *plugin,
               gconstpointer given,
               guint index,
               GError **error)
{
  SimhostSimulator copy;
  guint32 size;

  memcpy (&size, given, sizeof size);
  if (size < sizeof copy)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "simulator %u: struct_size is %u, less than the "
                   "%" G_GSIZE_FORMAT " bytes of version %u.0",
                   index, size, sizeof copy, SIMHOST_ABI_MAJOR);
      return FALSE;
    }
  copy_struct (&copy, sizeof copy, given, size);
  copy.struct_size = sizeof copy;
  if (!sh_plugin_check_extent (&copy, error))
    return FALSE;
  copy_fields (plugin, &copy.config);
  copy_fields (plugin, &copy.action);
  copy_fields (plugin, &copy.state);
  copy.rewards = copy_rows (plugin, copy.rewards, copy.n_rewards,
                            copy.reward_size, sizeof (SimhostReward));
  copy.reward_size = sizeof (SimhostReward);
  if (!sh_plugin_check_simulator (&copy, TRUE, error) ||
      !sh_loop_check (&copy, plugin->slot, error))
    return FALSE;

  for (guint i = 0; i < plugin->simulators->len; i++)
    if (strcmp (sh_plugin_get_simulator (plugin, i)->name, copy.name) == 0)
      {
        g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                     "simulator '%s': the name is taken by simulator %u",
                     copy.name, i);
        return FALSE;
      }
  g_array_append_val (plugin->simulators, copy);
  return TRUE;
}

static gboolean
describe (ShPlugin *plugin, GError **error)
{
  guint n;

  sh_call_slot_enter (plugin->slot, SH_CALL_DESCRIBE);
  n = plugin->table.get_n_simulators ();
  sh_call_slot_leave (plugin->slot);
  if (n == 0 || n > SH_PLUGIN_MAX_SIMULATORS)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "says that it holds %u simulators; 1 to %u are allowed", n,
                   SH_PLUGIN_MAX_SIMULATORS);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      gconstpointer given;

      sh_call_slot_enter (plugin->slot, SH_CALL_DESCRIBE);
      given = plugin->table.get_simulator (i);
      sh_call_slot_leave (plugin->slot);
      if (given == NULL)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                       "get_simulator (%u) returned NULL", i);
          return FALSE;
        }
      if (!add_simulator (plugin, given, i, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load (ShPlugin *plugin, GError **error)
{
  sh_autofd fd = sh_plugin_file_open (plugin->path, NULL, error);
  GModule *module;
  gpointer symbol;

  if (fd < 0)
    return FALSE;
  if (!check_elf (fd, error) ||
      (module = open_module (fd, plugin->slot, error)) == NULL)
    {
      g_prefix_error (error, "%s: ", plugin->path);
      return FALSE;
    }
  (void) g_steal_fd (&fd); /* stays open: see the top of the file */

  if (!g_module_symbol (module, "simhost_plugin", &symbol) || symbol == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "%s: has no symbol 'simhost_plugin', so it is no plugin of "
                   "simhost",
                   plugin->path);
      return FALSE;
    }
  if (!read_table (plugin, symbol, error) || !init_plugin (plugin, error) ||
      !describe (plugin, error))
    {
      g_prefix_error (error, "%s: ", plugin->path);
      return FALSE;
    }
  return TRUE;
}

ShPlugin *
sh_plugin_load_watched (const char *path, ShCallSlot *slot, GError **error)
{
  ShPlugin *plugin;

  g_return_val_if_fail (path != NULL, NULL);

  plugin = plugin_new (path, slot);
  if (load (plugin, error))
    return plugin;
  sh_plugin_close (plugin);
  return NULL;
}

ShPlugin *
sh_plugin_load (const char *path, GError **error)
{
  return sh_plugin_load_watched (path, NULL, error);
}

void
sh_plugin_close (ShPlugin *plugin)
{
  if (plugin == NULL)
    return;
  if (plugin->initialised && plugin->table.deinit != NULL)
    {
      sh_call_slot_enter (plugin->slot, SH_CALL_DEINIT);
      plugin->table.deinit ();
      sh_call_slot_leave (plugin->slot);
    }
  plugin_free (plugin);
}

const char *
sh_plugin_get_path (const ShPlugin *plugin)
{
  return plugin->path;
}

const SimhostPlugin *
sh_plugin_get_table (const ShPlugin *plugin)
{
  return &plugin->table;
}

guint
sh_plugin_get_n_simulators (const ShPlugin *plugin)
{
  return plugin->simulators->len;
}

const SimhostSimulator *
sh_plugin_get_simulator (const ShPlugin *plugin, guint index)
{
  g_return_val_if_fail (index < plugin->simulators->len, NULL);

  return &g_array_index (plugin->simulators, SimhostSimulator, index);
}

const SimhostSimulator *
sh_plugin_find_simulator (const ShPlugin *plugin,
                          const char *name,
                          GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < plugin->simulators->len; i++)
    {
      const SimhostSimulator *simulator = sh_plugin_get_simulator (plugin, i);

      if (strcmp (simulator->name, name) == 0)
        return simulator;
      g_string_append_printf (known, "%s'%s'", i > 0 ? ", " : "",
                              simulator->name);
    }
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "%s: no simulator '%s' in it; it has %s", plugin->path, name,
               known->str);
  return NULL;
}

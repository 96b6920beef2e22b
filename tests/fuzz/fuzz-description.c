/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Fuzzes the reading of a plugin's description, which comes from a process with
 * somebody else's code in it: what is taken must come out as it went in, and
 * make a curriculum or an error.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sh-simulator-inkling.h"
#include "sh-simulator-json.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GString *
write_all (const ShPluginInfo *info)
{
  GString *json = g_string_new (NULL);

  sh_json_open (json, '[');
  for (guint i = 0; i < info->n_simulators; i++)
    {
      sh_json_open (json, '{');
      sh_simulator_info_add_json (&info->simulators[i], json);
      sh_json_close (json, '}');
    }
  sh_json_close (json, ']');
  return json;
}

/* The same plugin, from what was written of it. */
static ShPluginInfo *
read_again (const ShPluginInfo *info, const GString *simulators)
{
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (JsonNode) node = NULL;

  sh_json_member (json, "id");
  sh_json_string (json, info->id);
  sh_json_member (json, "name");
  sh_json_string (json, info->name);
  sh_json_member (json, "version");
  sh_json_string (json, info->version);
  sh_json_member (json, "simulators");
  g_string_append (json, simulators->str);
  g_string_append_c (json, '}');
  node = sh_json_parse (json->str, -1, NULL);
  return node != NULL ? sh_plugin_info_new_from_json ("x.so", node, NULL)
                      : NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (JsonNode) node =
      sh_json_parse ((const char *) data, (gssize) size, NULL);
  g_autoptr (ShPluginInfo) info =
      node != NULL ? sh_plugin_info_new_from_json ("x.so", node, NULL) : NULL;
  g_autoptr (ShPluginInfo) again = NULL;
  g_autoptr (GString) first = NULL;
  g_autoptr (GString) second = NULL;

  if (info == NULL || info->failure != NULL)
    return 0;
  first = write_all (info);
  again = read_again (info, first);
  if (again == NULL)
    abort ();
  for (guint i = 0; i < again->n_simulators; i++)
    g_free (sh_simulator_to_inkling (&again->simulators[i].simulator, NULL));
  g_free (again->vendor);
  again->vendor = g_strdup (info->vendor);
  g_free (again->license);
  again->license = g_strdup (info->license);
  g_free (again->homepage);
  again->homepage = g_strdup (info->homepage);
  second = write_all (again);
  if (!g_string_equal (first, second))
    abort ();
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost inspect SIMULATOR|FILE.so|FILE.ink`: everything about one simulator,
 * or what a program says.
 */

#include "cmd.h"

#include <math.h>
#include <stdio.h>

#include "program-file.h"
#include "sh-catalog.h"
#include "sh-extension.h"
#include "sh-field-type.h"
#include "sh-log.h"
#include "sh-simulator-inkling.h"
#include "sh-simulator-json.h"
#include "sh-text.h"
#include "table.h"

/* Values of an enumeration that are shown. */
#define MAX_VALUES 16u

static char *
type_text (const SimhostField *field)
{
  const char *name = sh_field_type_get (field->type)->name;

  if (field->type == SIMHOST_TYPE_STRING)
    return g_strdup_printf ("%s, %u bytes", name, field->size - 1);
  return field->count > 1 ? g_strdup_printf ("%s[%u]", name, field->count)
                          : g_strdup (name);
}

static void
add_number (GString *text, const char *before, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  /* Six digits are enough to look at; whole numbers are shown in full. */
  g_ascii_formatd (
      number, sizeof number,
      value == trunc (value) && fabs (value) < 0x1p53 ? "%.0f" : "%.6g", value);
  g_string_append_printf (text, "%s%s", before, number);
}

static char *
range_text (const SimhostField *field)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (field->n_values, MAX_VALUES); i++)
    {
      g_string_append (text, i > 0 ? ", " : "");
      if (field->values[i].name != NULL)
        g_string_append_printf (text, "%s = ", field->values[i].name);
      add_number (text, "", field->values[i].value);
    }
  if (field->n_values > MAX_VALUES)
    g_string_append_printf (text, ", ... (%u values)", field->n_values);
  if (field->flags & SIMHOST_FIELD_HAS_MIN)
    add_number (text, "", field->min);
  if (field->flags & (SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX))
    g_string_append (text, " .. ");
  if (field->flags & SIMHOST_FIELD_HAS_MAX)
    add_number (text, "", field->max);
  if (field->flags & SIMHOST_FIELD_HAS_STEP)
    add_number (text, " step ", field->step);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
default_text (const SimhostSchema *schema, const SimhostField *field)
{
  const ShFieldType *type = sh_field_type_get (field->type);
  g_autoptr (GString) text = g_string_new (NULL);

  if (schema->defaults == NULL || type->kind == SH_FIELD_IMAGE)
    return g_strdup ("");
  if (type->kind == SH_FIELD_TEXT)
    return g_strdup_printf ("= \"%s\"",
                            (const char *) schema->defaults + field->offset);
  for (guint i = 0; i < MIN (field->count, MAX_VALUES); i++)
    add_number (text, i == 0 ? "= " : ", ",
                sh_field_read (field, schema->defaults, i));
  if (field->count > MAX_VALUES)
    g_string_append (text, ", ...");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_schema (const char *what, const SimhostSchema *schema)
{
  g_autoptr (ShTable) table = sh_table_new (6);

  if (schema->n_fields == 0)
    {
      printf ("\n%s: none\n", what);
      return;
    }
  printf ("\n%s %s\n", what, schema->name);
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const SimhostField *field = &schema->fields[i];
      g_autofree char *type = type_text (field);
      g_autofree char *range = range_text (field);
      g_autofree char *value = default_text (schema, field);

      sh_table_add (table, field->name);
      sh_table_add (table, type);
      sh_table_add (table, range);
      sh_table_add (table, value);
      sh_table_add (table, field->unit);
      sh_table_add (table, field->description);
    }
  sh_table_print (table, 2, stdout);
}

static void
print_rewards (const SimhostSimulator *simulator)
{
  g_autoptr (ShTable) table = sh_table_new (3);

  if (simulator->n_rewards == 0)
    {
      puts ("\nRewards: none");
      return;
    }
  puts ("\nRewards");
  for (guint i = 0; i < simulator->n_rewards; i++)
    {
      const SimhostReward *reward = &simulator->rewards[i];

      sh_table_add (table, reward->name);
      sh_table_add (table, reward->flags & SIMHOST_REWARD_DEFAULT ? "default"
                           : reward->flags & SIMHOST_REWARD_ALIAS ? "alias"
                                                                  : "");
      sh_table_add (table, reward->description);
    }
  sh_table_print (table, 2, stdout);
}

static void
add_fact (ShTable *table, const char *name, const char *value)
{
  if (value == NULL || value[0] == '\0')
    return;
  sh_table_add (table, name);
  sh_table_add (table, value);
}

static void
print_facts (const ShSimulatorInfo *simulator)
{
  static const char *const abilities[] = {
    [SH_EXTENSION_RENDER] = "draw itself",
    [SH_EXTENSION_SNAPSHOT] = "be saved in mid-episode",
    [SH_EXTENSION_RENDER | SH_EXTENSION_SNAPSHOT] =
        "draw itself, be saved in mid-episode",
  };
  const ShPluginInfo *plugin = simulator->plugin;
  g_autoptr (ShTable) table = sh_table_new (2);
  g_autofree char *name =
      g_strdup_printf ("%s %s (%s)", plugin->name, plugin->version, plugin->id);
  guint32 flags = simulator->simulator.flags;

  add_fact (table, "file", plugin->path);
  add_fact (table, "plugin", name);
  add_fact (table, "vendor", plugin->vendor);
  add_fact (table, "license", plugin->license);
  add_fact (table, "homepage", plugin->homepage);
  add_fact (table, "can", abilities[simulator->extensions & 3]);
  if (flags & SIMHOST_SIMULATOR_SLOW)
    add_fact (table, "slow", "a step may take longer than a tenth of a second");
  if (flags & SIMHOST_SIMULATOR_NONDETERMINISTIC)
    add_fact (table, "nondeterministic",
              "equal seeds do not give equal episodes");
  if (flags & SIMHOST_SIMULATOR_EVENT_DRIVEN)
    add_fact (table, "event-driven", "it runs by itself and asks for events");
  if (flags & SIMHOST_SIMULATOR_EXTERNAL)
    add_fact (table, "external", "a program with episodes of its own");
  sh_table_print (table, 2, stdout);
}

static void
print_text (const ShSimulatorInfo *simulator)
{
  g_autofree char *description =
      sh_text_to_line (simulator->simulator.description, -1);

  printf ("%s%s%s\n", simulator->simulator.name,
          description[0] != '\0' ? ": " : "", description);
  print_facts (simulator);
  print_schema ("Config", &simulator->simulator.config);
  print_schema ("Action", &simulator->simulator.action);
  print_schema ("State", &simulator->simulator.state);
  print_rewards (&simulator->simulator);
}

static void
print_json (const ShSimulatorInfo *simulator)
{
  g_autoptr (GString) json = g_string_new (NULL);

  sh_json_open (json, '{');
  sh_simulator_info_add_json (simulator, json);
  sh_json_close (json, '}');
  puts (json->str);
}

static int
inspect_program (const char *file, gboolean json)
{
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *dump = NULL;

  program = sh_program_file_compile (file, &error);
  if (program == NULL)
    return sh_cmd_fail ("inspect", error);
  if (json)
    {
      sh_program_add_json (program, text);
      puts (text->str);
      return SH_EXIT_DONE;
    }
  dump = sh_program_dump (program);
  fputs (dump, stdout);
  return SH_EXIT_DONE;
}

int
sh_cmd_inspect (int argc, char **argv)
{
  gboolean json = FALSE, inkling = FALSE;
  const GOptionEntry entries[] = {
    { "inkling", 0, 0, G_OPTION_ARG_NONE, &inkling,
      "Print a curriculum for it that trains as it is", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (ShPluginInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *program = NULL;
  const ShSimulatorInfo *simulator;
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "SIMULATOR|FILE.so[:NAME]|FILE.ink",
                     "Shows everything about one simulator, or what a program "
                     "in Inkling says.",
                     &status))
    return status;
  if (argc > 2)
    return sh_cmd_usage ("inspect",
                         "'%s' is too much: one simulator or file is needed",
                         argv[2]);
  if (argc < 2)
    return sh_cmd_usage ("inspect", "one simulator or file is needed");
  if (g_str_has_suffix (argv[1], ".ink") && inkling)
    return sh_cmd_usage ("inspect", "--inkling writes a program for a "
                                    "simulator, not for a program");
  if (json && inkling)
    return sh_cmd_usage ("inspect", "--json and --inkling exclude each other");

  sh_log_init ("simhost: ");
  if (g_str_has_suffix (argv[1], ".ink"))
    return inspect_program (argv[1], json);
  info = sh_catalog_find (argv[1], &simulator, &error);
  if (info == NULL)
    return sh_cmd_fail ("inspect", error);
  if (json)
    print_json (simulator);
  else if (!inkling)
    print_text (simulator);
  else
    {
      program = sh_simulator_to_inkling (&simulator->simulator, &error);
      if (program == NULL)
        return sh_cmd_fail ("inspect", error);
      fputs (program, stdout);
    }
  return SH_EXIT_DONE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-flags.h"

#include <string.h>

#include "sh-error.h"
#include "sh-link-settings.h"
#include "sh-worker-options.h"

typedef enum
{
  SWITCH, /* --flag */
  ONE, /* --flag VALUE, --flag=VALUE */
  EACH, /* the same; may come again */
  OPTIONAL, /* --flag, --flag=VALUE */
  MANY, /* --flag VALUE VALUE... */
  HELP,
  SHOW_CONFIG,
  JSON,
  GONE /* an error that says what to do instead */
} Shape;

#define NOTHING SH_N_SETTINGS

typedef struct
{
  const char *name;
  Shape shape;
  ShSettingId setting; /* NOTHING: accepted, without effect */
  const char *metavar, *help; /* help NULL: not shown */
  gboolean legacy;
} Row;

static const Row rows[] = {
  { "url", ONE, SH_SETTING_URL, "URL",
    "the engine (default: " SH_LINK_DEFAULT_URL ")", FALSE },
  { "username", ONE, SH_SETTING_USERNAME, "NAME",
    "the user there (default: " SH_LINK_DEFAULT_USERNAME ")", FALSE },
  { "accesskey", ONE, SH_SETTING_ACCESS_KEY, "KEY",
    "the user's key (default: $" SH_ACCESS_KEY_VARIABLE ")", FALSE },
  { "access-key", ONE, SH_SETTING_ACCESS_KEY, "KEY", NULL, FALSE },
  { "brain", ONE, SH_SETTING_BRAIN, "NAME", "the brain to be trained or played",
    FALSE },
  { "predict", OPTIONAL, SH_SETTING_PREDICT, "VERSION",
    "be played by the brain: its latest version, or this one", FALSE },
  { "proxy", ONE, SH_SETTING_PROXY, "URL",
    "an http proxy; empty: none (default: from the environment)", FALSE },
  { "profile", ONE, SH_SETTING_PROFILE, "NAME",
    "the profile in the configuration files", FALSE },
  { "retry-timeout", ONE, SH_SETTING_RETRY_TIMEOUT, "SECONDS",
    "how long to try to reconnect (default: 300; 0: not at all; -1: for "
    "ever)",
    FALSE },
  { "network-timeout", ONE, SH_SETTING_NETWORK_TIMEOUT, "SECONDS",
    "how long connecting may take (default: 60)", FALSE },
  { "record", ONE, SH_SETTING_RECORD, "FILE",
    "append states and actions to FILE, which ends in .json or .csv", FALSE },
  { "log", MANY, SH_SETTING_LOG, "DOMAIN...",
    "show these too: network, event, simulator_ws", FALSE },
  { "verbose", SWITCH, SH_SETTING_VERBOSE, NULL, "show everything", FALSE },
  { "name", ONE, SH_SETTING_NAME, "NAME",
    "register under this name, not the simulator's", FALSE },
  { "instances", ONE, SH_SETTING_INSTANCES, "COUNT",
    "simulations, each with a connection of its own (default: 1)", FALSE },
  { "seed", ONE, SH_SETTING_SEED, "NUMBER",
    "of the episodes: the same seed repeats a run (default: at random)",
    FALSE },
  { "set", EACH, SH_SETTING_SET, "FIELD=VALUE",
    "give a config field this value in every episode", FALSE },
  { "strict", SWITCH, SH_SETTING_STRICT, NULL,
    "check the simulator's values and manners after each call", FALSE },
  { "call-timeout", ONE, SH_SETTING_CALL_TIMEOUT, "SECONDS",
    "how long one call of the simulator may take (default: 10)", FALSE },
  { "mute", SWITCH, SH_SETTING_MUTE, NULL, "show errors only", FALSE },
  { "show-config", SHOW_CONFIG, NOTHING, NULL,
    "print the settings and where each comes from, and end", FALSE },
  { "json", JSON, NOTHING, NULL, "with --show-config: as JSON", FALSE },
  { "help", HELP, NOTHING, NULL, "show this text", FALSE },

  { "headless", SWITCH, SH_SETTING_HEADLESS, NULL, NULL, FALSE },
  { "aad", GONE, NOTHING, NULL, NULL, FALSE },
  { "performance", SWITCH, NOTHING, NULL, NULL, FALSE },
  /* Of earlier versions of the original tool. */
  { "train-brain", ONE, SH_SETTING_BRAIN, NULL, NULL, TRUE },
  { "predict-version", ONE, SH_SETTING_PREDICT, NULL, NULL, TRUE },
  { "predict-brain", ONE, NOTHING, NULL, NULL, TRUE },
  { "recording-file", ONE, NOTHING, NULL, NULL, TRUE },
  { "legacy", SWITCH, NOTHING, NULL, NULL, TRUE },
};

/* Something given for a setting. */
typedef struct
{
  const Row *row;
  char *value;
} Value;

/* The arguments being read. */
typedef struct
{
  ShFlags *flags;
  int argc;
  char **argv;
  int at; /* the next one */
} Reader;

static void
value_free (gpointer data)
{
  Value *value = data;

  g_free (value->value);
  g_free (value);
}

void
sh_flags_clear (ShFlags *flags)
{
  g_clear_pointer (&flags->simulator, g_free);
  g_clear_pointer (&flags->values, g_ptr_array_unref);
  g_clear_pointer (&flags->unknown, g_ptr_array_unref);
}

/* *value: what stands behind a =, in place, or NULL. */
static const Row *
find_row (char *argument, char **value)
{
  char *equals = strchr (argument, '=');
  gsize length =
      equals != NULL ? (gsize) (equals - argument) : strlen (argument);

  *value = equals != NULL ? equals + 1 : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strlen (rows[i].name) + 2 == length &&
        strncmp (argument + 2, rows[i].name, length - 2) == 0)
      return &rows[i];
  return NULL;
}

static void
add_value (Reader *reader, const Row *row, char *text)
{
  Value *value = g_new0 (Value, 1);

  value->row = row;
  value->value =
      row->setting == SH_SETTING_ACCESS_KEY || row->setting == SH_SETTING_PROXY
          ? sh_take_secret (text)
          : g_strdup (text);
  g_ptr_array_add (reader->flags->values, value);
}

/* A value may begin with one dash: -1. */
static gboolean
has_value (const Reader *reader)
{
  return reader->at < reader->argc &&
         !g_str_has_prefix (reader->argv[reader->at], "--");
}

static gboolean
take_one (Reader *reader, const Row *row, char *value, GError **error)
{
  if (value == NULL && !has_value (reader))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "--%s needs a value",
                   row->name);
      return FALSE;
    }
  add_value (reader, row, value != NULL ? value : reader->argv[reader->at++]);
  return TRUE;
}

static gboolean
take_many (Reader *reader, const Row *row, char *value, GError **error)
{
  if (!take_one (reader, row, value, error))
    return FALSE;
  while (value == NULL && reader->at < reader->argc &&
         reader->argv[reader->at][0] != '-')
    add_value (reader, row, reader->argv[reader->at++]);
  return TRUE;
}

static gboolean
take_switch (Reader *reader, const Row *row, const char *value, GError **error)
{
  if (value != NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "--%s takes no value",
                   row->name);
      return FALSE;
    }
  switch (row->shape)
    {
    case HELP:
      reader->flags->help = TRUE;
      break;
    case SHOW_CONFIG:
      reader->flags->show_config = TRUE;
      break;
    case JSON:
      reader->flags->json = TRUE;
      break;
    default:
      add_value (reader, row, (char *) "true");
      break;
    }
  return TRUE;
}

static gboolean
take_flag (Reader *reader, const Row *row, char *value, GError **error)
{
  switch (row->shape)
    {
    case ONE:
    case EACH:
      return take_one (reader, row, value, error);
    case OPTIONAL:
      add_value (reader, row, value != NULL ? value : (char *) "latest");
      return TRUE;
    case MANY:
      return take_many (reader, row, value, error);
    case GONE:
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "--%s: signing in with Azure is gone, and its service; use "
                   "--accesskey KEY",
                   row->name);
      return FALSE;
    case SWITCH:
    case HELP:
    case SHOW_CONFIG:
    case JSON:
    default:
      return take_switch (reader, row, value, error);
    }
}

static gboolean
take_argument (Reader *reader, GError **error)
{
  ShFlags *flags = reader->flags;
  char *argument = reader->argv[reader->at++];
  char *value;
  const Row *row;

  if (strcmp (argument, "--") == 0)
    return TRUE;
  if (strcmp (argument, "-h") == 0)
    {
      flags->help = TRUE;
      return TRUE;
    }
  if (argument[0] != '-' && flags->simulator == NULL)
    {
      flags->simulator = g_strdup (argument);
      return TRUE;
    }
  row = g_str_has_prefix (argument, "--") ? find_row (argument, &value) : NULL;
  if (row != NULL)
    return take_flag (reader, row, value, error);
  g_ptr_array_add (flags->unknown, g_strdup (argument));
  return TRUE;
}

gboolean
sh_flags_parse (ShFlags *flags, int argc, char **argv, GError **error)
{
  Reader reader = { flags, argc, argv, 1 };

  flags->values = g_ptr_array_new_with_free_func (value_free);
  flags->unknown = g_ptr_array_new_with_free_func (g_free);
  while (reader.at < argc)
    if (!take_argument (&reader, error))
      return FALSE;
  if (!flags->json || flags->show_config)
    return TRUE;
  g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                       "--json goes with --show-config");
  return FALSE;
}

void
sh_flags_apply (const ShFlags *flags, ShSettingId id, ShSetting *setting)
{
  gboolean list = sh_setting_rows[id].kind == SH_SETTING_LIST;

  for (gboolean legacy = FALSE; legacy <= TRUE; legacy++)
    for (guint i = 0; i < flags->values->len; i++)
      {
        const Value *value = flags->values->pdata[i];
        g_autofree char *source = g_strconcat ("--", value->row->name, NULL);

        if (value->row->setting != id || value->row->legacy != legacy)
          continue;
        if (list)
          sh_setting_add (setting, value->value, source);
        else
          sh_setting_set (setting, value->value, source);
      }
}

char *
sh_flags_get_help (void)
{
  GString *text = g_string_new (
      "Usage: simhost run SIMULATOR [FLAG...]\n\n"
      "Serves an engine with a simulator: to train a brain or, with "
      "--predict,\n"
      "to be played by one. SIMULATOR is a name that 'simhost list' shows, or\n"
      "a file; it stands before --log, which takes all words that follow.\n\n"
      "Flags:\n");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autofree char *flag =
          row->metavar == NULL ? g_strdup (row->name)
          : row->shape == OPTIONAL
              ? g_strdup_printf ("%s[=%s]", row->name, row->metavar)
              : g_strdup_printf ("%s %s", row->name, row->metavar);

      if (row->help != NULL)
        g_string_append_printf (text, "  --%-25s %s\n", flag, row->help);
    }
  g_string_append (text,
                   "\nSettings are also read from ~/.bonsai, ./.bonsai, "
                   "./.brains and the\nenvironment; --show-config shows what "
                   "is in force. Flags that are not known\nare ignored.\n");
  return g_string_free (text, FALSE);
}

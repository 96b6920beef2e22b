/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost start`: a session of the daemon, one that there is or a new one.
 */

#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bus-client.h"
#include "sh-bus-object.h"
#include "sh-error.h"
#include "sh-worker-options.h"

typedef struct Flags
{
  char *name, *url, *key, *brain, *seed, *memory, *restart;
  char **set;
  ShCmdNumber instances, version, nice;
  gboolean predict, json, system;
  GVariantDict options; /* for StartSession */
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->name);
  g_free (flags->url);
  g_free (flags->key);
  g_free (flags->brain);
  g_free (flags->seed);
  g_free (flags->memory);
  g_free (flags->restart);
  g_strfreev (flags->set);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static void
add_number (Flags *flags,
            const char *option,
            const char *type,
            const ShCmdNumber *number)
{
  if (number->is_given)
    g_variant_dict_insert (&flags->options, option, type, number->value);
}

/* "512M": bytes. */
static gboolean
parse_memory (const char *text, guint64 *bytes, GError **error)
{
  static const char units[] = "KMG";
  char *end;
  const char *unit = NULL;
  guint shift = 0;

  errno = 0;
  *bytes = g_ascii_strtoull (text, &end, 10);
  if (end != text && *end != '\0' && end[1] == '\0')
    unit = strchr (units, g_ascii_toupper (*end));
  if (unit != NULL)
    shift = 10 * (guint) (unit - units + 1);
  if (errno == 0 && g_ascii_isdigit (text[0]) &&
      (*end == '\0' || unit != NULL) && *bytes <= G_MAXUINT64 >> shift)
    {
      *bytes <<= shift;
      return TRUE;
    }
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "--memory=%s: write a number of bytes, or one with K, M or G "
               "behind it",
               text);
  return FALSE;
}

static gboolean
add_texts (Flags *flags, GError **error)
{
  const struct
  {
    const char *option, *text;
  } texts[] = {
    { "name", flags->name },
    { "engine", flags->url },
    { "accesskey", flags->key },
    { "brain", flags->brain },
    { "restart", flags->restart },
    { "mode", flags->predict ? "predict" : NULL },
  };
  guint64 number;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].text != NULL && !g_utf8_validate (texts[i].text, -1, NULL))
      {
        g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "the %s is not UTF-8",
                     texts[i].option);
        return FALSE;
      }
    else if (texts[i].text != NULL)
      g_variant_dict_insert (&flags->options, texts[i].option, "s",
                             texts[i].text);
  for (guint i = 0; flags->set != NULL && flags->set[i] != NULL; i++)
    if (!g_utf8_validate (flags->set[i], -1, NULL))
      {
        g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "--set is not UTF-8");
        return FALSE;
      }
  if (flags->set != NULL)
    g_variant_dict_insert (&flags->options, "set", "^as", flags->set);
  if (flags->seed != NULL)
    {
      if (!sh_cmd_read_seed (flags->seed, &number, error))
        return FALSE;
      g_variant_dict_insert (&flags->options, "seed", "t", number);
    }
  if (flags->memory != NULL)
    {
      if (!parse_memory (flags->memory, &number, error))
        return FALSE;
      g_variant_dict_insert (&flags->options, "memory", "t", number);
    }
  return TRUE;
}

static GVariant *
build_options (Flags *flags, GError **error)
{
  g_variant_dict_init (&flags->options, NULL);
  if (!add_texts (flags, error))
    {
      g_variant_dict_clear (&flags->options);
      return NULL;
    }
  add_number (flags, "instances", "u", &flags->instances);
  add_number (flags, "version", "u", &flags->version);
  add_number (flags, "nice", "i", &flags->nice);
  return g_variant_ref_sink (g_variant_dict_end (&flags->options));
}

/* Starts a session that is there; FALSE without an error: there is none. */
static gboolean
start_known (GDBusConnection *connection,
             const char *name,
             GVariant *options,
             GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (ShBusObject) session =
      sh_bus_client_find_session (connection, name, &reason);
  g_autoptr (GVariant) answer = NULL;

  if (session == NULL)
    {
      if (!g_error_matches (reason, SH_ERROR, SH_ERROR_NOT_FOUND))
        g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (g_variant_n_children (options) > 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "there is a session '%s', which has its settings; for a new "
                   "one beside it give --name another",
                   name);
      return FALSE;
    }
  answer = sh_bus_client_call (connection, session->path, "Session", "Start",
                               sh_bus_client_no_options (), "()", error);
  return answer != NULL;
}

static gboolean
start_new (GDBusConnection *connection,
           const char *simulator,
           GVariant *options,
           GError **error)
{
  g_autoptr (GVariant) answer = sh_bus_client_call (
      connection, SH_BUS_ROOT, "Manager", "StartSession",
      g_variant_new ("(s@a{sv})", simulator, options), "(o)", error);

  return answer != NULL;
}

/* A simulator's name may be a session's, too; a new name is a wish for a new
 * session. */
static gboolean
start (const Flags *flags, const char *name, GVariant *options, GError **error)
{
  g_autoptr (GDBusConnection) connection =
      sh_bus_client_connect (flags->system, error);
  g_autoptr (GError) reason = NULL;
  const char *session = flags->name != NULL ? flags->name : name;
  g_autoptr (ShBusObject) found = NULL;
  g_autofree char *json = NULL;

  if (connection == NULL)
    return FALSE;
  if (flags->name == NULL && start_known (connection, name, options, &reason))
    ;
  else if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  else if (!start_new (connection, name, options, error))
    return FALSE;
  found = sh_bus_client_find_session (connection, session, error);
  if (found == NULL)
    return FALSE;
  json = sh_bus_object_to_json (found);
  if (flags->json)
    puts (json);
  else
    fprintf (stderr, "session '%s': %s\n", session,
             sh_bus_object_get_text (found, "State"));
  return TRUE;
}

int
sh_cmd_start (int argc, char **argv)
{
  g_auto (Flags)
      flags = { .instances = SH_CMD_NUMBER (1, SH_WORKER_MAX_INSTANCES, 0),
                .version = SH_CMD_NUMBER (1, G_MAXINT, 0),
                .nice = SH_CMD_NUMBER (0, 19, 0) };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &flags.name,
      "Name of a new session (default: the simulator's)", "NAME" },
    { "url", 0, 0, G_OPTION_ARG_STRING, &flags.url,
      "The engine (default: the daemon's own)", "URL" },
    { "accesskey", 0, 0, G_OPTION_ARG_STRING, &flags.key,
      "The engine's key (default: $" SH_ACCESS_KEY_VARIABLE ")", "KEY" },
    { "access-key", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &flags.key,
      NULL, NULL },
    { "brain", 0, 0, G_OPTION_ARG_STRING, &flags.brain,
      "The engine's brain (default: named as the simulator)", "NAME" },
    { "predict", 0, 0, G_OPTION_ARG_NONE, &flags.predict,
      "Play the brain; do not train it", NULL },
    { "version", 0, 0, G_OPTION_ARG_INT, &flags.version,
      "Version of the brain, with --predict (default: the highest)", "N" },
    { "instances", 0, 0, G_OPTION_ARG_INT, &flags.instances,
      "Simulations at a time (default: 1)", "COUNT" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &flags.seed,
      "Of the simulations (default: at random)", "NUMBER" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags.set,
      "A field of every episode's config; may be given again", "FIELD=VALUE" },
    { "restart", 0, 0, G_OPTION_ARG_STRING, &flags.restart,
      "When its worker is started again: never, on-failure, always (default: "
      "on-failure)",
      "WHEN" },
    { "memory", 0, 0, G_OPTION_ARG_STRING, &flags.memory,
      "Bytes that its worker may use, 512M say (default: no limit)", "SIZE" },
    { "nice", 0, 0, G_OPTION_ARG_INT, &flags.nice,
      "How far its worker steps back for others, 0 to 19 (default: 0)",
      "NUMBER" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "Print what the session is then as a JSON object", NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &flags.system,
      "Ask the daemon on the system bus", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *secret = sh_cmd_hide_key (argc, argv);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "SIMULATOR|SESSION",
                     "Starts a session of the daemon, which keeps it running: "
                     "one that there is, or a\nnew one for a simulator.",
                     &status))
    return status;
  if (argc < 2)
    return sh_cmd_usage ("start", "which simulator, or session? 'simhost list' "
                                  "and 'simhost status' show those there are");
  if (argc > 2)
    return sh_cmd_usage ("start", "'%s' is too much", argv[2]);
  if (secret != NULL)
    {
      g_free (flags.key);
      flags.key = g_strdup (secret);
    }
  else if (flags.url != NULL)
    flags.key = g_strdup (g_getenv (SH_ACCESS_KEY_VARIABLE));
  options = build_options (&flags, &error);
  if (options == NULL || !start (&flags, argv[1], options, &error))
    return sh_cmd_fail ("start", error);
  return SH_EXIT_DONE;
}

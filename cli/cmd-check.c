/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost check FILE.so`: holds a plugin to the rules of plugin.h.
 * `simhost check-one`: the child process that runs one of the checks.
 */

#include "cmd.h"

#include <stdio.h>

#include "sh-conform.h"
#include "sh-error.h"
#include "sh-json.h"
#include "sh-log.h"

/* Seconds that one call may take. */
#define DEFAULT_TIMEOUT 10
#define MAX_TIMEOUT 3600

typedef struct
{
  const char *path;
  guint64 seed;
  ShCmdNumber timeout;
  gboolean json, in_process;
  char **only;
  GHashTable *failed; /* of ids; also those that could not be tried */
  guint n[SH_CONFORM_NOT_APPLICABLE + 1], n_untried; /* not applicable, too */
} Checking;

static char *
replay_text (const Checking *checking, const char *id)
{
  g_autofree char *path = g_shell_quote (checking->path);

  return g_strdup_printf (
      "simhost check %s --only %s --seed %" G_GUINT64_FORMAT, path, id,
      checking->seed);
}

static void
print_json (const Checking *checking,
            const ShConform *check,
            const ShConformResult *result)
{
  g_autoptr (GString) json = g_string_new (NULL);
  const char *id = sh_conform_get_id (check);

  sh_json_open (json, '{');
  sh_json_member (json, "event");
  sh_json_string (json, "check");
  sh_json_member (json, "check");
  sh_json_string (json, id);
  sh_json_member (json, "result");
  sh_json_string (json, sh_conform_verdict_to_string (result->verdict));
  sh_json_member (json, "reason");
  sh_json_string (json, result->reason);
  if (result->verdict == SH_CONFORM_FAIL)
    {
      g_autofree char *replay = replay_text (checking, id);

      sh_json_member (json, "replay");
      sh_json_string (json, replay);
    }
  sh_json_close (json, '}');
  puts (json->str);
  fflush (stdout);
}

static void
print_text (const Checking *checking,
            const ShConform *check,
            const ShConformResult *result)
{
  static const char *const words[] = {
    [SH_CONFORM_PASS] = "pass",
    [SH_CONFORM_FAIL] = "FAIL",
    [SH_CONFORM_NOT_APPLICABLE] = "-",
  };
  const char *id = sh_conform_get_id (check);

  printf ("%-4s  %-20s  %s\n", words[result->verdict], id,
          result->reason != NULL ? result->reason
                                 : sh_conform_get_summary (check));
  if (result->verdict == SH_CONFORM_FAIL)
    {
      g_autofree char *replay = replay_text (checking, id);

      printf ("      %-20s  again: %s\n", "", replay);
    }
  fflush (stdout);
}

static void
print_summary (const Checking *checking)
{
  const guint *n = checking->n, n_untried = checking->n_untried;

  if (!checking->json)
    {
      if (n_untried > 0)
        printf ("-     %u %s not tried: %s what has not passed\n", n_untried,
                n_untried == 1 ? "other was" : "others were",
                n_untried == 1 ? "it needs" : "they need");
      printf ("\n%u passed, %u failed, ", n[SH_CONFORM_PASS],
              n[SH_CONFORM_FAIL]);
      if (n_untried > 0)
        printf ("%u not tried, ", n_untried);
      printf ("%u not applicable (seed %" G_GUINT64_FORMAT ")\n",
              n[SH_CONFORM_NOT_APPLICABLE] - n_untried, checking->seed);
      return;
    }
  printf ("{\"event\":\"summary\",\"passed\":%u,\"failed\":%u,"
          "\"not_applicable\":%u,\"seed\":%" G_GUINT64_FORMAT "}\n",
          n[SH_CONFORM_PASS], n[SH_CONFORM_FAIL], n[SH_CONFORM_NOT_APPLICABLE],
          checking->seed);
}

static gboolean
run_one (Checking *checking, const ShConform *check, GError **error)
{
  const char *id = sh_conform_get_id (check),
             *needs = sh_conform_get_needs (check);
  g_auto (ShConformResult) result = { SH_CONFORM_FAIL, NULL };
  gboolean blocked =
      needs != NULL && g_hash_table_contains (checking->failed, needs);

  if (blocked)
    result = (ShConformResult){
      SH_CONFORM_NOT_APPLICABLE,
      g_strdup_printf ("not tried, for '%s' has not passed", needs)
    };
  else if (checking->in_process)
    result = sh_conform_run (check, checking->path, checking->seed, NULL, NULL,
                             NULL);
  else if (!sh_conform_run_child (check, checking->path, checking->seed,
                                  (guint) checking->timeout.value * 1000,
                                  &result, error))
    return FALSE;

  if (result.verdict == SH_CONFORM_FAIL || blocked)
    g_hash_table_add (checking->failed, (gpointer) id);
  checking->n[result.verdict]++;
  checking->n_untried += blocked;
  if (checking->json)
    print_json (checking, check, &result);
  else if (!blocked)
    print_text (checking, check, &result);
  return TRUE;
}

static gboolean
run_all (Checking *checking, GError **error)
{
  const ShConform *check;

  for (guint i = 0; (check = sh_conform_get (i)) != NULL; i++)
    {
      const char *const *only = (const char *const *) checking->only;

      if (only != NULL && !g_strv_contains (only, sh_conform_get_id (check)))
        continue;
      if (!run_one (checking, check, error))
        return FALSE;
    }
  print_summary (checking);
  return TRUE;
}

static gboolean
check_flags (const Checking *checking, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; sh_conform_get (i) != NULL; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "",
                            sh_conform_get_id (sh_conform_get (i)));
  for (char **id = checking->only; id != NULL && *id != NULL; id++)
    if (sh_conform_find (*id) == NULL)
      {
        g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                     "--only=%s: there is no such check; there are %s", *id,
                     known->str);
        return FALSE;
      }
  if (g_file_test (checking->path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "%s: there is no such file%s",
               checking->path,
               g_file_test (checking->path, G_FILE_TEST_IS_DIR)
                   ? ", but a folder"
               : g_file_test (checking->path, G_FILE_TEST_EXISTS)
                   ? ", but a pipe or a device"
                   : "");
  return FALSE;
}

int
sh_cmd_check (int argc, char **argv)
{
  Checking checking = { .timeout =
                            SH_CMD_NUMBER (1, MAX_TIMEOUT, DEFAULT_TIMEOUT) };
  g_autofree char *seed = NULL;
  const GOptionEntry entries[] = {
    { "in-process", 0, 0, G_OPTION_ARG_NONE, &checking.in_process,
      "Run the checks in this process, for a debugger", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &checking.json,
      "Print one JSON object a line", NULL },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &checking.only,
      "Run this check only; may be given again", "CHECK" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &seed,
      "Of the episodes and actions (default: at random)", "NUMBER" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &checking.timeout,
      "How long one call may take (default: 10)", "SECONDS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GHashTable) failed = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) only = NULL;
  g_autoptr (GError) error = NULL;
  gboolean good;
  int status;

  good = sh_cmd_parse (
      &argc, &argv, entries, "FILE.so",
      "Holds a plugin to the rules that a simulator must keep.", &status);
  only = checking.only;
  if (!good)
    return status;
  if (argc > 2)
    return sh_cmd_usage ("check", "'%s' is too much: one file is needed",
                         argv[2]);
  if (argc < 2)
    return sh_cmd_usage ("check", "one file is needed");
  checking.path = argv[1];
  checking.failed = failed;
  sh_log_init ("simhost: ");
  if (!sh_cmd_read_seed (seed, &checking.seed, &error) ||
      !check_flags (&checking, &error) || !run_all (&checking, &error))
    return sh_cmd_fail ("check", error);
  return checking.n[SH_CONFORM_FAIL] == 0 ? SH_EXIT_DONE : SH_EXIT_FAILED;
}

int
sh_cmd_check_one (int argc, char **argv)
{
  const ShConform *check;
  g_autoptr (GError) error = NULL;
  guint64 seed;
  int status;

  if (!sh_cmd_parse (&argc, &argv, NULL, "CHECK SEED FILE.so",
                     "Runs one check for its parent, 'simhost check'.",
                     &status))
    return status;
  if (argc != 4 || (check = sh_conform_find (argv[1])) == NULL)
    return sh_cmd_usage ("check-one", "a check, a seed and a file are needed");
  sh_log_init ("");
  if (!sh_cmd_read_seed (argv[2], &seed, &error) ||
      !sh_conform_answer (check, argv[3], seed, &error))
    return sh_cmd_fail ("check-one", error);
  return SH_EXIT_DONE;
}

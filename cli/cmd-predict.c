/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost predict BRAIN`: plays a stored brain on a simulator, or asks it for
 * actions, a state a line.
 */

#include "cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "play.h"
#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-log.h"
#include "sh-store.h"

/* Bytes in a line of input. */
#define MAX_LINE (1024u * 1024)

#define DEFAULT_EPISODES 10

typedef struct
{
  char *simulator, *seed_text;
  char *render, *render_size; /* NULL: no pictures */
  ShCmdNumber version, n_episodes;
  gboolean from_stdin, json;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->simulator);
  g_free (flags->seed_text);
  g_free (flags->render);
  g_free (flags->render_size);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

/*
 * The next line without its end. FALSE at the end of the input, or with an
 * error.
 */
static gboolean
read_line (FILE *stream, GString *line, GError **error)
{
  int character;

  g_string_truncate (line, 0);
  while ((character = getc_unlocked (stream)) != EOF && character != '\n')
    {
      if (line->len == MAX_LINE)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                       "the line is longer than %u bytes", MAX_LINE);
          return FALSE;
        }
      g_string_append_c (line, (char) character);
    }
  if (ferror (stream))
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "cannot read the input: %s", g_strerror (code));
      return FALSE;
    }
  return character != EOF || line->len > 0;
}

/* Buffers for one prediction after the other. */
typedef struct
{
  ShBrain *brain;
  ShEvaluator *evaluator;
  gpointer state, output;
  float *observation, *action;
  guint8 *mask; /* NULL: all is allowed */
} Predictor;

static void
predictor_init (Predictor *self, ShBrain *brain)
{
  const ShSpace *space = sh_codec_get_space (brain->codec);

  self->brain = brain;
  self->state = g_malloc0 (sh_codec_get_state_table (brain->codec)->size);
  self->output = g_malloc0 (sh_codec_get_output_table (brain->codec)->size);
  self->evaluator = sh_codec_new_evaluator (brain->codec, brain->concept);
  self->observation = g_new0 (float, space->n_observations);
  self->action = g_new0 (float, space->n_actions);
  self->mask = sh_codec_get_mask_size (brain->codec) > 0
                   ? g_malloc (sh_codec_get_mask_size (brain->codec))
                   : NULL;
}

static void
predictor_clear (Predictor *self)
{
  g_free (self->state);
  g_free (self->output);
  sh_evaluator_free (self->evaluator);
  g_free (self->observation);
  g_free (self->action);
  g_free (self->mask);
}

/* One line of JSON to another. */
static gboolean
predict (Predictor *self, GString *line, GError **error)
{
  const ShCodec *codec = self->brain->codec;
  g_autoptr (JsonObject) object =
      sh_json_text_parse_object (line->str, line->len, error);
  gconstpointer input = NULL, taken;

  if (object != NULL &&
      sh_codec_state_from_json (codec, object, self->state, error))
    input = sh_evaluator_see (self->evaluator, self->state, error);
  if (input == NULL ||
      !sh_codec_observe (codec, input, self->observation, error) ||
      !sh_codec_mask (codec, self->evaluator, self->state, self->mask, error))
    return FALSE;
  sh_policy_act_masked (self->brain->policy, SH_ACT_GREEDY, 1,
                        self->observation, self->mask, self->action, NULL,
                        NULL);
  sh_codec_act (codec, self->action, self->output);
  taken = sh_evaluator_act (self->evaluator, self->output, error);
  if (taken == NULL)
    return FALSE;
  g_string_truncate (line, 0);
  sh_codec_action_to_json (codec, taken, line);
  g_string_append_c (line, '\n');
  return TRUE;
}

static gboolean
write_line (const GString *line, GError **error)
{
  int code;

  if (fwrite (line->str, 1, line->len, stdout) == line->len &&
      fflush (stdout) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "cannot write the action: %s", g_strerror (code));
  return FALSE;
}

/* The first bad line ends it: an answer that is left out would put all that
 * follow against the wrong state. */
static int
predict_stdin (ShBrain *brain)
{
  Predictor predictor;
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint64 number = 1;

  predictor_init (&predictor, brain);
  while (read_line (stdin, line, &error) &&
         predict (&predictor, line, &error) && write_line (line, &error))
    number++;
  predictor_clear (&predictor);
  if (error == NULL)
    return SH_EXIT_DONE;

  g_prefix_error (&error, "line %" G_GUINT64_FORMAT ": ", number);
  if (error->domain == SH_ERROR)
    {
      g_autofree char *type =
          sh_type_to_string (brain->concept->state == SH_NO_FUNCTION
                                 ? brain->concept->input
                                 : brain->concept->source.state);
      char *message = g_strdup_printf (
          "%s; each line must be a JSON object with the fields of %s",
          error->message, type);

      g_free (error->message);
      error->message = message;
    }
  sh_cmd_fail ("predict", error);
  return SH_EXIT_FAILED;
}

static gboolean
check_flags (const Flags *flags, GError **error)
{
  const char *wrong = NULL;

  if (!flags->from_stdin && flags->simulator == NULL)
    wrong = "say where states come from: --simulator or --stdin";
  else if (flags->from_stdin && flags->simulator != NULL)
    wrong = "give --simulator or --stdin, not both";
  else if (flags->from_stdin && flags->n_episodes.is_given)
    wrong = "--episodes goes with --simulator";
  else if (flags->from_stdin && flags->seed_text != NULL)
    wrong = "--seed goes with --simulator";
  else if (flags->render != NULL && flags->from_stdin)
    wrong = "--render draws a simulator: it goes with --simulator";
  else if (flags->render_size != NULL && flags->render == NULL)
    wrong = "--render-size goes with --render";
  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE, wrong);
  return FALSE;
}

int
sh_cmd_predict (int argc, char **argv)
{
  g_auto (Flags)
      flags = { .version = SH_CMD_NUMBER (1, G_MAXINT, 0),
                .n_episodes = SH_CMD_NUMBER (1, G_MAXINT, DEFAULT_EPISODES) };
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_INT, &flags.version,
      "Version of the brain (default: the highest)", "N" },
    { "simulator", 0, 0, G_OPTION_ARG_STRING, &flags.simulator,
      "Play the brain on this simulator or file, and report returns",
      "NAME|FILE.so" },
    { "episodes", 0, 0, G_OPTION_ARG_INT, &flags.n_episodes,
      "With --simulator: how many episodes (default: 10)", "COUNT" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &flags.seed_text,
      "With --simulator: of the first episode, the next has one more "
      "(default: at random)",
      "NUMBER" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "With --simulator: one JSON object a line", NULL },
    { "render", 0, 0, G_OPTION_ARG_FILENAME, &flags.render,
      "With --simulator: draw the episodes into an animated GIF, or into PNG "
      "files in a folder",
      "FILE.gif|DIR" },
    { "render-size", 0, 0, G_OPTION_ARG_STRING, &flags.render_size,
      "With --render: pixels (default: as the simulator prefers)",
      "WIDTHxHEIGHT" },
    { "stdin", 0, 0, G_OPTION_ARG_NONE, &flags.from_stdin,
      "Read a state a line (JSON), write an action a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (ShStore) store = NULL;
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (ShPictures) pictures = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  guint64 seed = 0;
  guint version;
  int status;

  sh_log_init ("simhost: predict: ");
  if (!sh_cmd_parse (&argc, &argv, entries, "BRAIN",
                     "Plays a trained brain on a simulator, or asks it for "
                     "actions. BRAIN is NAME or\nNAME:VERSION.",
                     &status))
    return status;
  if (argc > 2)
    return sh_cmd_usage (
        "predict", "'%s' is too much: give the name of one brain", argv[2]);
  if (argc < 2)
    return sh_cmd_usage ("predict", "give the name of one brain");
  if (!check_flags (&flags, &error) ||
      !sh_cmd_read_seed (flags.seed_text, &seed, &error))
    return sh_cmd_usage ("predict", "%s", error->message);
  version = (guint) flags.version.value;
  if (!sh_cmd_read_brain (argv[1], &name, &version, &error))
    return sh_cmd_usage ("predict", "%s", error->message);

  /* Whoever reads the answers may leave. */
  signal (SIGPIPE, SIG_IGN);
  store = sh_store_new (NULL);
  brain = sh_store_load_whole (store, name, version, &error);
  if (brain == NULL)
    return sh_cmd_fail ("predict", error);
  if (flags.from_stdin)
    return predict_stdin (brain);
  if (flags.render != NULL)
    {
      /* A file that grows too large is an error of writing. */
      signal (SIGXFSZ, SIG_IGN);
      pictures = sh_pictures_new (flags.render, flags.render_size,
                                  (guint) flags.n_episodes.value, &error);
      if (pictures == NULL)
        return sh_cmd_fail ("predict", error);
    }
  if (!sh_play (store, brain, flags.simulator, (guint) flags.n_episodes.value,
                seed, flags.json, pictures, &error))
    return sh_cmd_fail ("predict", error);
  return SH_EXIT_DONE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * simhost predict: asks a stored brain for actions.
 */

#include "cmd.h"

#include <errno.h>
#include <stdio.h>

#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-store.h"

/* Bytes in a line of input. */
#define MAX_LINE (1024u * 1024)

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
  gpointer state, values;
  float *observation, *action;
} Predictor;

static void
predictor_init (Predictor *self, ShBrain *brain)
{
  const ShSpace *space = sh_codec_get_space (brain->codec);

  self->brain = brain;
  self->state = g_malloc0 (sh_codec_get_state_table (brain->codec)->size);
  self->values = g_malloc0 (sh_codec_get_action_table (brain->codec)->size);
  self->observation = g_new0 (float, space->n_observations);
  self->action = g_new0 (float, space->n_actions);
}

static void
predictor_clear (Predictor *self)
{
  g_free (self->state);
  g_free (self->values);
  g_free (self->observation);
  g_free (self->action);
}

/* One line of JSON to another. */
static gboolean
predict (Predictor *self, GString *line, GError **error)
{
  const ShCodec *codec = self->brain->codec;
  g_autoptr (JsonObject) object =
      sh_json_text_parse_object (line->str, line->len, error);

  if (object == NULL ||
      !sh_codec_state_from_json (codec, object, self->state, error) ||
      !sh_codec_observe (codec, self->state, self->observation, error))
    return FALSE;
  sh_policy_act (self->brain->policy, SH_ACT_GREEDY, 1, self->observation,
                 self->action, NULL, NULL);
  sh_codec_act (codec, self->action, self->values);
  g_string_truncate (line, 0);
  sh_codec_action_to_json (codec, self->values, line);
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
      g_autofree char *type = sh_type_to_string (brain->concept->input);
      char *message = g_strdup_printf (
          "%s; each line must be a JSON object with the fields of %s",
          error->message, type);

      g_free (error->message);
      error->message = message;
    }
  sh_cmd_fail ("predict", error);
  return SH_EXIT_FAILED;
}

int
sh_cmd_predict (int argc, char **argv)
{
  int version = 0;
  gboolean from_stdin = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_INT, &version,
      "Version of the brain (default: the highest)", "N" },
    { "stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin,
      "Read a state a line (JSON), write an action a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (ShStore) store = NULL;
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "BRAIN",
                     "Asks a trained brain for actions.", &status))
    return status;
  if (argc != 2)
    return sh_cmd_usage ("predict", "give the name of one brain");
  if (version < 0)
    return sh_cmd_usage ("predict", "a version is a number from 1");
  if (!from_stdin)
    return sh_cmd_usage ("predict", "say where states come from: --stdin");

  store = sh_store_new (NULL);
  brain = sh_store_load (store, argv[1], (guint) version, &error);
  if (brain == NULL)
    return sh_cmd_fail ("predict", error);
  return predict_stdin (brain);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-recording.h"

#include <string.h>
#include <time.h>

#include "sh-record-message.h"
#include "sh-table.h"

/* Of the smoothed rates. */
#define NEW_PART 0.9
#define OLD_PART 0.1

typedef enum
{
  CONFIG,
  ACTION,
  STATE,
  N_PARTS
} PartId;

static const char *const prefixes[] = { "config", "action", "state" };

/* One schema of the engine, field by field. */
typedef struct
{
  guint n_fields;
  ShSchema *schema;
  int *columns; /* -1: none */
  const SimhostField **fields; /* the simulator's; NULL: it lacks it */
  gboolean lacks; /* at least one */
  ShRecordCell *cells; /* as the engine sent them */
} Part;

/* Columns behind those of the schemas. */
typedef enum
{
  REWARD,
  TERMINAL,
  TIME,
  SIMULATOR,
  PREDICT,
  SIM_ID,
  EPISODE_REWARD,
  EPISODE_COUNT,
  EPISODE_RATE,
  ITERATION_COUNT,
  ITERATION_RATE,
  N_FIXED
} Fixed;

static const struct
{
  const char *prefix, *key;
} fixed_names[] = {
  [REWARD] = { NULL, "reward" },
  [TERMINAL] = { NULL, "terminal" },
  [TIME] = { NULL, "time" },
  [SIMULATOR] = { NULL, "simulator" },
  [PREDICT] = { NULL, "predict" },
  [SIM_ID] = { NULL, "sim_id" },
  [EPISODE_REWARD] = { "statistics", "episode_reward" },
  [EPISODE_COUNT] = { "statistics", "episode_count" },
  [EPISODE_RATE] = { "statistics", "episode_rate" },
  [ITERATION_COUNT] = { "statistics", "iteration_count" },
  [ITERATION_RATE] = { "statistics", "iteration_rate" },
};

/* How often something happens. */
typedef struct
{
  guint64 count;
  double rate;
} Rate;

typedef struct
{
  char *key;
  double value;
} Own;

struct ShRecording
{
  ShRecorder *recorder;
  const SimhostSimulator *simulator;
  char *name;
  gboolean predict;
  guint32 sim_id;

  Part parts[N_PARTS];
  guint fixed[N_FIXED];
  GByteArray *config;
  gboolean configured;
  GArray *own; /* Own */

  gboolean rates_run; /* since `rates_start`, in microseconds */
  gint64 rates_start;
  Rate episodes, iterations;
  double reward; /* of the episode so far */
  gboolean any_reward;
  guint64 n_episodes, n_iterations;

  time_t second; /* which `time` shows */
  char time[sizeof "YYYY-MM-DD HH:MM:SS" + 16];
};

static void
own_clear (gpointer data)
{
  g_free (((Own *) data)->key);
}

ShRecording *
sh_recording_new (ShRecorder *recorder,
                  const SimhostSimulator *simulator,
                  const char *name,
                  gboolean predict)
{
  ShRecording *recording = g_new0 (ShRecording, 1);

  recording->recorder = recorder;
  recording->simulator = simulator;
  recording->name = g_utf8_make_valid (name, -1);
  recording->predict = predict;
  recording->config = g_byte_array_new ();
  recording->own = g_array_new (FALSE, FALSE, sizeof (Own));
  g_array_set_clear_func (recording->own, own_clear);
  return recording;
}

static void
part_clear (Part *part)
{
  g_clear_pointer (&part->schema, sh_schema_unref);
  g_clear_pointer (&part->columns, g_free);
  g_clear_pointer (&part->fields, g_free);
  g_clear_pointer (&part->cells, g_free);
  part->n_fields = 0;
  part->lacks = FALSE;
}

void
sh_recording_free (ShRecording *recording)
{
  if (recording == NULL)
    return;
  for (guint i = 0; i < N_PARTS; i++)
    part_clear (&recording->parts[i]);
  g_byte_array_unref (recording->config);
  g_array_unref (recording->own);
  g_free (recording->name);
  g_free (recording);
}

void
sh_recording_connect (ShRecording *recording)
{
  g_byte_array_set_size (recording->config, 0);
  recording->configured = FALSE;
  recording->rates_run = FALSE;
  g_array_set_size (recording->own, 0);
}

/* ---- columns ---- */

static const SimhostSchema *
get_table (const ShRecording *recording, PartId id)
{
  switch (id)
    {
    case CONFIG:
      return &recording->simulator->config;
    case ACTION:
      return &recording->simulator->action;
    case STATE:
    case N_PARTS:
    default:
      return &recording->simulator->state;
    }
}

static void
set_schema (ShRecording *recording,
            PartId id,
            ShSchema *schema,
            gboolean enable)
{
  Part *part = &recording->parts[id];
  const SimhostSchema *table = get_table (recording, id);

  part_clear (part);
  part->schema = sh_schema_ref (schema);
  part->n_fields = schema->n_fields;
  part->columns = g_new (int, schema->n_fields);
  part->fields = g_new (const SimhostField *, schema->n_fields);
  part->cells = g_new (ShRecordCell, schema->n_fields);
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const char *name = schema->fields[i].name;

      part->columns[i] =
          enable ? (int) sh_recorder_enable (recording->recorder, prefixes[id],
                                             name)
                 : sh_recorder_find (recording->recorder, prefixes[id], name);
      part->fields[i] = sh_table_find (table, name);
      part->lacks |= part->fields[i] == NULL;
    }
}

void
sh_recording_register (ShRecording *recording,
                       ShSchema *config,
                       ShSchema *action,
                       ShSchema *state,
                       guint32 sim_id)
{
  set_schema (recording, CONFIG, config, TRUE);
  set_schema (recording, ACTION, action, TRUE);
  set_schema (recording, STATE, state, TRUE);
  for (guint i = 0; i < N_FIXED; i++)
    recording->fixed[i] = sh_recorder_enable (
        recording->recorder, fixed_names[i].prefix, fixed_names[i].key);
  recording->sim_id = sim_id;
}

void
sh_recording_set_action_schema (ShRecording *recording, ShSchema *action)
{
  set_schema (recording, ACTION, action, FALSE);
}

void
sh_recording_configure (ShRecording *recording, const guint8 *data, gsize size)
{
  g_byte_array_set_size (recording->config, 0);
  g_byte_array_append (recording->config, data, (guint) size);
  recording->configured = TRUE;
}

void
sh_recording_add (ShRecording *recording, const char *key, double value)
{
  Own own = { NULL, value };

  for (guint i = 0; i < recording->own->len; i++)
    {
      Own *known = &g_array_index (recording->own, Own, i);

      if (strcmp (known->key, key) == 0)
        {
          known->value = value;
          return;
        }
    }
  if (recording->own->len > SH_RECORDER_MAX_OWN)
    return;
  own.key = g_strndup (key, SH_RECORDER_MAX_KEY + 1);
  g_array_append_val (recording->own, own);
}

/* ---- rows ---- */

static void
set (ShRecording *recording, int column, ShRecordCell cell)
{
  if (column >= 0)
    sh_recorder_set (recording->recorder, (guint) column, &cell);
}

static void
set_fixed (ShRecording *recording, Fixed column, ShRecordCell cell)
{
  set (recording, (int) recording->fixed[column], cell);
}

/* `values` is the simulator's struct, `data` the engine's message. */
static void
set_part (ShRecording *recording,
          PartId id,
          gconstpointer values,
          const guint8 *data,
          gsize size)
{
  Part *part = &recording->parts[id];

  if (part->lacks)
    sh_record_read_message (part->schema, data, size, part->cells);
  for (guint i = 0; i < part->n_fields; i++)
    set (recording, part->columns[i],
         part->fields[i] != NULL
             ? sh_record_cell_from_field (part->fields[i], values)
             : part->cells[i]);
}

static const char *
show_time (ShRecording *recording)
{
  time_t now = time (NULL);
  struct tm local;

  if (now == recording->second)
    return recording->time;
  recording->second = now;
  localtime_r (&now, &local);
  g_snprintf (recording->time, sizeof recording->time,
              "%04d-%02d-%02d %02d:%02d:%02d", local.tm_year + 1900,
              local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
              local.tm_sec);
  return recording->time;
}

static gint64
whole (double rate)
{
  return rate < (double) G_MAXINT ? (gint64) rate : G_MAXINT;
}

static void
set_statistics (ShRecording *recording)
{
  /* It begins as a whole number, to which a step adds a float. */
  set_fixed (recording, EPISODE_REWARD,
             recording->any_reward
                 ? sh_record_cell_from_double (recording->reward)
                 : sh_record_cell_from_int (0));
  set_fixed (recording, EPISODE_COUNT,
             sh_record_cell_from_int ((gint64) recording->n_episodes));
  set_fixed (recording, EPISODE_RATE,
             sh_record_cell_from_int (whole (recording->episodes.rate)));
  set_fixed (recording, ITERATION_COUNT,
             sh_record_cell_from_int ((gint64) recording->n_iterations));
  set_fixed (recording, ITERATION_RATE,
             sh_record_cell_from_int (whole (recording->iterations.rate)));
}

static void
set_own (ShRecording *recording)
{
  for (guint i = 0; i < recording->own->len; i++)
    {
      const Own *own = &g_array_index (recording->own, Own, i);

      set (recording, sh_recorder_enable_own (recording->recorder, own->key),
           sh_record_cell_from_double (own->value));
    }
}

static gboolean
write_row (ShRecording *recording, gconstpointer state, GError **error)
{
  gboolean done;

  set_part (recording, STATE, state, NULL, 0);
  set_fixed (recording, TIME, sh_record_cell_from_text (show_time (recording)));
  set_fixed (recording, SIMULATOR, sh_record_cell_from_text (recording->name));
  set_fixed (recording, PREDICT, sh_record_cell_from_bool (recording->predict));
  set_fixed (recording, SIM_ID, sh_record_cell_from_int (recording->sim_id));
  set_statistics (recording);
  set_own (recording);
  done = sh_recorder_write_row (recording->recorder, error);
  g_array_set_size (recording->own, 0);
  return done;
}

static void
count (ShRecording *recording, Rate *rate)
{
  double seconds = (double) (g_get_monotonic_time () - recording->rates_start) /
                   G_USEC_PER_SEC;

  rate->count++;
  if (seconds > 0)
    rate->rate =
        NEW_PART * ((double) rate->count / seconds) + OLD_PART * rate->rate;
}

gboolean
sh_recording_started (ShRecording *recording,
                      gconstpointer config,
                      gconstpointer state,
                      GError **error)
{
  if (!recording->rates_run)
    {
      recording->rates_run = TRUE;
      recording->rates_start = g_get_monotonic_time ();
      recording->episodes = recording->iterations = (Rate){ 0 };
    }
  recording->reward = 0;
  recording->any_reward = FALSE;
  recording->n_iterations = 0;
  if (recording->configured)
    set_part (recording, CONFIG, config, recording->config->data,
              recording->config->len);
  return write_row (recording, state, error);
}

gboolean
sh_recording_simulated (ShRecording *recording,
                        const guint8 *data,
                        gsize size,
                        gconstpointer action,
                        gconstpointer state,
                        double reward,
                        gboolean terminal,
                        GError **error)
{
  recording->n_iterations++;
  recording->reward += reward;
  recording->any_reward = TRUE;
  count (recording, &recording->iterations);
  set_part (recording, ACTION, action, data, size);
  set_fixed (recording, REWARD, sh_record_cell_from_double (reward));
  set_fixed (recording, TERMINAL, sh_record_cell_from_bool (terminal));
  return write_row (recording, state, error);
}

void
sh_recording_finished (ShRecording *recording)
{
  recording->n_episodes++;
  count (recording, &recording->episodes);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-fact.h"

#include <math.h>
#include <string.h>

#include "sh-tick.h"

static const ShFact simulator_facts[] = {
  { "Shadowed", "Hidden by one of this name in an earlier folder",
    SH_FORMAT_YES },
  { "Rewards", "Rewards", SH_FORMAT_LIST },
  { "DefaultReward", "Default reward", SH_FORMAT_TEXT },
  { "Flags", "Kind", SH_FORMAT_LIST },
  { "Extensions", "Extensions", SH_FORMAT_LIST },
};

static const ShFact plugin_facts[] = {
  { "File", "File", SH_FORMAT_PATH },
  { "State", "State", SH_FORMAT_STATE },
  { "Name", "Name", SH_FORMAT_TEXT },
  { "PluginVersion", "Version", SH_FORMAT_TEXT },
  { "Vendor", "Vendor", SH_FORMAT_TEXT },
  { "License", "License", SH_FORMAT_TEXT },
  { "Homepage", "Homepage", SH_FORMAT_TEXT },
};

static const ShFact session_facts[] = {
  { "State", "State", SH_FORMAT_STATE },
  { "Simulator", "Simulator", SH_FORMAT_TEXT },
  { "Mode", "Mode", SH_FORMAT_STATE },
  { "Engine", "Engine", SH_FORMAT_TEXT },
  { "Brain", "Brain", SH_FORMAT_TEXT },
  { "BrainVersion", "Brain version", SH_FORMAT_SOME },
  { "Objective", "Objective", SH_FORMAT_TEXT },
  { "Instances", "Instances", SH_FORMAT_COUNT },
  { "Connected", "Connected", SH_FORMAT_COUNT },
  { "IterationCount", "Iterations", SH_FORMAT_COUNT },
  { "IterationRate", "Iteration rate", SH_FORMAT_RATE },
  { "EpisodeCount", "Episodes", SH_FORMAT_COUNT },
  { "EpisodeRate", "Episode rate", SH_FORMAT_RATE },
  { "LastReturn", "Last return", SH_FORMAT_NUMBER },
  { "MeanReturn", "Mean return, last 100 episodes", SH_FORMAT_NUMBER },
  { "Reconnects", "Reconnects", SH_FORMAT_COUNT },
  { "Restarts", "Restarts", SH_FORMAT_COUNT },
  { "Restart", "Restarted", SH_FORMAT_STATE },
  { "LastErrorTime", "Last error at", SH_FORMAT_TIME },
  { "Pid", "Process", SH_FORMAT_SOME },
  { "Memory", "Memory", SH_FORMAT_BYTES },
  { "StartTime", "Started", SH_FORMAT_TIME },
  { "SimIds", "Simulator IDs", SH_FORMAT_LIST },
  { "Configured", "From simhost.conf", SH_FORMAT_YES },
};

static const ShFact brain_facts[] = {
  { "State", "State", SH_FORMAT_STATE },
  { "Version", "Newest version", SH_FORMAT_SOME },
  { "Simulator", "Simulator", SH_FORMAT_TEXT },
  { "Algorithm", "Algorithm", SH_FORMAT_TEXT },
  { "MeanReturn", "Mean return", SH_FORMAT_NUMBER },
  { "SuccessRate", "Success", SH_FORMAT_SHARE },
  { "Progress", "Lessons done", SH_FORMAT_SHARE },
  { "Iterations", "Iterations", SH_FORMAT_COUNT },
  { "Episodes", "Episodes", SH_FORMAT_COUNT },
  { "SaveTime", "Saved", SH_FORMAT_TIME },
};

static const ShFact run_facts[] = {
  { "State", "State", SH_FORMAT_STATE },
  { "Reason", "Ended by", SH_FORMAT_STATE },
  { "Lesson", "Lesson", SH_FORMAT_TEXT },
  { "Progress", "Lessons done", SH_FORMAT_SHARE },
  { "MeanReturn", "Mean return", SH_FORMAT_NUMBER },
  { "SuccessRate", "Success", SH_FORMAT_SHARE },
  { "Iterations", "Iterations", SH_FORMAT_COUNT },
  { "IterationRate", "Iteration rate", SH_FORMAT_RATE },
  { "Episodes", "Episodes", SH_FORMAT_COUNT },
  { "Simulator", "Simulator", SH_FORMAT_TEXT },
  { "Algorithm", "Algorithm", SH_FORMAT_TEXT },
  { "Version", "Version", SH_FORMAT_SOME },
  { "Seed", "Seed", SH_FORMAT_COUNT },
  { "Muscles", "Muscles", SH_FORMAT_COUNT },
  { "Pid", "Process", SH_FORMAT_SOME },
  { "StartTime", "Started", SH_FORMAT_TIME },
  { "EndTime", "Ended", SH_FORMAT_TIME },
};

#define FACTS(table)                                                           \
  {                                                                            \
    table, G_N_ELEMENTS (table)                                                \
  }

static const struct
{
  const ShFact *facts;
  guint n_facts;
} tables[SH_ITEM_N_KINDS] = {
  [SH_ITEM_SIMULATOR] = FACTS (simulator_facts),
  [SH_ITEM_PLUGIN] = FACTS (plugin_facts),
  [SH_ITEM_SESSION] = FACTS (session_facts),
  [SH_ITEM_BRAIN] = FACTS (brain_facts),
  [SH_ITEM_RUN] = FACTS (run_facts),
};

const ShFact *
sh_facts_get (ShItemKind kind, guint *n_facts)
{
  g_return_val_if_fail (kind < SH_ITEM_N_KINDS, NULL);

  *n_facts = tables[kind].n_facts;
  return tables[kind].facts;
}

/* "curriculum-met" as "Curriculum met". */
static char *
state_text (const char *state)
{
  g_autofree char *first =
      g_utf8_substring (state, 0, MIN (1, g_utf8_strlen (state, -1)));
  g_autofree char *large = g_utf8_strup (first, -1);

  return g_strdelimit (g_strconcat (large, state + strlen (first), NULL), "-",
                       ' ');
}

static char *
time_text (double microseconds)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;

  if (!(microseconds > 0) || microseconds > 1e17)
    return NULL;
  utc = g_date_time_new_from_unix_utc ((gint64) (microseconds / 1e6));
  local = utc == NULL ? NULL : g_date_time_to_local (utc);
  return local == NULL ? NULL : g_date_time_format (local, "%x %X");
}

static char *
text_of_number (ShFormat format, double number)
{
  g_autofree char *text = NULL;

  if (isnan (number))
    return NULL;
  switch (format)
    {
    case SH_FORMAT_SOME:
      return number > 0 ? g_strdup_printf ("%.0f", number) : NULL;
    case SH_FORMAT_COUNT:
      return sh_count_text (number);
    case SH_FORMAT_NUMBER:
      return sh_number_text (number);
    case SH_FORMAT_RATE:
      text = sh_number_text (number);
      return g_strdup_printf ("%s/s", text);
    case SH_FORMAT_SHARE:
      text = sh_number_text (round (number * 1000) / 10);
      return g_strdup_printf ("%s\xe2\x80\xaf%%", text);
    case SH_FORMAT_BYTES:
      return number > 0 && number < 1e18 ? g_format_size ((guint64) number)
                                         : NULL;
    case SH_FORMAT_TIME:
      return time_text (number);
    default:
      return NULL;
    }
}

char *
sh_fact_dup_text (const ShFact *fact, ShItem *item)
{
  g_auto (GStrv) strings = NULL;
  const char *text;

  g_return_val_if_fail (fact != NULL && SH_IS_ITEM (item), NULL);

  switch (fact->format)
    {
    case SH_FORMAT_TEXT:
    case SH_FORMAT_PATH:
    case SH_FORMAT_STATE:
      text = sh_item_get_text (item, fact->property);
      if (text[0] == '\0')
        return NULL;
      if (fact->format == SH_FORMAT_PATH)
        return sh_path_text (text);
      return fact->format == SH_FORMAT_STATE ? state_text (text)
                                             : g_strdup (text);
    case SH_FORMAT_LIST:
      strings = sh_item_dup_strings (item, fact->property);
      return strings[0] == NULL ? NULL : g_strjoinv (", ", strings);
    case SH_FORMAT_YES:
      return sh_item_get_flag (item, fact->property) ? g_strdup ("Yes") : NULL;
    default:
      return text_of_number (fact->format,
                             sh_item_get_number (item, fact->property));
    }
}

/* Why a plugin failed, without the file's path, which is told beside it. */
static const char *
get_reason (ShItem *item)
{
  const char *failure = sh_item_get_text (item, "Failure");
  const char *file = sh_item_get_text (item, "File");

  if (g_str_has_prefix (failure, file) &&
      g_str_has_prefix (failure + strlen (file), ": "))
    return failure + strlen (file) + 2;
  return failure;
}

char *
sh_item_dup_summary (ShItem *item)
{
  g_autofree char *state = NULL;
  g_autofree char *mean = NULL;
  double number;

  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  switch (sh_item_get_kind (item))
    {
    case SH_ITEM_SIMULATOR:
      if (sh_item_get_flag (item, "Shadowed"))
        return g_strdup ("Hidden by one in an earlier folder");
      return g_strdup (sh_item_get_text (item, "Description"));
    case SH_ITEM_PLUGIN:
      return g_strdup (get_reason (item));
    default:
      state = state_text (sh_item_get_text (item, "State"));
      number = sh_item_get_number (item, "MeanReturn");
      if (isnan (number))
        return g_steal_pointer (&state);
      mean = sh_number_text (number);
      return g_strdup_printf ("%s, mean return %s", state, mean);
    }
}

gboolean
sh_item_matches (ShItem *item, const char *text)
{
  g_autofree char *needle = g_utf8_casefold (text, -1);
  g_autofree char *summary = sh_item_dup_summary (item);
  g_autofree char *hay =
      g_strconcat (sh_item_get_name (item), "\n", summary, NULL);
  g_autofree char *folded = g_utf8_casefold (hay, -1);

  return strstr (folded, needle) != NULL;
}

const char *
sh_item_get_problem (ShItem *item)
{
  static const char *const properties[SH_ITEM_N_KINDS] = {
    [SH_ITEM_SESSION] = "LastError",
    [SH_ITEM_BRAIN] = "Error",
    [SH_ITEM_RUN] = "Message",
  };
  const char *property = properties[sh_item_get_kind (item)];

  if (sh_item_get_kind (item) == SH_ITEM_PLUGIN)
    return get_reason (item);
  return property == NULL ? "" : sh_item_get_text (item, property);
}

/* ---- verbs ---- */

typedef struct
{
  ShItemKind kind;
  ShVerb verb;
  const char *label;
  const char *states; /* in which it can be done, between spaces; NULL: any */
} VerbRow;

static const VerbRow verbs[] = {
  { SH_ITEM_SIMULATOR, SH_VERB_TRAIN, "Train a Brain\xe2\x80\xa6", NULL },
  { SH_ITEM_SIMULATOR, SH_VERB_START_SESSION, "Start a Session\xe2\x80\xa6",
    NULL },
  { SH_ITEM_PLUGIN, SH_VERB_RESCAN, "Look Again", NULL },
  { SH_ITEM_SESSION, SH_VERB_START, "Start", " stopped finished failed " },
  { SH_ITEM_SESSION, SH_VERB_STOP, "Stop",
    " waiting starting connecting running restarting " },
  { SH_ITEM_SESSION, SH_VERB_RESTART, "Restart",
    " starting connecting running " },
  { SH_ITEM_SESSION, SH_VERB_DELETE, "Delete\xe2\x80\xa6", NULL },
  { SH_ITEM_BRAIN, SH_VERB_TRAIN, "Train Further", NULL },
  { SH_ITEM_BRAIN, SH_VERB_STOP, "Stop Training", NULL },
  { SH_ITEM_BRAIN, SH_VERB_DELETE, "Delete\xe2\x80\xa6", NULL },
  { SH_ITEM_RUN, SH_VERB_STOP, "Stop Training", " starting running " },
};

static const VerbRow *
find_verb (ShVerb verb, ShItem *item)
{
  ShItemKind kind = sh_item_get_kind (item);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (verbs[i].kind == kind && verbs[i].verb == verb)
      return &verbs[i];
  return NULL;
}

const char *
sh_verb_get_label (ShVerb verb, ShItem *item)
{
  const VerbRow *row;

  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  row = find_verb (verb, item);
  return row == NULL ? NULL : row->label;
}

gboolean
sh_verb_is_allowed (ShVerb verb, ShItem *item)
{
  const VerbRow *row;
  g_autofree char *state = NULL;

  g_return_val_if_fail (SH_IS_ITEM (item), FALSE);

  row = find_verb (verb, item);
  if (row == NULL)
    return FALSE;
  switch (row->kind)
    {
    case SH_ITEM_SIMULATOR:
      return !sh_item_get_flag (item, "Shadowed");
    case SH_ITEM_BRAIN:
      /* While it is trained it can only be stopped. */
      if (strlen (sh_item_get_text (item, "Run")) > 1)
        return verb == SH_VERB_STOP;
      if (verb == SH_VERB_TRAIN)
        return sh_item_get_number (item, "Version") > 0;
      return verb == SH_VERB_DELETE;
    default:
      if (verb == SH_VERB_DELETE)
        return !sh_item_get_flag (item, "Configured");
      if (row->states == NULL)
        return TRUE;
      state = g_strdup_printf (" %s ", sh_item_get_text (item, "State"));
      return strstr (row->states, state) != NULL;
    }
}

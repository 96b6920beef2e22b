/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Muscles that come and go while a run goes on. One that joins is set up beside
 * the rounds and takes part from the next one on; one that leaves plays its open
 * episodes to their ends, for as long as it is let.
 */

#include "sh-conductor-private.h"

#include "sh-error.h"

static void
tell_changed (ShConductor *self, const GError *error)
{
  if (self->changed != NULL)
    self->changed (self, error, self->changed_data);
}

/* ---- members ---- */

void
sh_member_free (gpointer data)
{
  ShMember *member = data;

  sh_muscle_free (member->muscle);
  g_free (member);
}

static void
join_rounds (ShConductor *self, ShMember *member)
{
  member->state = SH_CONDUCTOR_MUSCLE_PLAYING;
  if (member->joined > 0)
    sh_muscle_join (member->muscle);
  member->source =
      sh_replayer_add (self->replayer, sh_muscle_get_rows (member->muscle),
                       member->first_instance, member->n_instances,
                       (guint64) member->joined * SH_MUSCLE_EPISODES);
}

gboolean
sh_conductor_add_member (ShConductor *self,
                         guint first_instance,
                         guint n_instances,
                         guint joined,
                         GError **error)
{
  ShCodec *codec = sh_run_get_codec (self->run);
  const ShConcept *concept = sh_run_get_concept (self->run);
  ShMember *member = g_new0 (ShMember, 1);

  member->conductor = self;
  member->number = ++self->n_numbers;
  member->joined = joined;
  member->first_instance = first_instance;
  member->n_instances = n_instances;
  member->muscle = sh_muscle_new (
      &(ShMuscleOptions){
          .run = concept->name,
          .number = member->number,
          .file = self->file,
          .simulator = self->simulator,
          .program = sh_run_get_program (self->run)->text,
          .program_file = sh_run_get_program (self->run)->file,
          .concept = sh_run_get_concept (self->run)->place,
          .policy = sh_run_get_policy (self->run),
          .before = sh_codec_get_policies (codec),
          .space = sh_codec_get_space (codec),
          .mask_size = sh_codec_get_mask_size (codec),
          .n_objectives = concept->n_objectives,
          .n_instances = n_instances,
          .first_instance = first_instance,
          .n_all = self->n_all,
          .joined = joined,
          .n_steps = self->n_steps,
          .patient = self->members->len + 1 < g_get_num_processors (),
          .seed = self->seed,
          .call_deadline = self->call_deadline,
          .restarts = &self->restarts,
      },
      &sh_conductor_muscle_funcs, member, error);
  if (member->muscle == NULL)
    {
      g_free (member);
      return FALSE;
    }
  g_ptr_array_add (self->members, member);
  if (joined == 0)
    join_rounds (self, member);
  return TRUE;
}

static gboolean
on_sweep (gpointer data)
{
  ShConductor *self = data;

  self->sweep = 0;
  for (guint i = self->members->len; i > 0; i--)
    {
      const ShMember *member = self->members->pdata[i - 1];

      if (sh_muscle_get_state (member->muscle) == SH_MUSCLE_GONE)
        g_ptr_array_remove_index (self->members, i - 1);
    }
  tell_changed (self, NULL);
  return G_SOURCE_REMOVE;
}

/* It takes no part in rounds any more, and ends. */
static void
let_go (ShConductor *self, ShMember *member)
{
  if (member->source != NULL)
    sh_replayer_remove (self->replayer, member->source);
  member->source = NULL;
  member->state = SH_CONDUCTOR_MUSCLE_GOING;
  sh_muscle_finish (member->muscle);
}

/* ---- between two phases ---- */

static gboolean
has_left (const ShMember *member)
{
  return sh_replayer_source_is_idle (member->source) ||
         g_get_monotonic_time () >= member->leave_deadline;
}

/* Tests are shared by those that play now. */
static guint
share_tests (ShConductor *self)
{
  guint n_all = 0, first = 0, n_playing = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      const ShMember *member = self->members->pdata[i];

      n_all += sh_member_plays (member) ? member->n_instances : 0;
    }
  for (guint i = 0; i < self->members->len; i++)
    {
      const ShMember *member = self->members->pdata[i];

      if (!sh_member_plays (member))
        continue;
      sh_muscle_set_share (member->muscle, first, n_all);
      first += member->n_instances;
      n_playing++;
    }
  return n_playing;
}

guint
sh_conductor_change_team (ShConductor *self, gboolean before_test)
{
  gboolean joined = FALSE;

  for (guint i = 0; i < self->members->len; i++)
    {
      ShMember *member = self->members->pdata[i];

      if (member->state == SH_CONDUCTOR_MUSCLE_JOINING &&
          sh_muscle_get_state (member->muscle) == SH_MUSCLE_READY)
        {
          join_rounds (self, member);
          joined = TRUE;
        }
      else if (member->state == SH_CONDUCTOR_MUSCLE_LEAVING &&
               (before_test || has_left (member)))
        let_go (self, member);
    }
  if (joined)
    tell_changed (self, NULL);
  return share_tests (self);
}

/* ---- what they say ---- */

gboolean
sh_conductor_take_ready (ShConductor *self, ShMember *member)
{
  if (sh_member_plays (member))
    return FALSE;
  if (member->state == SH_CONDUCTOR_MUSCLE_JOINING &&
      self->phase == SH_PHASE_REST)
    sh_conductor_go_on (self);
  return TRUE;
}

/* Whoever was leaving has left. */
gboolean
sh_conductor_take_lost (ShConductor *self, ShMember *member)
{
  if (!sh_member_plays (member))
    return TRUE;
  if (member->state == SH_CONDUCTOR_MUSCLE_LEAVING)
    let_go (self, member);
  return FALSE;
}

gboolean
sh_conductor_take_gone (ShConductor *self,
                        ShMember *member,
                        const GError *error)
{
  const gboolean joining = member->state == SH_CONDUCTOR_MUSCLE_JOINING;

  if (sh_member_plays (member))
    return FALSE;
  if (self->sweep == 0)
    self->sweep = g_idle_add (on_sweep, self);
  member->state = SH_CONDUCTOR_MUSCLE_GOING;
  if (error != NULL)
    g_warning ("muscle %u: %s", member->number, error->message);
  if (error != NULL && joining)
    tell_changed (self, error);
  return TRUE;
}

/* ---- changes ---- */

static gboolean
stays (const ShMember *member)
{
  return member->state == SH_CONDUCTOR_MUSCLE_JOINING ||
         member->state == SH_CONDUCTOR_MUSCLE_PLAYING;
}

guint
sh_conductor_get_n_staying (const ShConductor *conductor)
{
  guint n = 0;

  for (guint i = 0; i < conductor->members->len; i++)
    n += stays (conductor->members->pdata[i]) ? 1 : 0;
  return n;
}

gboolean
sh_conductor_is_settled (const ShConductor *conductor)
{
  for (guint i = 0; i < conductor->members->len; i++)
    {
      const ShMember *member = conductor->members->pdata[i];

      if (member->state != SH_CONDUCTOR_MUSCLE_PLAYING)
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_one (ShConductor *self, GError **error)
{
  if (self->members->len < SH_CONDUCTOR_MAX_MUSCLES &&
      self->n_joined < SH_MUSCLE_MAX_JOINED)
    return sh_conductor_add_member (self, 0, self->n_each, ++self->n_joined,
                                    error);
  g_set_error (
      error, SH_ERROR, SH_ERROR_LIMIT,
      "there are as many muscles as can be, those that leave included; "
      "try again later");
  return FALSE;
}

static void
remove_last (ShConductor *self)
{
  guint i = self->members->len;
  ShMember *member;

  do
    member = self->members->pdata[--i];
  while (!stays (member));
  if (!sh_member_plays (member))
    {
      let_go (self, member);
      return;
    }
  member->state = SH_CONDUCTOR_MUSCLE_LEAVING;
  member->leave_deadline =
      g_get_monotonic_time () + self->leave_deadline * (gint64) 1000;
  sh_replayer_source_leave (member->source);
  sh_muscle_leave (member->muscle);
}

gboolean
sh_conductor_set_n_muscles (ShConductor *conductor, guint n, GError **error)
{
  g_return_val_if_fail (conductor != NULL, FALSE);

  if (conductor->phase == SH_PHASE_FINISH)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_REFUSED,
                           "the training is about to end");
      return FALSE;
    }
  if (n > SH_CONDUCTOR_MAX_MUSCLES || (n == 0 && !conductor->may_rest))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "a training on simulators of this machine has from 1 to %u "
                   "muscles",
                   SH_CONDUCTOR_MAX_MUSCLES);
      return FALSE;
    }
  for (guint k = sh_conductor_get_n_staying (conductor); k < n; k++)
    if (!add_one (conductor, error))
      return FALSE;
  for (guint k = sh_conductor_get_n_staying (conductor); k > n; k--)
    remove_last (conductor);
  return TRUE;
}

guint
sh_conductor_get_n_muscles (const ShConductor *conductor)
{
  return conductor->members->len;
}

void
sh_conductor_get_muscle (const ShConductor *conductor,
                         guint muscle,
                         ShConductorMuscle *info)
{
  const ShMember *member;

  g_return_if_fail (muscle < conductor->members->len);

  member = conductor->members->pdata[muscle];
  *info = (ShConductorMuscle){
    .number = member->number,
    .pid = sh_muscle_get_pid (member->muscle),
    .state = member->state,
    .n_instances = member->n_instances,
  };
}

GPid
sh_conductor_get_pid (const ShConductor *conductor, guint muscle)
{
  ShConductorMuscle info = { 0 };

  sh_conductor_get_muscle (conductor, muscle, &info);
  return info.pid;
}

void
sh_conductor_set_changed (ShConductor *conductor,
                          ShConductorChanged changed,
                          gpointer data)
{
  conductor->changed = changed;
  conductor->changed_data = data;
}

const char *
sh_conductor_muscle_state_to_string (ShConductorMuscleState state)
{
  static const char *const names[] = {
    [SH_CONDUCTOR_MUSCLE_JOINING] = "joining",
    [SH_CONDUCTOR_MUSCLE_PLAYING] = "playing",
    [SH_CONDUCTOR_MUSCLE_LEAVING] = "leaving",
    [SH_CONDUCTOR_MUSCLE_GOING] = "going",
  };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (names), "?");

  return names[state];
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "loop-program.h"

#include <string.h>

int
get (SimhostExternal *external, const char *id, double value, int step)
{
  LiftAction action = { -1 };

  g_assert_cmpint (
      external->get_action (external, id, STATE (value, step), &action), ==,
      OK);
  g_assert_cmpstr (external->get_error (external), ==, "");
  return action.delta;
}

void
start (SimhostExternal *external, const char *id)
{
  EPISODE (episode);

  g_assert_cmpint (external->start_episode (external, id, 1, &episode), ==, OK);
}

void
end (SimhostExternal *external, const char *id, double value, int step)
{
  g_assert_cmpint (external->end_episode (external, id, STATE (value, step)),
                   ==, OK);
}

void
play (LoopHost *host,
      int32_t (*run) (void *self, SimhostExternal *external),
      guint deadline)
{
  loop_host_init_external (host, run, 0, deadline);
  loop_host_play (host);
  g_assert_no_error (host->error);
}

void
assert_misuse (SimhostExternal *external, int32_t status, const char *says)
{
  const char *text = external->get_error (external);

  g_assert_cmpint (status, ==, MISUSE);
  if (strstr (text, says) == NULL)
    g_error ("'%s' does not say '%s'", text, says);
  g_assert_null (strchr (text, '\n'));
}

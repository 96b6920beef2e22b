/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator that is as it should be until its process has taken `at` steps,
 * and then does one `deed`. Its state tells the seed, so that a test can see
 * which episode it is.
 *
 * The deeds are numbers, for they come by the config; 0: none.
 */

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <simhost/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  CRASH = 1,
  HANG,
  EXIT,
  FAIL, /* once */
  GIVE_UP,
  NAN_STATE,
  HUGE_REWARD,
  SCRIBBLE, /* over the memory that is shared with the parent */
  CHATTER, /* on all descriptors that are sockets */
  HANG_IN_DESTROY,
  NAN_REWARD,
  SCRIBBLE_AND_CRASH,
  KILL /* its own process, as somebody else might */
};

typedef struct
{
  double length, level, deed, at;
} Config;

typedef struct
{
  double push;
} Action;

typedef struct
{
  double seed, step, level;
} State;

typedef struct
{
  const SimhostHost *host;
  Config config;
  State state;
  double reward;
} Fickle;

/* Of the process. */
static double n_steps;
static int done;

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (Config, length, DOUBLE, "", "steps of an episode; 0: no end"),
  SIMHOST_FIELD (Config, level, DOUBLE, "", "is a part of state and reward"),
  SIMHOST_FIELD (Config, deed, DOUBLE, "", "what it does"),
  SIMHOST_FIELD (Config, at, DOUBLE, "", "when"),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_RANGE (Action, push, DOUBLE, -1, 1, "", "is the reward"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (State, seed, DOUBLE, "", "of the episode, its low 32 bits"),
  SIMHOST_FIELD (State, step, DOUBLE, "", "so far"),
  SIMHOST_FIELD (State, level, DOUBLE, "", "of the config"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  Fickle *fickle = calloc (1, sizeof *fickle);

  fickle->host = host;
  *self = fickle;
  return SIMHOST_OK;
}

static void
wait_for_ever (void)
{
  for (int i = 0; i < 60; i++)
    sleep (1);
}

static void
destroy (void *self)
{
  if (((Fickle *) self)->config.deed == HANG_IN_DESTROY)
    wait_for_ever ();
  free (self);
}

static int32_t
set_properties (void *self, const void *config)
{
  ((Fickle *) self)->config = *(const Config *) config;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Fickle *fickle = self;

  fickle->state =
      (State){ (double) (seed & 0xffffffffu), 0, fickle->config.level };
  return SIMHOST_OK;
}

/* All of the mapping whose name holds "simhost-muscle". */
static void
scribble (void)
{
  FILE *maps = fopen ("/proc/self/maps", "re");
  char line[512];
  unsigned long from, to;

  while (maps != NULL && fgets (line, sizeof line, maps) != NULL)
    if (strstr (line, "simhost-muscle") != NULL &&
        sscanf (line, "%lx-%lx", &from, &to) == 2)
      memset ((void *) from, 0xee, to - from);
  if (maps != NULL)
    fclose (maps);
}

/* A packet of `size` bytes; 0: of some words. */
static void
chatter (size_t size)
{
  static const char word[65536] = "what makes no sense";

  if (size == 0 || size > sizeof word)
    size = strlen (word) + 1;
  for (int fd = 3; fd < 64; fd++)
    {
      char target[64], path[64];
      ssize_t n;

      snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
      n = readlink (path, target, sizeof target);
      if (n > 7 && memcmp (target, "socket:", 7) == 0 &&
          write (fd, word, size) < 0)
        return;
    }
}

static int32_t
do_deed (Fickle *fickle)
{
  switch ((int) fickle->config.deed)
    {
    case CRASH:
      raise (SIGSEGV);
      return SIMHOST_OK;
    case HANG:
      wait_for_ever ();
      return SIMHOST_OK;
    case EXIT:
      _exit (3);
    case FAIL:
      fickle->host->set_error (fickle->host, "a rope broke");
      return done++ == 0 ? SIMHOST_ERROR : SIMHOST_OK;
    case GIVE_UP:
      fickle->host->set_error (fickle->host, "the tower fell");
      return SIMHOST_FATAL;
    case NAN_STATE:
      fickle->state.level = NAN;
      return SIMHOST_OK;
    case HUGE_REWARD:
      fickle->reward = 1e300;
      return SIMHOST_OK;
    case NAN_REWARD:
      fickle->reward = NAN;
      return SIMHOST_OK;
    case SCRIBBLE:
      scribble ();
      return SIMHOST_OK;
    case SCRIBBLE_AND_CRASH:
      scribble ();
      raise (SIGSEGV);
      return SIMHOST_OK;
    case KILL:
      raise (SIGKILL);
      return SIMHOST_OK;
    case CHATTER:
      if (done++ == 0)
        chatter ((size_t) fickle->config.level);
      return SIMHOST_OK;
    default:
      return SIMHOST_OK;
    }
}

static int32_t
advance (void *self, const void *action)
{
  Fickle *fickle = self;

  fickle->reward = ((const Action *) action)->push + fickle->config.level;
  fickle->state.step++;
  return ++n_steps >= fickle->config.at ? do_deed (fickle) : SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Fickle *fickle = self;

  *(State *) state = fickle->state;
  *terminal =
      fickle->config.length > 0 && fickle->state.step >= fickle->config.length;
  return SIMHOST_OK;
}

static double
score (void *self)
{
  return ((const Fickle *) self)->reward;
}

static const SimhostReward rewards[] = {
  { "score", SIMHOST_REWARD_DEFAULT, "push and level", score },
};

static const SimhostSimulator fickle = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "fickle",
  .description = "Does something wrong, if it is told to.",
  .config = SIMHOST_SCHEMA (Config, config_fields, NULL),
  .action = SIMHOST_SCHEMA (Action, action_fields, NULL),
  .state = SIMHOST_SCHEMA (State, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = destroy,
  .set_properties = set_properties,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
};

SIMHOST_PLUGIN (fickle,
                .id = "org.simhost.test.fickle",
                .name = "Fickle",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");

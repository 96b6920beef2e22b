/* SPDX-License-Identifier: MIT */

/*
 * For a program that owns its loop: a shop, a game, a plant, which has
 * episodes of its own, as many at once as it likes, and asks a brain what to do
 * in them. An engine learns from them, or a trained brain answers.
 *
 * Such a simulator has the flag SIMHOST_SIMULATOR_EXTERNAL, and its
 * get_extension gives a SimhostExternalProgram for the id below. Of the
 * functions of SimhostSimulator it has create and destroy only, the others are
 * NULL; its rewards are names, their `evaluate` is NULL as well.
 *
 *   create
 *   run, on a thread of its own:
 *     start_episode (id)
 *       ( get_action (id, state)  or  log_action (id, state, action)
 *         log_returns (id, reward)* )*
 *     end_episode (id, state)
 *     ... as often, and for as many ids side by side, as it likes
 *   destroy
 *
 * Rewards add up until the next get_action, log_action or end_episode; that is
 * the reward of the step since the action before. end_episode says that the
 * episode has come to its end: its state is terminal.
 *
 * Every open episode has a connection to the engine of its own. The host makes
 * one when the program begins, more when episodes are open at the same time,
 * and uses each again for later episodes. An engine decides when episodes begin
 * and how long they may be:
 *
 *   not connected, or the engine         start_episode waits; after 60 s it
 *   does not start an episode            gives TIMEOUT, and may be called again
 *   an action does not come              get_action and log_action give TIMEOUT
 *   within 60 s                          and the episode is over
 *   the engine stops the episode (a      the call that waits, or else the next
 *   limit of its length), starts         one for this id, gives OVER; the
 *   another, or the connection was       episode is over, its id is not to be
 *   lost                                 used any more; start another
 *   the engine starts no more episodes   start_episode gives OVER after a moment:
 *   beside those that are open           go on with those
 *   the engine has finished, or the      every call gives FINISHED: return from
 *   host is to stop                      run. Episodes that are open are dropped
 *   a mistake of the program             MISUSE; nothing has changed. get_error
 *                                        says what it was, and so does the log
 *
 * Mistakes are: an id that is unknown, already started or already over; more
 * than max_concurrent episodes; a reward that is not finite; log_returns before
 * the first action; an id, a state or an info that cannot be used; two calls at
 * once for one id; a call when run has returned. Of ids that are over the host
 * remembers the last 10000.
 *
 * An episode without a single get_action or log_action leaves no trace in the
 * engine. When run returns SIMHOST_OK before it was told FINISHED, the program
 * is over by its own will: connections are closed in good order.
 *
 * In prediction the same calls ask a trained brain: get_action gives the action
 * for the state that it was given.
 */

#ifndef SIMHOST_EXTERNAL_H
#define SIMHOST_EXTERNAL_H

#include <simhost/plugin.h>

SIMHOST_BEGIN_DECLS

#define SIMHOST_EXTERNAL "simhost.external/1"

/* The longest id of an episode, in bytes, without its NUL. */
#define SIMHOST_EXTERNAL_MAX_ID 63

/* What the functions below return. */
#define SIMHOST_EXTERNAL_OK 0
#define SIMHOST_EXTERNAL_OVER 1
#define SIMHOST_EXTERNAL_FINISHED 2
#define SIMHOST_EXTERNAL_TIMEOUT 3
#define SIMHOST_EXTERNAL_MISUSE 4

/* An episode that has been started. */
typedef struct
{
  uint32_t struct_size; /* sizeof (SimhostEpisode), set by the program */
  char id[SIMHOST_EXTERNAL_MAX_ID + 1];
  /* The config schema's struct, every field filled: how the engine wants this
   * episode to be. Valid until the episode is over. */
  const void *config;
  uint64_t seed; /* for what the program leaves to chance */
  /* The reward that the engine wants, one of the simulator's; NULL: none, what
   * is logged is not looked at. Valid for as long as the plugin. */
  const char *reward;
} SimhostEpisode;

/*
 * The calls are [any]: from every thread, for several episodes at once, while
 * run has not returned. Those that wait block the calling thread only.
 */
typedef struct SimhostExternal SimhostExternal;
struct SimhostExternal
{
  uint32_t struct_size; /* read no further than this */
  void *reserved; /* the host's own */

  /*
   * Begins an episode. `id`: 1 to 63 bytes of UTF-8 without control
   * characters; NULL: the host makes one up. `training_enabled` 0: the engine
   * is not to learn from this episode. Fills *episode. Waits. OK, OVER,
   * FINISHED, TIMEOUT, MISUSE.
   */
  int32_t (*start_episode) (SimhostExternal *external,
                            const char *id,
                            uint8_t training_enabled,
                            SimhostEpisode *episode);

  /*
   * What the brain does in `state`, a struct of the state schema, which is
   * copied; stored in *action, a struct of the action schema. Pixels in an
   * action are valid until the next call for this id. Waits. OK, OVER,
   * FINISHED, TIMEOUT, MISUSE.
   */
  int32_t (*get_action) (SimhostExternal *external,
                         const char *id,
                         const void *state,
                         void *action);

  /*
   * The program has chosen itself what to do in `state`: the engine learns from
   * `action`, not from its own. Both are copied. Waits, and returns, as
   * get_action.
   */
  int32_t (*log_action) (SimhostExternal *external,
                         const char *id,
                         const void *state,
                         const void *action);

  /*
   * Adds to the reward of the step under way. `info`: a JSON object that goes
   * to the engine with the step, at most 64 KiB of UTF-8; the last one counts;
   * NULL: none. OK, OVER, FINISHED, MISUSE.
   */
  int32_t (*log_returns) (SimhostExternal *external,
                          const char *id,
                          double reward,
                          const char *info);

  /* The episode has ended in `state`, which is copied. OK, OVER, FINISHED,
   * MISUSE. */
  int32_t (*end_episode) (SimhostExternal *external,
                          const char *id,
                          const void *state);

  /* Adds a value to the record that a user asked for with --record, in the row
   * of this episode's step under way: as SimhostHost.record, which does nothing
   * for such a simulator. OK, OVER, FINISHED, MISUSE. */
  int32_t (*record) (SimhostExternal *external,
                     const char *id,
                     const char *key,
                     double value);

  /* Why the last call on this thread did not return OK, one line; "" if it did.
   * Valid until the next call on this thread. */
  const char *(*get_error) (SimhostExternal *external);
};

/* What get_extension gives. */
typedef struct
{
  uint32_t struct_size; /* sizeof (SimhostExternalProgram) */
  /* Episodes that are open at once, at most: 1 to 100; 0 is 100. */
  uint32_t max_concurrent;

  /*
   * [run] The program. Called once, on a thread of its own, after create and
   * before destroy. Must return soon (10 s, or --call-timeout) after a call has
   * given FINISHED, or it counts as hung; so a program that waits for something
   * else should not do so for longer. SIMHOST_OK, or SIMHOST_ERROR or _FATAL
   * after set_error. Other threads of its own must have ended by then.
   */
  int32_t (*run) (void *self, SimhostExternal *external);
} SimhostExternalProgram;

SIMHOST_END_DECLS

#endif /* SIMHOST_EXTERNAL_H */

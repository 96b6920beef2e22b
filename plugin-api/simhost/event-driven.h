/* SPDX-License-Identifier: MIT */

/*
 * For a simulator that runs by itself: it has a loop of its own, and asks what
 * it is to do next, where an ordinary simulator is called.
 *
 * Such a simulator has the flag SIMHOST_SIMULATOR_EVENT_DRIVEN, and its
 * get_extension gives a SimhostEventDriven for the id below. Of the functions
 * of SimhostSimulator it has create and destroy only, the others are NULL; its
 * rewards are names, their `evaluate` is NULL as well: it says the reward with
 * the state.
 *
 *   create
 *   run, on a thread of its own, for as long as the host wants the simulator:
 *     ( EPISODE_START  answer  ( SIMULATE  answer )*  EPISODE_FINISH )*
 *     FINISHED
 *   destroy
 *
 * IDLE may come between any two of these. Whatever an engine sends, there is
 * one EPISODE_FINISH for each EPISODE_START, but for one: FINISHED may come in
 * the middle of an episode, which is over with it.
 *
 *   static int32_t
 *   run (void *self, SimhostEvents *events)
 *   {
 *     for (;;)
 *       {
 *         const SimhostEvent *event = events->next_event (events, 100);
 *
 *         switch (event->type)
 *           {
 *           case SIMHOST_EVENT_EPISODE_START:
 *             begin (self, event->config, event->seed);
 *             events->answer (events, &state, 0.0, 0);
 *             break;
 *           case SIMHOST_EVENT_SIMULATE:
 *             reward = step (self, event->action);
 *             events->answer (events, &state, reward, over);
 *             break;
 *           case SIMHOST_EVENT_FINISHED:
 *             return SIMHOST_OK;
 *           default:
 *             break;
 *           }
 *       }
 *   }
 *
 * What may go wrong, and what the host does:
 *
 *   no answer before the next next_event     the episode is lost; an error that
 *                                            says so. Ten in a row end the run.
 *   an event that is not done with in time   (10 s, or --call-timeout) the
 *                                            process is killed, as one that hangs
 *   run returns before FINISHED, or its      the run ends with an error
 *   thread ends, or next_event is called
 *   from another thread
 *   run does not return after FINISHED       as an event that is not done with
 *
 * Each instance has its own thread and its own SimhostEvents.
 */

#ifndef SIMHOST_EVENT_DRIVEN_H
#define SIMHOST_EVENT_DRIVEN_H

#include <simhost/plugin.h>

SIMHOST_BEGIN_DECLS

#define SIMHOST_EVENT_DRIVEN "simhost.event-driven/1"

/* SimhostEvent.type */
/* Nothing was due within the time given. */
#define SIMHOST_EVENT_IDLE 0u
/* Put the simulation into an initial state and answer with it. */
#define SIMHOST_EVENT_EPISODE_START 1u
/* Take one step under `action` and answer with what came of it. */
#define SIMHOST_EVENT_SIMULATE 2u
/* The episode is over: ended by the engine, or after a terminal state. */
#define SIMHOST_EVENT_EPISODE_FINISH 3u
/* There is nothing more to do: return from run. */
#define SIMHOST_EVENT_FINISHED 4u

/* It, and all that it points to, is valid until the next next_event. */
typedef struct
{
  uint32_t struct_size; /* read no further than this */
  uint32_t type; /* SIMHOST_EVENT_* */

  /* EPISODE_START */
  const void *config; /* the config schema's struct, every field filled */
  uint64_t seed; /* the same seed, the same initial state */

  /* SIMULATE */
  const void *action; /* the action schema's struct */

  /* EPISODE_START, SIMULATE: the name of the reward that the engine wants, one
   * of the simulator's; NULL: none, what is answered is not looked at. */
  const char *reward;
} SimhostEvent;

typedef struct SimhostEvents SimhostEvents;
struct SimhostEvents
{
  uint32_t struct_size; /* read no further than this */
  void *reserved; /* the host's own */

  /*
   * [run] What to do next. Waits for at most `timeout_ms` milliseconds, then
   * gives IDLE; 0 does not wait. The event before counts as done, so it must
   * have been answered. Never NULL on run's thread; on another it is NULL.
   */
  const SimhostEvent *(*next_event) (SimhostEvents *events,
                                     uint32_t timeout_ms);

  /*
   * [run] The answer to EPISODE_START and SIMULATE: a struct of the state
   * schema, which is copied, pixels included; the reward of the step, finite;
   * 1 if the episode is over, else 0. Reward and terminal are not looked at
   * for EPISODE_START. When it is called twice for one event the last counts.
   * Returns SIMHOST_OK, or SIMHOST_ERROR when there is no event to answer.
   */
  int32_t (*answer) (SimhostEvents *events,
                     const void *state,
                     double reward,
                     uint8_t terminal);

  /*
   * [run] Instead of an answer: this episode is lost, and why, in one line
   * (copied). Another EPISODE_START may follow.
   */
  void (*fail) (SimhostEvents *events, const char *text);
};

/* What get_extension gives. */
typedef struct
{
  uint32_t struct_size; /* sizeof (SimhostEventDriven) */

  /*
   * [run] The loop. Called once, on a thread of its own, after create and
   * before destroy. Returns SIMHOST_OK soon after FINISHED; SIMHOST_ERROR or
   * _FATAL, after set_error, when it cannot go on, which ends the run.
   * SimhostHost.record is for it to call between an event and its answer.
   */
  int32_t (*run) (void *self, SimhostEvents *events);
} SimhostEventDriven;

SIMHOST_END_DECLS

#endif /* SIMHOST_EVENT_DRIVEN_H */

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator in the test's own program, which does as it is told.
 */

#pragma once

#include "sh-instance.h"

typedef struct
{
  double speed;
} Config;

typedef struct
{
  gint32 push;
} Action;

typedef struct
{
  double value;
  float part;
  gint32 choice;
  guint8 flag;
  char label[7];
  SimhostLuminance image;
} State;

/* What the simulator does next, and what it has seen. */
typedef struct
{
  ShCall call; /* the one that is told to do something */
  gint32 status;
  const char *text; /* for set_error */
  void (*deed) (void);
  gboolean terminal;
  gsize overrun; /* bytes written behind the state */
  double reward;
  State state;

  GString *calls;
  guint64 seed;
  Config config;
  Action action;
  gboolean state_was_zero;
  ShCall slot_call;
  guint n_live;
} Told;

extern Told told;
extern ShCallSlot told_slot;
extern const SimhostHost *told_host; /* of the last instance */
extern const SimhostSimulator told_simulator; /* "lift" */

/* Forgets everything, log messages too. */
void told_begin (void);

/* The calls since the last time, "reset start". */
void told_expect_calls (const char *calls);

/* Makes one call of an instance. A state that is observed is checked against
 * what the simulator gave. */
gboolean told_call (ShInstance *instance, ShCall what, GError **error);

/* A new instance, after the calls of `path`, which ends with SH_CALL_NONE. The
 * calls are forgotten. */
ShInstance *told_reach (const ShCall *path);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator in the test's own process that does as it is told and notes what
 * it is called for, and instances of it in each of the legal states.
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
} Obedient;

extern Obedient sim;
extern ShCallSlot slot;
extern const SimhostHost *sim_host; /* as given to create */
extern const SimhostSimulator simulator;
extern const SimhostReward rewards[3];

/* The table of plugin.h, and what comes after. */
typedef struct
{
  const char *name;
  ShInstanceState state;
  ShCall path[6]; /* the calls that lead there */
  gboolean terminal;
  struct
  {
    ShCall call;
    ShInstanceState after;
  } legal[4];
} LegalRow;

enum
{
  ROW_NEW,
  ROW_READY,
  ROW_STARTED,
  ROW_OBSERVED,
  ROW_TERMINAL,
  ROW_STOPPED,
  N_ROWS
};

extern const LegalRow legal_rows[N_ROWS];

/* Forgets everything. */
void begin_case (void);

/* Since the last time; names with blanks between. */
void expect_calls (const char *calls);

/* One call by number; the struct that is observed is checked against what the
 * simulator gave. */
gboolean call (ShInstance *instance, ShCall what, GError **error);

/* An instance in the state of a row. */
ShInstance *reach (guint row);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A session with an instance of `lift`, and what the tests say of it: which
 * answer comes to a message, and which calls the simulator gets for it.
 */

#pragma once

#include "engine.h"
#include "lift.h"
#include "sh-driver.h"

G_BEGIN_DECLS

typedef struct
{
  ShSession *session;
  ShInstance *instance;
  ShDriver *driver;
  ShCallSlot slot;
  gboolean complete; /* an episode was, since the last message */
  gboolean finished;
  GError *error;
} Host;

void host_init_full (Host *host, const ShSessionOptions *options);
/* Its seeds are 7, 8, 9 ... */
void host_init (Host *host, gboolean predict);
/* Connected and acknowledged, to train; no call has been made since. */
void host_init_ready (Host *host);
/* In an episode that starts at 0 and ends at `limit`; calls are forgotten. */
void host_init_started (Host *host, double limit);
void host_clear (Host *host);

/* A new connection; REGISTER has been sent. */
void host_connect (Host *host);
/* Runs until it is the engine's turn. Returns what was sent, or NULL. */
GBytes *host_run (Host *host);
/* The same after a message, which it takes. */
GBytes *host_tell (Host *host, GBytes *message);

/* Messages; sim_id is 21. */
GBytes *acknowledge (void);
GBytes *set_properties (double limit, int start, const char *reward);

/* These take the message. */
void assert_ready (Host *host, GBytes *message, guint32 sim_id);
/* "0/0 r0; 8/1 r8 T a0808": value/step, reward, terminal, action taken. */
void assert_states (Host *host, GBytes *message, const char *expected);
void assert_refused (Host *host, GBytes *message, int code, const char *says);

/* Of lift, since the last time. */
void assert_calls (const char *expected);

G_END_DECLS

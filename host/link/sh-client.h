/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One connection of a simulation to an engine: the protocol, what drives it,
 * and a link, put together; and the instance, unless others share that. It
 * lives until its link, and what drives it, have ended.
 *
 * While the simulator is busy with an event on another thread, the link goes on
 * answering pings. What else comes waits: messages, a new connection, the end.
 *
 * A simulator's function that fails costs the episode, not the run: the client
 * drops its connection and registers anew. Too many failures without an
 * episode played to its end between them are the end.
 *
 * Thread: that of the thread-default main context in which it was started.
 */

#pragma once

#include "sh-camera.h"
#include "sh-driver.h"
#include "sh-instance.h"
#include "sh-link.h"
#include "sh-session.h"

G_BEGIN_DECLS

/* Failures of the simulator in a row that end a client. */
#define SH_CLIENT_MAX_FAILURES 10u
/* Messages that wait for a busy simulator. */
#define SH_CLIENT_MAX_QUEUE 16u

typedef struct ShClient ShClient;

/* Once. NULL: the engine has finished with it, or it was stopped. */
typedef void (*ShClientEnded) (ShClient *client,
                               const GError *error,
                               gpointer user_data);

typedef struct
{
  ShSessionOptions session; /* quiet is for the link too */
  const ShLinkSettings *settings;
  const ShRetrySource *retry_source;
  ShCallSlot *slot; /* may be NULL */
  ShReport *report; /* where episodes and troubles are told; may be NULL */
  guint instance; /* as which of the worker's */
  gboolean strict; /* see sh_instance_set_strict */
  ShCamera *camera; /* may be NULL */
  /* What drives the session, taken over: a seat of an external simulator.
   * NULL: an instance is made, and a driver for it. */
  ShDriver *driver;
  ShClientEnded ended;
  gpointer user_data;
} ShClientOptions;

/* Errors: those of sh_instance_new and sh_link_new. */
ShClient *sh_client_new (const ShClientOptions *options, GError **error);
void sh_client_start (ShClient *client);
/* `ended` follows within SH_LINK_CLOSE_DEADLINE, and when the simulator has let
 * go of what it is busy with. */
void sh_client_stop (ShClient *client);
/* The same, when an episode is over, or the connection lost. */
void sh_client_leave (ShClient *client);
/* May be called in `ended`. Destroys the instance. */
void sh_client_free (ShClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShClient, sh_client_free)

G_END_DECLS

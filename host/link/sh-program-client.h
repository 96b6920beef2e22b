/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A program that owns its loop, an external simulator, serving an engine: the
 * instance, its calls, and a connection (ShClient) for each episode that it has
 * open at the same time. One is made at once, more when they are needed; they
 * are used again and stay until the end.
 *
 * When the engine has finished with one of them, episodes go on on the others;
 * with the last one the program is told that it is over. When one fails, all are
 * closed; so they are when the program has ended.
 *
 * Thread: that of the thread-default main context in which it was started.
 */

#pragma once

#include "sh-client.h"

G_BEGIN_DECLS

typedef struct ShProgramClient ShProgramClient;

typedef void (*ShProgramClientEnded) (ShProgramClient *client,
                                      const GError *error,
                                      gpointer user_data);

typedef struct
{
  /* For each connection; `ended` and `user_data` are not looked at, nor are
   * seeds: an episode's is by its number. */
  ShClientOptions connection;
  /* A recording for another connection, or NULL; may be NULL itself. */
  ShRecording *(*add_recording) (gpointer user_data);
  ShProgramClientEnded ended; /* once, as ShClientEnded */
  gpointer user_data;
} ShProgramClientOptions;

/* What the options point to lives longer. Errors: those of sh_instance_new. */
ShProgramClient *sh_program_client_new (const ShProgramClientOptions *options,
                                        GError **error);
void sh_program_client_start (ShProgramClient *client);
void sh_program_client_stop (ShProgramClient *client);
/* The same, when on each connection an episode is over. */
void sh_program_client_leave (ShProgramClient *client);
/* May be called in `ended`. Destroys the instance. */
void sh_program_client_free (ShProgramClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShProgramClient, sh_program_client_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The daemon's engine on the bus: what the manager says of it, and the methods
 * that start and stop it and give its key; or the engine elsewhere that
 * simhost.conf names.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include "sh-conf-file.h"
#include "sh-dbus.h"
#include "sh-engine.h"

G_BEGIN_DECLS

typedef struct ShEngineObject ShEngineObject;

typedef struct
{
  /* The engine for sessions that name none; NULL: there is none. Told anew when
   * it has not changed, too. */
  void (*engine) (const char *url, const char *access_key, gpointer data);
  /* See ShEngineFuncs. */
  void (*told) (guint pid, const char *line, gpointer data);
  void (*lost) (const GError *error, gpointer data);
} ShEngineObjectFuncs;

/* `manager` is held; `funcs` is not copied. */
ShEngineObject *sh_engine_object_new (ShDbusManager *manager,
                                      const ShEngineObjectFuncs *funcs,
                                      gpointer data);

/* What simhost.conf says now. It is started when that says autostart and did not
 * before, or when it has failed and is to be otherwise. */
void sh_engine_object_configure (ShEngineObject *object,
                                 const ShConfEngine *conf);

void sh_engine_object_stop_training (ShEngineObject *object, const char *brain);

/* Stops it for good; `stopped` is called once, perhaps from here, when there is
 * no process. */
void sh_engine_object_stop (ShEngineObject *object,
                            void (*stopped) (gpointer data),
                            gpointer data);

/* Kills it. */
void sh_engine_object_free (ShEngineObject *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShEngineObject, sh_engine_object_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One session as an object on the bus. Part of ShSessionObjects.
 */

#pragma once

#include "sh-notify.h"
#include "sh-pacer.h"
#include "sh-plugin-objects.h"
#include "sh-subscribers.h"
#include "sh-unit.h"

G_BEGIN_DECLS

typedef struct ShSessionObject ShSessionObject;

/* What all sessions have in common; outlives them. */
typedef struct
{
  GDBusObjectManagerServer *server;
  ShPluginObjects *plugins;
  ShPacer *pacer; /* its items are those of sessions */
  ShSubscribers *subscribers;
  ShNotify *notify;
  /* For sessions that name no engine; NULL: there is none. */
  char *engine, *access_key;
  /* A session has a worker now, or has none any more. */
  void (*changed) (ShSessionObject *session, gpointer data);
  /* A client wants it to go. */
  void (*deleted) (ShSessionObject *session, gpointer data);
  gpointer data;
} ShSessionCommon;

/* Shows it on the bus. Not started. */
ShSessionObject *sh_session_object_new (const ShSessionCommon *common,
                                        const ShUnitSettings *settings,
                                        gboolean configured);

/* Wants it from now on, and shows what comes of that. */
void sh_session_object_start (ShSessionObject *session);

/* Sets the properties by what is so now: what ShPacer calls. */
void sh_session_object_show (ShPacerItem *item, gpointer data);

/* The engine for those that name none may be another. */
void sh_session_object_update_engine (ShSessionObject *session);

/* Other settings, of the same name; from now on it comes from simhost.conf. */
void sh_session_object_configure (ShSessionObject *session,
                                  const ShUnitSettings *settings);

/* Whether it comes from simhost.conf. */
gboolean sh_session_object_is_configured (ShSessionObject *session);

/* Its simulator's plugin may be another. */
void sh_session_object_update_plugin (ShSessionObject *session);

ShUnit *sh_session_object_get_unit (ShSessionObject *session);
const char *sh_session_object_get_name (ShSessionObject *session);
const char *sh_session_object_get_path (ShSessionObject *session);

/* Takes it off the bus; it lives on until its worker has ended. */
void sh_session_object_hide (ShSessionObject *session);

/* Kills the worker if there is one. */
void sh_session_object_free (ShSessionObject *session);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost daemon`, seen from the commands that ask it. Functions block, each
 * with a deadline.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An object on the bus and its properties, of type a{sv}. */
typedef struct
{
  char *path;
  GVariant *properties;
} ShBusObject;

void sh_bus_object_free (ShBusObject *object);

/* Errors: SH_ERROR_NETWORK when there is no bus. */
GDBusConnection *sh_bus_client_connect (gboolean system, GError **error);

/* Calls a method, of the interface "Session" say, of the daemon, which the bus
 * starts if need be. `parameters` is sunk; the caller unrefs the answer.
 * Errors: what the daemon says; SH_ERROR_NETWORK when there is none. */
GVariant *sh_bus_client_call (GDBusConnection *connection,
                              const char *path,
                              const char *interface,
                              const char *method,
                              GVariant *parameters,
                              const char *reply_type,
                              GError **error);

/* All objects with the interface, by their Name properties: an array of
 * ShBusObject. Errors as above. */
GPtrArray *sh_bus_client_list (GDBusConnection *connection,
                               const char *interface,
                               GError **error);

/* The session of that name. Errors: as above, SH_ERROR_NOT_FOUND naming those
 * there are. */
ShBusObject *sh_bus_client_find_session (GDBusConnection *connection,
                                         const char *name,
                                         GError **error);

/* A text among its properties; "" if there is none. Owned by the object. */
const char *sh_bus_object_get_text (const ShBusObject *object,
                                    const char *property);

/* Its properties as a JSON object in one line, names as elsewhere
 * ("mean_return"), paths left out, a number that is not known as null. The
 * caller frees it. */
char *sh_bus_object_to_json (const ShBusObject *object);

/* An empty a{sv}, floating, in a tuple. */
GVariant *sh_bus_client_no_options (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBusObject, sh_bus_object_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A request that is allowed, and what all that answer one ask of it. Where
 * something is NULL or FALSE "with an answer", the request has been answered with
 * the error.
 *
 * One thread: that of the registry.
 */

#pragma once

#include <libsoup/soup.h>

#include "sh-registry.h"
#include "sh-route.h"
#include "sh-status-hub.h"

G_BEGIN_DECLS

/* What requests are about. */
typedef struct
{
  ShRegistry *registry;
  ShStatusHub *status_hub; /* told of what changes */
  guint64 seed; /* of trainings */
} ShRest;

typedef struct
{
  const ShRest *rest;
  SoupServerMessage *message; /* its headers and body; takes the answer */
  const char *method; /* that the route takes */
  const ShRoute *route; /* no websocket */
  const char *file; /* ?file=; NULL: not given */
} ShRequest;

/* The body, which the server has bounded. */
GBytes *sh_request_get_body (const ShRequest *request);

/* The boundary of a multipart body; NULL: it is none. */
char *sh_request_dup_boundary (const ShRequest *request);

/* Accept: multipart/mixed. */
gboolean sh_request_wants_project (const ShRequest *request);

/* Answers with the error if it is not done; returns `done`. The error is read
 * here, after all arguments have been worked out. */
gboolean sh_request_check (const ShRequest *request,
                           gboolean done,
                           GError *const *error);

/* The brain of the route; NULL with an answer. */
ShServedBrain *sh_request_find_brain (const ShRequest *request);

/* NULL with an answer. */
ShHistory *sh_request_find_history (const ShRequest *request);

/* The files of a brain, ShProjectFile; of one that was trained from a file, its
 * program. NULL with an answer. */
GPtrArray *sh_request_get_files (const ShRequest *request,
                                 const ShServedBrain *brain);

G_END_DECLS

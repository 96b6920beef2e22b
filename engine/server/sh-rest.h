/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What clients do with brains over HTTP: create, push, read, train, stop,
 * resume, delete, and the metrics. docs/rest.md lists the pages.
 *
 * One thread: that of the registry.
 */

#pragma once

#include "sh-request.h"

G_BEGIN_DECLS

/* Answers it. */
void sh_rest_handle (const ShRequest *request);

G_END_DECLS

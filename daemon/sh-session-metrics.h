/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the page for Prometheus says of sessions. docs/metrics.md lists it.
 */

#pragma once

#include "sh-session-objects.h"

G_BEGIN_DECLS

void sh_session_metrics_write (GString *page, ShSessionObjects *sessions);

G_END_DECLS

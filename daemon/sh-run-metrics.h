/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the page for Prometheus says of the trainings that go on. docs/metrics.md
 * lists it; the names are those of the page of `simhost serve`.
 */

#pragma once

#include "sh-run-objects.h"

G_BEGIN_DECLS

void sh_run_metrics_write (GString *page, const ShRunObjects *runs);

G_END_DECLS

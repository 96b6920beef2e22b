/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Who answers which request: see sh_rest_handle.
 */

#pragma once

#include "sh-request.h"

G_BEGIN_DECLS

/* sh-rest-project.c */
void sh_rest_create_brain (const ShRequest *request);
void sh_rest_push_project (const ShRequest *request);
void sh_rest_get_project (const ShRequest *request);
void sh_rest_put_file (const ShRequest *request);
void sh_rest_get_file (const ShRequest *request);
void sh_rest_get_ink (const ShRequest *request);
void sh_rest_post_ink (const ShRequest *request);
void sh_rest_get_gallery (const ShRequest *request);

/* sh-rest-training.c */
void sh_rest_start_training (const ShRequest *request);
void sh_rest_stop_training (const ShRequest *request);
void sh_rest_resume_training (const ShRequest *request);
void sh_rest_delete_brain (const ShRequest *request);
void sh_rest_get_metric (const ShRequest *request);
void sh_rest_get_policy (const ShRequest *request);

G_END_DECLS

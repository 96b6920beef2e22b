/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds bodies to the reader of pushed projects: as JSON, and as multipart with
 * the boundary "b". What is taken is written again as a body from which the same
 * is read.
 */

#include <libsoup/soup.h>
#include <string.h>

#include "sh-push.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_same (const ShPush *first, const ShPush *second)
{
  g_assert (second != NULL);
  g_assert (first->files->len == second->files->len);
  for (guint i = 0; i < first->files->len; i++)
    {
      const ShProjectFile *a = first->files->pdata[i];
      const ShProjectFile *b = second->files->pdata[i];

      g_assert (strcmp (a->path, b->path) == 0);
      g_assert (g_bytes_equal (a->content, b->content));
    }
}

static void
read_push (const char *boundary, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPush) push = sh_push_read (boundary, body, &error);
  g_autoptr (ShPush) again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autofree char *type = NULL;
  GHashTable *parameters;

  g_assert ((push == NULL) == (error != NULL));
  if (push == NULL)
    return;
  for (guint i = 0; i < push->files->len; i++)
    g_assert (sh_push_check_path (
        ((const ShProjectFile *) push->files->pdata[i])->path, NULL));
  written = sh_push_write (push->name != NULL ? push->name : "x",
                           push->description, push->files, &type);
  parameters = soup_header_parse_semi_param_list (strchr (type, ';') + 1);
  again = sh_push_read (g_hash_table_lookup (parameters, "boundary"), written,
                        NULL);
  soup_header_free_param_list (parameters);
  check_same (push, again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);

  read_push ("b", body);
  read_push (NULL, body);
  return 0;
}

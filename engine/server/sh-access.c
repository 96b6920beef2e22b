/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Access keys. What is kept and compared are their SHA-256 sums: all of one
 * length, and telling nothing of how much of a guess was right.
 */

#include "sh-access.h"

#include <string.h>
#include <sys/random.h>

#include "sh-error.h"

#define SUM_SIZE 32u
#define KEY_BYTES 16u

struct ShAccess
{
  GArray *sums; /* of guint8[SUM_SIZE] */
};

static void
sum (const char *key, guint8 out[SUM_SIZE])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = SUM_SIZE;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_get_digest (checksum, out, &size);
}

ShAccess *
sh_access_new (void)
{
  ShAccess *access = g_new0 (ShAccess, 1);

  access->sums = g_array_new (FALSE, FALSE, SUM_SIZE);
  return access;
}

void
sh_access_free (ShAccess *access)
{
  if (access == NULL)
    return;
  g_array_unref (access->sums);
  g_free (access);
}

gboolean
sh_access_add_key (ShAccess *access, const char *key, GError **error)
{
  guint8 digest[SUM_SIZE];

  g_return_val_if_fail (access != NULL, FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  if (*key == '\0' || strlen (key) > SH_ACCESS_MAX_KEY)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "an access key has 1 to %u characters", SH_ACCESS_MAX_KEY);
      return FALSE;
    }
  for (const char *c = key; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      {
        g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                             "an access key may hold letters, digits and ASCII "
                             "punctuation only, no blanks");
        return FALSE;
      }

  sum (key, digest);
  g_array_append_vals (access->sums, digest, 1);
  return TRUE;
}

gboolean
sh_access_check (const ShAccess *access, const char *key)
{
  guint8 digest[SUM_SIZE];
  guint found = 0;

  g_return_val_if_fail (access != NULL, FALSE);

  if (key == NULL)
    return FALSE;
  sum (key, digest);
  for (guint i = 0; i < access->sums->len; i++)
    {
      const guint8 *other =
          (const guint8 *) access->sums->data + (gsize) i * SUM_SIZE;
      guint different = 0;

      for (guint j = 0; j < SUM_SIZE; j++)
        different |= (guint) (digest[j] ^ other[j]);
      found |= (different - 1u) >> 31;
    }
  return found != 0;
}

char *
sh_access_generate_key (GError **error)
{
  guint8 bytes[KEY_BYTES];
  char text[2 * KEY_BYTES + 1];

  if (getrandom (bytes, sizeof bytes, 0) != (gssize) sizeof bytes)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_FAILED,
                           "the system gives no random bytes for an access "
                           "key; give one with --accesskey");
      return NULL;
    }
  for (guint i = 0; i < KEY_BYTES; i++)
    g_snprintf (text + 2 * i, 3, "%02x", bytes[i]);
  return g_strdup (text);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The cache of probes:
 *
 *   {"simhost":"0.1.0","abi":"1.0","files":{
 *     "/path/lift.so":{"key":"65025:131:20480:1712345678901234567",
 *                      "answer":"{\"id\":..."}}}
 *
 * The key is the file's device, inode, size and modification time in
 * nanoseconds; the answer is the probe's, word for word. "until" stands only
 * with an answer that is not to be believed for ever: a time in seconds.
 */

#include "sh-probe-cache.h"

#include <string.h>

#include <glib/gstdio.h>

#include "sh-fd.h"
#include "sh-json.h"
#include "sh-plugin-file.h"
#include "sh-simulator-json.h"

#define MAX_BYTES (64u * 1024 * 1024)
#define MAX_FILES 4096u
/* How long it is remembered that a plugin crashed or hung: a machine that was
 * out of memory or time may have been to blame. */
#define DEATH_SECONDS 600u

#define ABI G_STRINGIFY (SIMHOST_ABI_MAJOR) "." G_STRINGIFY (SIMHOST_ABI_MINOR)

struct ShProbeCache
{
  char *path;
  JsonObject *files;
  gboolean changed;
};

/* NULL when it is no text. */
static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean
has_text (JsonObject *object, const char *member, const char *text)
{
  return g_strcmp0 (get_text (object, member), text) == 0;
}

static gint64
now_in_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Until when an answer is to be believed. */
static gint64
get_time (JsonObject *file)
{
  JsonNode *node = json_object_get_member (file, "until");

  if (node == NULL)
    return G_MAXINT64;
  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;
}

static JsonObject *
get_object (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? json_node_get_object (node)
             : NULL;
}

/* The object of files, or NULL. */
static JsonObject *
read_files (const char *path)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  gsize length;
  JsonObject *files;
  GStatBuf info;

  if (g_stat (path, &info) != 0 || info.st_size > (off_t) MAX_BYTES ||
      !g_file_get_contents (path, &text, &length, NULL) ||
      (root = sh_json_parse (text, (gssize) length, NULL)) == NULL ||
      !JSON_NODE_HOLDS_OBJECT (root) ||
      !has_text (json_node_get_object (root), "simhost", SIMHOST_VERSION) ||
      !has_text (json_node_get_object (root), "abi", ABI))
    return NULL;
  files = get_object (json_node_get_object (root), "files");
  return files != NULL ? json_object_ref (files) : NULL;
}

ShProbeCache *
sh_probe_cache_load (void)
{
  ShProbeCache *cache = g_new0 (ShProbeCache, 1);

  cache->path = g_build_filename (g_get_user_cache_dir (), "simhost",
                                  "plugins.json", NULL);
  cache->files = read_files (cache->path);
  if (cache->files == NULL)
    cache->files = json_object_new ();
  return cache;
}

/* Which file this is, and how it is: device, inode, size, modification time. The
 * caller frees it. */
static char *
make_key (const struct stat *info)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT
                          ":%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT "%09ld",
                          (guint64) info->st_dev, (guint64) info->st_ino,
                          (guint64) info->st_size,
                          (gint64) info->st_mtim.tv_sec, info->st_mtim.tv_nsec);
}

ShPluginInfo *
sh_probe_cache_find (ShProbeCache *cache,
                     const char *path,
                     const struct stat *info)
{
  g_autofree char *key = make_key (info);
  JsonObject *file = get_object (cache->files, path);
  const char *answer;
  g_autoptr (JsonNode) node = NULL;

  if (file == NULL || !has_text (file, "key", key) ||
      now_in_seconds () > get_time (file) ||
      (answer = get_text (file, "answer")) == NULL ||
      (node = sh_json_parse (answer, -1, NULL)) == NULL)
    return NULL;
  return sh_plugin_info_new_from_json (path, node, NULL);
}

void
sh_probe_cache_add (ShProbeCache *cache,
                    const char *path,
                    const struct stat *info,
                    const char *answer,
                    guint seconds)
{
  g_autofree char *key = make_key (info);
  JsonObject *file;

  if (json_object_get_size (cache->files) >= MAX_FILES)
    return;
  file = json_object_new ();
  json_object_set_string_member (file, "key", key);
  if (seconds > 0)
    json_object_set_int_member (file, "until", now_in_seconds () + seconds);
  json_object_set_string_member (file, "answer", answer);
  json_object_set_object_member (cache->files, path, file);
  cache->changed = TRUE;
}

gboolean
sh_probe_cache_is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
         a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
         a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

gboolean
sh_probe_cache_keep (ShProbeCache *cache,
                     const struct stat *before,
                     const ShPluginInfo *info,
                     const char *answer,
                     gboolean died)
{
  struct stat now;
  sh_autofd fd = sh_plugin_file_open (info->path, &now, NULL);
  gboolean same = fd >= 0 && sh_probe_cache_is_same_file (&now, before);

  if (same && (died || info->failure == NULL))
    sh_probe_cache_add (cache, info->path, &now, answer,
                        died ? DEATH_SECONDS : 0);
  else
    sh_probe_cache_remove (cache, info->path);
  return same;
}

void
sh_probe_cache_remove (ShProbeCache *cache, const char *path)
{
  if (!json_object_has_member (cache->files, path))
    return;
  json_object_remove_member (cache->files, path);
  cache->changed = TRUE;
}

/* The whole file's text, without the plugins that are gone. */
static char *
write_text (ShProbeCache *cache)
{
  g_autoptr (GList) paths = json_object_get_members (cache->files);
  GString *json = g_string_new (NULL);

  sh_json_open (json, '{');
  sh_json_member (json, "simhost");
  sh_json_string (json, SIMHOST_VERSION);
  sh_json_member (json, "abi");
  sh_json_string (json, ABI);
  sh_json_member (json, "files");
  sh_json_open (json, '{');
  for (GList *path = paths; path != NULL; path = path->next)
    {
      JsonObject *file = get_object (cache->files, path->data);

      if (file == NULL || g_access (path->data, F_OK) != 0)
        continue;
      sh_json_member (json, path->data);
      sh_json_open (json, '{');
      sh_json_member (json, "key");
      sh_json_string (json, get_text (file, "key"));
      if (json_object_has_member (file, "until"))
        {
          sh_json_member (json, "until");
          sh_json_int (json, get_time (file));
        }
      sh_json_member (json, "answer");
      sh_json_string (json, get_text (file, "answer"));
      sh_json_close (json, '}');
    }
  sh_json_close (json, '}');
  sh_json_close (json, '}');
  g_string_append_c (json, '\n');
  return g_string_free (json, FALSE);
}

void
sh_probe_cache_save (ShProbeCache *cache)
{
  g_autofree char *folder = g_path_get_dirname (cache->path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!cache->changed)
    return;
  text = write_text (cache);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (cache->path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_debug ("%s", error->message);
  cache->changed = FALSE;
}

void
sh_probe_cache_free (ShProbeCache *cache)
{
  if (cache == NULL)
    return;
  json_object_unref (cache->files);
  g_free (cache->path);
  g_free (cache);
}

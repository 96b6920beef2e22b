/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Members of brain.json as rows of tables, read and written by the same.
 */

#include "sh-brain-json.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-json-text.h"

static const char *const file_names[] = {
  [SH_BRAIN_FILE_POLICY] = "policy.onnx",
  [SH_BRAIN_FILE_PROGRAM] = "program.ink",
  [SH_BRAIN_FILE_LEARNER] = "learner.bin",
  [SH_BRAIN_FILE_FIRST_POLICY] = "policy-1.onnx",
  "policy-2.onnx",
  "policy-3.onnx",
  "policy-4.onnx",
  "policy-5.onnx",
  "policy-6.onnx",
  "policy-7.onnx",
  "policy-8.onnx",
  "policy-9.onnx",
  "policy-10.onnx",
  "policy-11.onnx",
  "policy-12.onnx",
  "policy-13.onnx",
  "policy-14.onnx",
  "policy-15.onnx",
  "policy-16.onnx",
  "policy-17.onnx",
  "policy-18.onnx",
  "policy-19.onnx",
  "policy-20.onnx",
  "policy-21.onnx",
  "policy-22.onnx",
  "policy-23.onnx",
  "policy-24.onnx",
  "policy-25.onnx",
  "policy-26.onnx",
  "policy-27.onnx",
  "policy-28.onnx",
  "policy-29.onnx",
  "policy-30.onnx",
  "policy-31.onnx",
  "policy-32.onnx",
  [SH_BRAIN_FILE_FIRST_LEARNER] = "learner-1.bin",
  "learner-2.bin",
  "learner-3.bin",
  "learner-4.bin",
  "learner-5.bin",
  "learner-6.bin",
  "learner-7.bin",
  "learner-8.bin",
  "learner-9.bin",
  "learner-10.bin",
  "learner-11.bin",
  "learner-12.bin",
  "learner-13.bin",
  "learner-14.bin",
  "learner-15.bin",
  "learner-16.bin",
  "learner-17.bin",
  "learner-18.bin",
  "learner-19.bin",
  "learner-20.bin",
  "learner-21.bin",
  "learner-22.bin",
  "learner-23.bin",
  "learner-24.bin",
  "learner-25.bin",
  "learner-26.bin",
  "learner-27.bin",
  "learner-28.bin",
  "learner-29.bin",
  "learner-30.bin",
  "learner-31.bin",
  "learner-32.bin"
};

G_STATIC_ASSERT (G_N_ELEMENTS (file_names) == SH_BRAIN_N_FILES);

const char *
sh_brain_file_get_name (guint file)
{
  g_return_val_if_fail (file < G_N_ELEMENTS (file_names), NULL);

  return file_names[file];
}

guint
sh_brain_count_policies (const char *const sums[SH_BRAIN_N_FILES], guint *first)
{
  guint n = 0, n_all = 0;

  *first = sums[SH_BRAIN_FILE_POLICY] != NULL ? SH_BRAIN_FILE_POLICY
                                              : SH_BRAIN_FILE_FIRST_POLICY;
  for (guint i = SH_BRAIN_FILE_FIRST_POLICY; i < SH_BRAIN_FILE_FIRST_LEARNER;
       i++)
    {
      n_all += sums[i] != NULL;
      if (sums[i] != NULL && n == i - SH_BRAIN_FILE_FIRST_POLICY)
        n++;
    }
  if (*first == SH_BRAIN_FILE_POLICY)
    return n_all == 0 ? 1 : 0;
  return n == n_all ? n : 0;
}

typedef enum
{
  MEMBER_TEXT, /* char * */
  MEMBER_LATER_TEXT, /* the same; earlier writers of this format had it not */
  MEMBER_OPTIONAL_TEXT, /* char *; left out when it is NULL */
  MEMBER_NAMES, /* char **; the same */
  MEMBER_TIME, /* gint64, as ISO 8601 */
  MEMBER_VERSION, /* guint, at least 1 */
  MEMBER_OPTIONAL_COUNT, /* guint64; left out when it is 0 */
  MEMBER_COUNT, /* guint64; as text when it is above that of gint64 */
  MEMBER_NUMBER /* double; null is NaN */
} MemberKind;

typedef struct
{
  const char *object; /* the object in which it is; NULL: the outermost */
  const char *name;
  MemberKind kind;
  gsize offset;
} Member;

#define MEMBER(OBJECT, NAME, KIND)                                             \
  {                                                                            \
    OBJECT, #NAME, MEMBER_##KIND, G_STRUCT_OFFSET (ShBrainInfo, NAME)          \
  }

/* Those of one object stand together. */
static const Member members[] = {
  MEMBER (NULL, name, TEXT),
  MEMBER (NULL, version, VERSION),
  MEMBER (NULL, created, TIME),
  MEMBER (NULL, simulator, TEXT),
  MEMBER (NULL, concept, TEXT),
  MEMBER (NULL, concepts, NAMES),
  MEMBER (NULL, algorithm, TEXT),
  MEMBER ("schemas", state, TEXT),
  MEMBER ("schemas", action, TEXT),
  MEMBER ("schemas", config, TEXT),
  MEMBER ("result", reason, TEXT),
  MEMBER ("result", lesson, LATER_TEXT),
  MEMBER ("result", next, OPTIONAL_TEXT),
  MEMBER ("result", from, OPTIONAL_TEXT),
  MEMBER ("result", iterations, COUNT),
  MEMBER ("result", concept_iterations, OPTIONAL_COUNT),
  MEMBER ("result", episodes, COUNT),
  MEMBER ("result", mean_return, NUMBER),
  MEMBER ("result", seconds, NUMBER),
  MEMBER ("result", seed, COUNT),
};

static gboolean
may_be_missing (MemberKind kind)
{
  return kind == MEMBER_LATER_TEXT || kind == MEMBER_OPTIONAL_TEXT ||
         kind == MEMBER_NAMES || kind == MEMBER_OPTIONAL_COUNT;
}

/* Writing */

static gboolean
is_left_out (const Member *member, const ShBrainInfo *info)
{
  if (member->kind == MEMBER_OPTIONAL_COUNT)
    return G_STRUCT_MEMBER (guint64, info, member->offset) == 0;
  return (member->kind == MEMBER_NAMES ||
          member->kind == MEMBER_OPTIONAL_TEXT) &&
         G_STRUCT_MEMBER (gpointer, info, member->offset) == NULL;
}

static void
append_time (GString *text, gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *iso =
      time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  sh_json_text_append_string (text, iso != NULL ? iso : "1970-01-01T00:00:00Z");
}

static void
append_names (GString *text, char *const *names)
{
  g_string_append_c (text, '[');
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      sh_json_text_append_string (text, names[i]);
    }
  g_string_append_c (text, ']');
}

static void
append_member (GString *text, const Member *member, const ShBrainInfo *info)
{
  const char *string;
  guint64 count;

  switch (member->kind)
    {
    case MEMBER_TEXT:
    case MEMBER_LATER_TEXT:
    case MEMBER_OPTIONAL_TEXT:
      string = G_STRUCT_MEMBER (char *, info, member->offset);
      sh_json_text_append_string (text, string != NULL ? string : "");
      break;
    case MEMBER_NAMES:
      append_names (text, G_STRUCT_MEMBER (char **, info, member->offset));
      break;
    case MEMBER_TIME:
      append_time (text, G_STRUCT_MEMBER (gint64, info, member->offset));
      break;
    case MEMBER_VERSION:
      g_string_append_printf (text, "%u",
                              G_STRUCT_MEMBER (guint, info, member->offset));
      break;
    case MEMBER_OPTIONAL_COUNT:
    case MEMBER_COUNT:
      count = G_STRUCT_MEMBER (guint64, info, member->offset);
      g_string_append_printf (text,
                              count > G_MAXINT64 ? "\"%" G_GUINT64_FORMAT "\""
                                                 : "%" G_GUINT64_FORMAT,
                              count);
      break;
    case MEMBER_NUMBER:
    default:
      sh_json_text_append_double (
          text, G_STRUCT_MEMBER (double, info, member->offset));
      break;
    }
}

char *
sh_brain_info_to_json (const ShBrainInfo *info,
                       const char *const sums[SH_BRAIN_N_FILES])
{
  GString *text = g_string_new (NULL);
  const char *object = NULL;
  gboolean is_first = TRUE;

  g_return_val_if_fail (info != NULL && sums != NULL, NULL);

  g_string_append_printf (text, "{\n  \"format\": %d", SH_BRAIN_JSON_FORMAT);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const Member *member = &members[i];
      gboolean first = g_strcmp0 (member->object, object) != 0;

      if (is_left_out (member, info))
        continue;
      if (first && object != NULL)
        g_string_append (text, "\n  }");
      if (first)
        g_string_append_printf (text, ",\n  \"%s\": {", member->object);
      object = member->object;
      g_string_append_printf (text, "%s\n%s\"%s\": ", first ? "" : ",",
                              object != NULL ? "    " : "  ", member->name);
      append_member (text, member, info);
    }
  g_string_append (text, "\n  },\n  \"files\": {");
  for (guint i = 0; i < SH_BRAIN_N_FILES; i++)
    if (sums[i] != NULL)
      {
        g_string_append_printf (text, "%s\n    \"%s\": \"%s\"",
                                is_first ? "" : ",", sh_brain_file_get_name (i),
                                sums[i]);
        is_first = FALSE;
      }
  g_string_append (text, "\n  }\n}\n");
  return g_string_free (text, FALSE);
}

/* Reading */

static gboolean
read_count (JsonNode *node, GType type, guint64 *count)
{
  if (type == G_TYPE_STRING)
    return g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0,
                                       G_MAXUINT64, count, NULL);
  if (type != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return FALSE;
  *count = (guint64) json_node_get_int (node);
  return TRUE;
}

static gboolean
read_time (const char *text, gint64 *seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  if (time == NULL)
    return FALSE;
  *seconds = g_date_time_to_unix (time);
  return TRUE;
}

static gboolean
read_names (JsonNode *node, char ***names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array =
      JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n == 0 || n > SH_PROGRAM_MAX_LEARNED)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      JsonNode *name = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (name) ||
          json_node_get_value_type (name) != G_TYPE_STRING)
        return FALSE;
      g_strv_builder_add (builder, json_node_get_string (name));
    }
  g_strfreev (*names);
  *names = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_member (JsonNode *node, const Member *member, ShBrainInfo *info)
{
  gpointer place = G_STRUCT_MEMBER_P (info, member->offset);
  gboolean null = JSON_NODE_HOLDS_NULL (node);
  GType type =
      JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : 0;
  gboolean number = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
  guint64 version;

  switch (member->kind)
    {
    case MEMBER_TEXT:
    case MEMBER_LATER_TEXT:
    case MEMBER_OPTIONAL_TEXT:
      if (type != G_TYPE_STRING)
        return FALSE;
      g_free (*(char **) place);
      *(char **) place = g_strdup (json_node_get_string (node));
      return TRUE;
    case MEMBER_NAMES:
      return read_names (node, place);
    case MEMBER_TIME:
      return type == G_TYPE_STRING &&
             read_time (json_node_get_string (node), place);
    case MEMBER_VERSION:
      if (!read_count (node, type, &version) || version == 0 ||
          version > G_MAXUINT)
        return FALSE;
      *(guint *) place = (guint) version;
      return TRUE;
    case MEMBER_OPTIONAL_COUNT:
    case MEMBER_COUNT:
      return read_count (node, type, place);
    case MEMBER_NUMBER:
    default:
      *(double *) place = null ? NAN : json_node_get_double (node);
      return null || number;
    }
}

static JsonNode *
find_member (JsonObject *root, const char *object, const char *name)
{
  JsonNode *node;

  if (object == NULL)
    return json_object_get_member (root, name);
  node = json_object_get_member (root, object);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  return json_object_get_member (json_node_get_object (node), name);
}

static gboolean
set_wrong (GError **error, const char *object, const char *name)
{
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "'%s%s%s' is missing or wrong", object != NULL ? object : "",
               object != NULL ? "." : "", name);
  return FALSE;
}

static gboolean
check_format (JsonObject *root, GError **error)
{
  JsonNode *node = json_object_get_member (root, "format");
  gint64 format;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return set_wrong (error, NULL, "format");
  format = json_node_get_int (node);
  if (format == SH_BRAIN_JSON_FORMAT)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "format %" G_GINT64_FORMAT " is not known; %s", format,
               format == 1 ? "it is that of an earlier Simhost: train the "
                             "brain again"
                           : "a newer Simhost may read it");
  return FALSE;
}

static gboolean
read_sums (JsonObject *root, char *sums[SH_BRAIN_N_FILES], GError **error)
{
  const char *found[SH_BRAIN_N_FILES] = { NULL };
  guint first;

  for (guint i = 0; i < SH_BRAIN_N_FILES; i++)
    {
      const char *name = sh_brain_file_get_name (i);
      JsonNode *node = find_member (root, "files", name);

      if (node == NULL)
        continue;
      if (!JSON_NODE_HOLDS_VALUE (node) ||
          json_node_get_value_type (node) != G_TYPE_STRING)
        return set_wrong (error, "files", name);
      found[i] = json_node_get_string (node);
    }
  if (sh_brain_count_policies (found, &first) == 0)
    return set_wrong (error, "files",
                      sh_brain_file_get_name (SH_BRAIN_FILE_POLICY));
  if (found[SH_BRAIN_FILE_PROGRAM] == NULL)
    return set_wrong (error, "files",
                      sh_brain_file_get_name (SH_BRAIN_FILE_PROGRAM));
  for (guint i = 0; sums != NULL && i < SH_BRAIN_N_FILES; i++)
    sums[i] = g_strdup (found[i]);
  return TRUE;
}

ShBrainInfo *
sh_brain_info_from_json (const char *text,
                         gsize length,
                         char *sums[SH_BRAIN_N_FILES],
                         GError **error)
{
  g_autoptr (JsonObject) root = sh_json_text_parse_object (text, length, error);
  g_autoptr (ShBrainInfo) info = NULL;

  if (root == NULL || !check_format (root, error))
    return NULL;
  info = sh_brain_info_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      JsonNode *node = find_member (root, members[i].object, members[i].name);

      if (node == NULL && may_be_missing (members[i].kind))
        continue;
      if (node == NULL || !read_member (node, &members[i], info))
        {
          set_wrong (error, members[i].object, members[i].name);
          return NULL;
        }
    }
  return read_sums (root, sums, error) ? g_steal_pointer (&info) : NULL;
}

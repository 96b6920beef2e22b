/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lets a script drive the codec: one command a line on stdin, one answer a line
 * on stdout, "ok ..." or "error CODE text". Bytes are in hexadecimal; none at
 * all are "-".
 *
 *   schema BYTES            a DescriptorProto becomes the schema
 *   describe                the schema as a DescriptorProto
 *   table NAME:TYPE:COUNT:SIZE...   the table; SIZE in bytes of one element
 *   decoder, encoder        compile a plan; the decoder answers what it ignores
 *   decode BYTES            the members, a word each: their bytes in memory
 *   encode BYTES...         the message for such members
 *   message client|server BYTES     guard, unpack, pack again
 *
 * An image's part of a word is its width and height, 4 bytes each, and its
 * pixels.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "sh-error.h"
#include "sh-guard.h"
#include "sh-plan.h"
#include "simulator.pb-c.h"

#define MAX_ROWS 64u

typedef struct
{
  ShArena *arena;
  ShSchema *schema;
  SimhostField rows[MAX_ROWS];
  SimhostSchema table;
  ShPlan *plan;
  guint8 *values;
} Peer;

static void
append_hex (GString *text, gconstpointer data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", ((const guint8 *) data)[i]);
}

static void
append_bytes (GString *text, gconstpointer data, gsize size)
{
  append_hex (text, data, size);
  if (size == 0)
    g_string_append_c (text, '-');
}

static gboolean
set_schema (Peer *peer, char **words, GString *answer, GError **error)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (words[1]);
  ProtobufCMessage *message =
      sh_guard_unpack (&sh_wire__descriptor_proto__descriptor, peer->arena,
                       bytes->data, bytes->len, error);

  if (message == NULL)
    return FALSE;
  g_clear_pointer (&peer->schema, sh_schema_unref);
  peer->schema = sh_schema_new_from_descriptor (
      (ShWire__DescriptorProto *) message, error);
  return peer->schema != NULL;
}

static gboolean
describe (Peer *peer, char **words, GString *answer, GError **error)
{
  ShWire__DescriptorProto *descriptor = sh_schema_to_descriptor (peer->schema);
  gsize size = sh_wire__descriptor_proto__get_packed_size (descriptor);
  g_autofree guint8 *bytes = g_malloc (size + 1);

  sh_wire__descriptor_proto__pack (descriptor, bytes);
  append_bytes (answer, bytes, size);
  sh_schema_descriptor_free (descriptor);
  return TRUE;
}

static void
clear_table (Peer *peer)
{
  for (guint i = 0; i < peer->table.n_fields; i++)
    g_free ((char *) peer->rows[i].name);
  g_clear_pointer (&peer->values, g_free);
  memset (&peer->table, 0, sizeof peer->table);
}

/* Members lie behind each other without padding, so that some of them are
 * where no compiler would put them. */
static gboolean
set_table (Peer *peer, char **words, GString *answer, GError **error)
{
  clear_table (peer);
  memset (peer->rows, 0, sizeof peer->rows);
  for (guint i = 0; words[i + 1] != NULL && i < MAX_ROWS; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i + 1], ":", 4);
      SimhostField *row = &peer->rows[i];

      row->name = g_strdup (parts[0]);
      row->type = (guint32) strtoul (parts[1], NULL, 10);
      row->count = (guint32) strtoul (parts[2], NULL, 10);
      row->size = row->count * (guint32) strtoul (parts[3], NULL, 10);
      row->offset = peer->table.size;
      peer->table.size += row->size;
      peer->table.n_fields++;
    }
  peer->table.struct_size = sizeof peer->table;
  peer->table.field_size = sizeof (SimhostField);
  peer->table.name = "Table";
  peer->table.fields = peer->rows;
  peer->values = g_malloc0 (peer->table.size + 1);
  return TRUE;
}

static gboolean
make_plan (Peer *peer, char **words, GString *answer, GError **error)
{
  g_auto (GStrv) ignored = NULL;

  g_clear_pointer (&peer->plan, sh_plan_free);
  if (strcmp (words[0], "decoder") == 0)
    peer->plan = sh_plan_new_decoder (peer->schema, &peer->table, "peer",
                                      &ignored, error);
  else
    peer->plan =
        sh_plan_new_encoder (peer->schema, &peer->table, "peer", error);
  if (ignored != NULL)
    {
      g_autofree char *names = g_strjoinv (" ", ignored);

      g_string_append (answer, names);
    }
  return peer->plan != NULL;
}

static gboolean
decode (Peer *peer, char **words, GString *answer, GError **error)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (words[1]);
  /* As long as the message, so that a sanitizer sees a read behind it. */
  g_autofree guint8 *exact = g_memdup2 (bytes->data, bytes->len);

  memset (peer->values, 0xa5, peer->table.size);
  if (!sh_plan_decode (peer->plan, exact, bytes->len, peer->values, error))
    return FALSE;
  for (guint i = 0; i < peer->table.n_fields; i++)
    {
      const SimhostField *row = &peer->rows[i];
      const guint8 *member = peer->values + row->offset;

      for (guint j = 0; row->type == SIMHOST_TYPE_LUMINANCE && j < row->count;
           j++)
        {
          SimhostLuminance image;

          memcpy (&image, member + j * sizeof image, sizeof image);
          append_hex (answer, &image, 2 * sizeof image.width);
          append_hex (answer, image.pixels,
                      (gsize) image.width * image.height * 4);
        }
      if (row->type != SIMHOST_TYPE_LUMINANCE)
        append_hex (answer, member, row->size);
      g_string_append_c (answer, ' ');
    }
  return TRUE;
}

/* Fills a member from a word; images borrow their pixels from `bytes`. */
static void
fill_member (const SimhostField *row, guint8 *member, const GByteArray *bytes)
{
  const guint8 *from = bytes->data;

  if (row->type != SIMHOST_TYPE_LUMINANCE)
    {
      memcpy (member, from, MIN (bytes->len, row->size));
      return;
    }
  for (guint i = 0; i < row->count; i++)
    {
      SimhostLuminance image = { 0 };

      memcpy (&image, from, 2 * sizeof image.width);
      from += 2 * sizeof image.width;
      image.pixels = (const float *) (const void *) from;
      from += (gsize) image.width * image.height * 4;
      memcpy (member + i * sizeof image, &image, sizeof image);
    }
}

static gboolean
encode (Peer *peer, char **words, GString *answer, GError **error)
{
  g_autoptr (GPtrArray) parts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GByteArray) out = g_byte_array_new ();

  memset (peer->values, 0, peer->table.size);
  for (guint i = 0; i < peer->table.n_fields && words[i + 1] != NULL; i++)
    {
      GByteArray *bytes = bytes_from_hex (words[i + 1]);

      g_ptr_array_add (parts, bytes);
      fill_member (&peer->rows[i], peer->values + peer->rows[i].offset, bytes);
    }
  g_byte_array_append (out, (const guint8 *) "before", 6);
  if (!sh_plan_encode (peer->plan, peer->values, out, error))
    {
      g_assert_cmpuint (out->len, ==, 6);
      return FALSE;
    }
  g_assert_cmpmem (out->data, 6, "before", 6);
  append_bytes (answer, out->data + 6, out->len - 6);
  return TRUE;
}

static gboolean
pass_message (Peer *peer, char **words, GString *answer, GError **error)
{
  const ProtobufCMessageDescriptor *descriptor =
      strcmp (words[1], "client") == 0
          ? &sh_wire__simulator_to_server__descriptor
          : &sh_wire__server_to_simulator__descriptor;
  g_autoptr (GByteArray) bytes = bytes_from_hex (words[2]);
  ProtobufCMessage *message =
      sh_guard_unpack (descriptor, peer->arena, bytes->data, bytes->len, error);
  g_autofree guint8 *packed = NULL;
  gsize size;

  if (message == NULL)
    return FALSE;
  size = protobuf_c_message_get_packed_size (message);
  packed = g_malloc (size + 1);
  protobuf_c_message_pack (message, packed);
  append_bytes (answer, packed, size);
  return TRUE;
}

static const struct
{
  const char *name;
  guint n_words; /* at least, the command included */
  gboolean (*run) (Peer *, char **, GString *, GError **);
} commands[] = {
  { "schema", 2, set_schema }, { "describe", 1, describe },
  { "table", 1, set_table },   { "decoder", 1, make_plan },
  { "encoder", 1, make_plan }, { "decode", 2, decode },
  { "encode", 1, encode },     { "message", 3, pass_message },
};

static void
run_line (Peer *peer, char *line)
{
  g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);
  g_autoptr (GString) answer = g_string_new ("ok ");
  g_autoptr (GError) error = NULL;
  gboolean known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (commands) && !known; i++)
    if (strcmp (words[0], commands[i].name) == 0 &&
        g_strv_length (words) >= commands[i].n_words)
      {
        known = TRUE;
        commands[i].run (peer, words, answer, &error);
      }
  if (!known)
    puts ("error -1 no such command");
  else if (error != NULL)
    printf ("error %d %s\n", error->code, error->message);
  else
    puts (answer->str);
  fflush (stdout);
}

int
main (void)
{
  Peer peer = { .arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY) };
  char *line = NULL;
  size_t size = 0;

  while (getline (&line, &size, stdin) > 0)
    run_line (&peer, line);
  free (line);
  clear_table (&peer);
  g_clear_pointer (&peer.plan, sh_plan_free);
  g_clear_pointer (&peer.schema, sh_schema_unref);
  sh_arena_free (peer.arena);
  return 0;
}

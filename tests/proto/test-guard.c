/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the guard lets through and what it refuses; that protobuf-c unpacks
 * whatever passes; and the arena in which it does.
 */

#include <stdint.h>
#include <string.h>

#include "bytes.h"
#include "sh-error.h"
#include "sh-guard.h"
#include "simulator.pb-c.h"

#define SERVER &sh_wire__server_to_simulator__descriptor
#define CLIENT &sh_wire__simulator_to_server__descriptor
#define OK (-1)

/* A message as the fixed ones are not: of its own type again, with numbers that
 * may be packed. */
typedef struct Nested Nested;
struct Nested
{
  ProtobufCMessage base;
  Nested *child;
  size_t n_numbers;
  gint32 *numbers;
  size_t n_doubles;
  double *doubles;
};

extern const ProtobufCMessageDescriptor nested_descriptor;

static const ProtobufCFieldDescriptor nested_fields[] = {
  { .name = "child",
    .id = 1,
    .label = PROTOBUF_C_LABEL_NONE,
    .type = PROTOBUF_C_TYPE_MESSAGE,
    .offset = offsetof (Nested, child),
    .descriptor = &nested_descriptor },
  { .name = "numbers",
    .id = 2,
    .label = PROTOBUF_C_LABEL_REPEATED,
    .type = PROTOBUF_C_TYPE_INT32,
    .quantifier_offset = offsetof (Nested, n_numbers),
    .offset = offsetof (Nested, numbers) },
  { .name = "doubles",
    .id = 3,
    .label = PROTOBUF_C_LABEL_REPEATED,
    .type = PROTOBUF_C_TYPE_DOUBLE,
    .quantifier_offset = offsetof (Nested, n_doubles),
    .offset = offsetof (Nested, doubles) },
};
static const unsigned nested_by_name[] = { 0, 2, 1 };
static const ProtobufCIntRange nested_ranges[] = { { 1, 0 }, { 0, 3 } };

const ProtobufCMessageDescriptor nested_descriptor = {
  .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
  .name = "Nested",
  .short_name = "Nested",
  .c_name = "Nested",
  .package_name = "",
  .sizeof_message = sizeof (Nested),
  .n_fields = G_N_ELEMENTS (nested_fields),
  .fields = nested_fields,
  .fields_sorted_by_name = nested_by_name,
  .n_field_ranges = 1,
  .field_ranges = nested_ranges,
};

typedef struct
{
  const char *name;
  const ProtobufCMessageDescriptor *descriptor;
  const char *hex;
  int code; /* OK, or the error's */
  const char *text; /* a part of the error's message */
} Case;

static const Case cases[] = {
  { "empty", SERVER, "", OK, NULL },
  { "start", SERVER, "0803", OK, NULL },
  { "type/0", SERVER, "0800", OK, NULL },
  { "type/8", SERVER, "0808", OK, NULL },
  { "type/255", SERVER, "08ff01", OK, NULL },
  { "ack-without-data", SERVER, "0801", OK, NULL },
  { "ack-with-empty-data", SERVER, "08011200", OK, NULL },
  { "sim-id/0", CLIENT, "080225 00000000", OK, NULL },
  { "sim-id/largest", CLIENT, "080225 ffffffff", OK, NULL },
  { "sim-id-of-the-server", SERVER, "08032d 78563412", OK, NULL },
  { "additions-to-an-entry", CLIENT, "08031a07 c03e01 ca3e0131", OK, NULL },

  { "unknown/varint", SERVER, "0803 f80601", OK, NULL },
  { "unknown/64-bit", SERVER, "0803 f906 0102030405060708", OK, NULL },
  { "unknown/bytes", SERVER, "0803 fa0603 010203", OK, NULL },
  { "unknown/32-bit", SERVER, "0803 fd06 01020304", OK, NULL },
  { "unknown/largest-number", SERVER, "f8ffffff0f 01", OK, NULL },
  { "unknown/cut/varint", SERVER, "f806 80", SH_ERROR_PROTOCOL, "unknown" },
  { "unknown/cut/64-bit", SERVER, "f906 01020304050607", SH_ERROR_PROTOCOL,
    "unknown" },
  { "unknown/cut/bytes", SERVER, "fa06 03 0102", SH_ERROR_PROTOCOL, "unknown" },
  { "unknown/cut/32-bit", SERVER, "fd06 010203", SH_ERROR_PROTOCOL, "unknown" },

  { "group/start", SERVER, "fb06 fc06", SH_ERROR_PROTOCOL, "group" },
  { "group/end", SERVER, "fc06", SH_ERROR_PROTOCOL, "group" },
  { "group/as-known-field", SERVER, "0b", SH_ERROR_PROTOCOL, "message_type" },
  { "group/inside", SERVER, "1203 fb06fc", SH_ERROR_PROTOCOL, "group" },
  { "no-such-wire-type/6", SERVER, "fe06 00", SH_ERROR_PROTOCOL, NULL },
  { "no-such-wire-type/7", SERVER, "ff06 00", SH_ERROR_PROTOCOL, NULL },

  { "varint/ten-bytes", SERVER, "08 83808080808080808000", OK, NULL },
  { "varint/negative", SERVER, "08 ffffffffffffffffff01", OK, NULL },
  { "varint/eleven-bytes", SERVER, "08 8380808080808080808000",
    SH_ERROR_PROTOCOL, "message_type" },
  { "varint/endless", SERVER, "08 ffffffffffffffffffffffffffffffffffff",
    SH_ERROR_PROTOCOL, "message_type" },
  { "varint/cut", SERVER, "08 80", SH_ERROR_PROTOCOL, "message_type" },
  { "key/five-bytes", SERVER, "8880808000 03", OK, NULL },
  { "key/six-bytes", SERVER, "888080808000 03", SH_ERROR_PROTOCOL, "key" },
  { "key/33-bits", SERVER, "8880808010 03", SH_ERROR_PROTOCOL, "key" },
  { "key/cut", SERVER, "0803 88", SH_ERROR_PROTOCOL, "key" },
  { "key/number-0", SERVER, "0003", SH_ERROR_PROTOCOL, "key" },
  { "length/five-bytes", SERVER, "12 8080808000", OK, NULL },
  { "length/six-bytes", SERVER, "12 808080808000", SH_ERROR_PROTOCOL,
    "acknowledge" },
  { "length/past-the-end", SERVER, "12 01", SH_ERROR_PROTOCOL, "acknowledge" },
  { "length/33-bits", SERVER, "12 8080808010", SH_ERROR_PROTOCOL,
    "acknowledge" },
  { "length/4-GiB", SERVER, "12 ffffffff0f 00", SH_ERROR_PROTOCOL,
    "acknowledge" },
  { "length/past-the-inner-end", SERVER, "1202 0a05 0000000000",
    SH_ERROR_PROTOCOL, "properties_schema" },
  { "length/cut", SERVER, "12 80", SH_ERROR_PROTOCOL, "acknowledge" },

  { "wire-type/varint-for-fixed", SERVER, "2801", SH_ERROR_PROTOCOL, "sim_id" },
  { "wire-type/64-bit-for-32", SERVER, "29 0102030405060708", SH_ERROR_PROTOCOL,
    "sim_id" },
  { "wire-type/bytes-for-enum", SERVER, "0a00", SH_ERROR_PROTOCOL,
    "message_type" },
  { "wire-type/varint-for-message", SERVER, "1001", SH_ERROR_PROTOCOL,
    "acknowledge" },

  { "text/utf-8", CLIENT, "1209 0a07 c3bce282acf09f", SH_ERROR_PROTOCOL,
    "simulator_name" },
  { "text/umlaut-euro-emoji", CLIENT, "120b 0a09 c3bce282acf09f9880", OK,
    NULL },
  { "text/lone-byte", CLIENT, "1203 0a01 ff", SH_ERROR_PROTOCOL,
    "simulator_name" },
  { "text/over-long", CLIENT, "1204 0a02 c080", SH_ERROR_PROTOCOL,
    "simulator_name" },
  { "text/surrogate", CLIENT, "1205 0a03 eda080", SH_ERROR_PROTOCOL,
    "simulator_name" },
  { "text/beyond-unicode", CLIENT, "1206 0a04 f4908080", SH_ERROR_PROTOCOL,
    "simulator_name" },
  { "text/nul", CLIENT, "1205 0a03 610062", SH_ERROR_PROTOCOL,
    "simulator_name" },
  { "text/empty", CLIENT, "1202 0a00", OK, NULL },
  { "bytes-are-not-text", CLIENT, "1a04 0a02 ff00", OK, NULL },

  { "packed/varints", &nested_descriptor, "1204 01 8001 05", OK, NULL },
  { "packed/empty", &nested_descriptor, "1200", OK, NULL },
  { "packed/not", &nested_descriptor, "1001 108001", OK, NULL },
  { "packed/both", &nested_descriptor, "1001 12020203 1004", OK, NULL },
  { "packed/doubles", &nested_descriptor,
    "1a10 000000000000f03f"
    "0000000000000040",
    OK, NULL },
  { "packed/cut-varint", &nested_descriptor, "1202 0180", SH_ERROR_PROTOCOL,
    "numbers" },
  { "packed/over-long-varint", &nested_descriptor,
    "120b ffffffffffffffffffff01", SH_ERROR_PROTOCOL, "numbers" },
  { "packed/cut-double", &nested_descriptor, "1a09 000000000000f03f00",
    SH_ERROR_PROTOCOL, "doubles" },
  { "packed/wrong-wire-type", &nested_descriptor, "15 01020304",
    SH_ERROR_PROTOCOL, "numbers" },
};

/* Copies the bytes to memory of exactly their size, where a sanitizer sees a
 * read past the end. */
static int
guard (const ProtobufCMessageDescriptor *descriptor,
       const guint8 *data,
       gsize size,
       GError **error)
{
  g_autofree guint8 *exact = g_memdup2 (data, size);
  g_autoptr (GError) own = NULL;

  if (sh_guard_check (descriptor, exact, size, &own))
    {
      g_assert_no_error (own);
      return OK;
    }
  g_assert_nonnull (own);
  g_assert_cmpuint (own->domain, ==, SH_ERROR);
  g_assert_null (strchr (own->message, '\n'));
  if (error != NULL)
    *error = g_error_copy (own);
  return own->code;
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GByteArray) bytes = bytes_from_hex (test->hex);
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (guard (test->descriptor, bytes->data, bytes->len, &error),
                   ==, test->code);
  if (test->text != NULL)
    g_assert_nonnull (strstr (error->message, test->text));
  if (test->code == OK)
    g_assert_nonnull (sh_guard_unpack (test->descriptor, arena, bytes->data,
                                       bytes->len, NULL));
}

/* Recorded: an acknowledgement with three schemas. */
static const char acknowledge[] =
    "080112b3010a350a0d436f756e746572436f6e666967120b0a056c696d69741801280112"
    "0b0a05737461727418022802120a0a047365656418032804124b0a0c436f756e74657253"
    "74617465120b0a0576616c756518012801120a0a0473746570180228051209"
    "0a036269671803280312"
    "0a0a046f76657218042808120b0a056c6162656c180528091a280a0d436f756e74657241"
    "6374696f6e120b0a0564656c746118012805120a0a046761696e1802280225785634122d"
    "78563412";

static void
test_truncated (void)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (acknowledge);
  /* Where one of the outermost fields ends. */
  const gsize whole[] = { 0, 2, bytes->len - 5, bytes->len };
  guint n_good = 0;

  for (gsize size = 0; size <= bytes->len; size++)
    {
      int expected = SH_ERROR_PROTOCOL;

      for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
        if (size == whole[i])
          expected = OK;
      g_assert_cmpint (guard (SERVER, bytes->data, size, NULL), ==, expected);
      n_good += expected == OK;
    }
  g_assert_cmpuint (n_good, ==, G_N_ELEMENTS (whole));
}

/* What passes, protobuf-c unpacks: every byte with every value. */
static void
test_passed_is_unpacked (void)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (acknowledge);
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  guint n_passed = 0;

  for (guint i = 0; i < bytes->len; i++)
    {
      guint8 good = bytes->data[i];

      for (guint value = 0; value < 256; value++)
        {
          bytes->data[i] = (guint8) value;
          if (guard (SERVER, bytes->data, bytes->len, NULL) != OK)
            continue;
          g_assert_nonnull (
              sh_guard_unpack (SERVER, arena, bytes->data, bytes->len, NULL));
          n_passed++;
        }
      bytes->data[i] = good;
    }
  g_assert_cmpuint (n_passed, >, 1000);
}

static void
test_unpacks (void)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (acknowledge);
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  g_autoptr (GError) error = NULL;
  ShWire__ServerToSimulator *message =
      (ShWire__ServerToSimulator *) sh_guard_unpack (SERVER, arena, bytes->data,
                                                     bytes->len, &error);
  ShWire__DescriptorProto *schema;

  g_assert_no_error (error);
  g_assert_cmpint (message->message_type, ==, 1);
  g_assert_cmpuint (message->sim_id, ==, 0x12345678);
  schema = message->acknowledge_register_data->output_schema;
  g_assert_cmpstr (schema->name, ==, "CounterState");
  g_assert_cmpuint (schema->n_field, ==, 5);
  g_assert_cmpstr (schema->field[4]->name, ==, "label");
  g_assert_cmpint (schema->field[4]->type, ==, 9);
}

/* Scalars: the last wins; messages merge; as protobuf has it. */
static void
test_repeated_singles (void)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (
      "0801 0802 1205 12030a0141 1205 1a030a0142 1205 2507000000");
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  ShWire__ServerToSimulator *message;

  message = (ShWire__ServerToSimulator *) sh_guard_unpack (
      SERVER, arena, bytes->data, bytes->len, NULL);
  g_assert_nonnull (message);
  g_assert_cmpint (message->message_type, ==, 2);
  g_assert_cmpstr (message->acknowledge_register_data->output_schema->name, ==,
                   "A");
  g_assert_cmpstr (message->acknowledge_register_data->prediction_schema->name,
                   ==, "B");
  g_assert_cmpuint (message->acknowledge_register_data->sim_id, ==, 7);
}

/* `levels` messages in each other. */
static GByteArray *
nest (guint levels)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 1; i < levels; i++)
    {
      guint8 head[6] = { 0x0a };
      guint length = bytes->len, n = 1;

      for (; length >= 0x80; length >>= 7)
        head[n++] = (guint8) (length | 0x80);
      head[n++] = (guint8) length;
      g_byte_array_prepend (bytes, head, n);
    }
  return bytes;
}

static void
test_depth (void)
{
  static const struct
  {
    guint levels;
    int code;
  } depths[] = {
    { 1, OK },
    { SH_MESSAGE_MAX_DEPTH, OK },
    { SH_MESSAGE_MAX_DEPTH + 1, SH_ERROR_LIMIT },
    { 20000, SH_ERROR_LIMIT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (depths); i++)
    {
      g_autoptr (GByteArray) bytes = nest (depths[i].levels);

      g_assert_cmpint (
          guard (&nested_descriptor, bytes->data, bytes->len, NULL), ==,
          depths[i].code);
    }
}

/* Messages side by side are not deep. */
static void
test_wide (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  bytes_append_hex (bytes, "0a00", 1000);
  g_assert_cmpint (guard (&nested_descriptor, bytes->data, bytes->len, NULL),
                   ==, OK);
}

typedef struct
{
  const char *name;
  const char *hex;
  guint count;
  int code;
} Flood;

static const Flood floods[] = {
  { "parts", "1a00", SH_MESSAGE_MAX_PARTS, OK },
  { "parts-more", "1a00", SH_MESSAGE_MAX_PARTS + 1, SH_ERROR_LIMIT },
  { "unknown", "f80601", SH_MESSAGE_MAX_UNKNOWN, OK },
  { "unknown-more", "f80601", SH_MESSAGE_MAX_UNKNOWN + 1, SH_ERROR_LIMIT },
  { "unknown-inside", "1a03f80601", SH_MESSAGE_MAX_UNKNOWN + 1,
    SH_ERROR_LIMIT },
  { "entries-of-a-large-batch",
    "1a17 0a0a 0d0000803f150000003f 15000080bf 1801 2202 0801", 40000, OK },
};

static void
test_flood (gconstpointer data)
{
  const Flood *flood = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);

  bytes_append_hex (bytes, flood->hex, flood->count);
  g_assert_cmpint (guard (CLIENT, bytes->data, bytes->len, NULL), ==,
                   flood->code);
  if (flood->code == OK)
    g_assert_nonnull (
        sh_guard_unpack (CLIENT, arena, bytes->data, bytes->len, NULL));
}

/* The guard cannot see what repeating a known field costs; the arena does. */
static void
test_flood_of_known_fields (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  g_autoptr (GError) error = NULL;

  bytes_append_hex (bytes, "0801", SH_MESSAGE_MAX_BYTES / 2);
  g_assert_cmpint (guard (CLIENT, bytes->data, bytes->len, NULL), ==, OK);
  g_assert_null (
      sh_guard_unpack (CLIENT, arena, bytes->data, bytes->len, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_LIMIT);

  /* And the arena is as good as new. */
  g_assert_nonnull (sh_guard_unpack (CLIENT, arena, bytes->data, 2, NULL));
}

static void
test_size (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  g_autoptr (GError) error = NULL;

  /* An entry with a state of as many bytes as are left: 1a LENGTH 0a LENGTH. */
  g_byte_array_set_size (bytes, SH_MESSAGE_MAX_BYTES + 1);
  memset (bytes->data, 0, bytes->len);
  memcpy (bytes->data, "\x1a\xfb\xff\xff\x01\x0a\xf6\xff\xff\x01", 10);
  g_assert_nonnull (sh_guard_unpack (CLIENT, arena, bytes->data,
                                     SH_MESSAGE_MAX_BYTES, &error));
  g_assert_no_error (error);
  g_assert_cmpint (guard (CLIENT, bytes->data, SH_MESSAGE_MAX_BYTES + 1, NULL),
                   ==, SH_ERROR_LIMIT);
}

static gpointer
allocate (ShArena *arena, gsize size)
{
  ProtobufCAllocator *allocator = sh_arena_get_allocator (arena);

  return allocator->alloc (allocator->allocator_data, size);
}

static void
test_arena_limit (void)
{
  g_autoptr (ShArena) arena = sh_arena_new (100000);

  g_assert_null (allocate (arena, 100001));
  g_assert_null (allocate (arena, SIZE_MAX));
  g_assert_null (allocate (arena, SIZE_MAX - 8));
  g_assert_nonnull (allocate (arena, 90000));
  g_assert_null (allocate (arena, 20000));
  sh_arena_reset (arena);
  g_assert_nonnull (allocate (arena, 100000));
  sh_arena_reset (arena);
  g_assert_nonnull (allocate (arena, 90000));
}

static void
test_arena_no_room (void)
{
  g_autoptr (ShArena) arena = sh_arena_new (0);

  g_assert_null (allocate (arena, 1));
  sh_arena_reset (arena);
  g_assert_null (allocate (arena, 1));
}

/* Blocks do not overlap, and suit any type. */
static void
test_arena_blocks (void)
{
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  guint8 *blocks[500];

  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
        {
          blocks[i] = allocate (arena, i);
          g_assert_nonnull (blocks[i]);
          g_assert_cmpuint ((guintptr) blocks[i] % _Alignof(max_align_t), ==,
                            0);
          memset (blocks[i], (int) (i & 0xff), i);
        }
      for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
        for (guint j = 0; j < i; j++)
          g_assert_cmpuint (blocks[i][j], ==, i & 0xff);
      sh_arena_reset (arena);
    }
}

/* From the second message on, memory is where it was. */
static void
test_arena_keeps_memory (void)
{
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  gpointer first, last;

  for (guint i = 0; i < 100; i++)
    allocate (arena, 1000);
  sh_arena_reset (arena);
  first = allocate (arena, 1000);
  for (guint i = 0; i < 98; i++)
    allocate (arena, 1000);
  last = allocate (arena, 1000);
  g_assert_cmpint ((guint8 *) last - (guint8 *) first, ==, 99 * 1008);
  sh_arena_reset (arena);
  g_assert_true (allocate (arena, 1000) == first);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strconcat ("/proto/guard/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  for (guint i = 0; i < G_N_ELEMENTS (floods); i++)
    {
      g_autofree char *path =
          g_strconcat ("/proto/guard/flood/", floods[i].name, NULL);

      g_test_add_data_func (path, &floods[i], test_flood);
    }
  g_test_add_func ("/proto/guard/flood/known-fields",
                   test_flood_of_known_fields);
  g_test_add_func ("/proto/guard/truncated-anywhere", test_truncated);
  g_test_add_func ("/proto/guard/what-passes-is-unpacked",
                   test_passed_is_unpacked);
  g_test_add_func ("/proto/guard/unpacks", test_unpacks);
  g_test_add_func ("/proto/guard/last-scalar-wins-messages-merge",
                   test_repeated_singles);
  g_test_add_func ("/proto/guard/depth", test_depth);
  g_test_add_func ("/proto/guard/wide-is-not-deep", test_wide);
  g_test_add_func ("/proto/guard/size", test_size);
  g_test_add_func ("/proto/arena/limit", test_arena_limit);
  g_test_add_func ("/proto/arena/no-room", test_arena_no_room);
  g_test_add_func ("/proto/arena/blocks", test_arena_blocks);
  g_test_add_func ("/proto/arena/keeps-memory", test_arena_keeps_memory);
  return g_test_run ();
}

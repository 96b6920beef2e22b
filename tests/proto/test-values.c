/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How single values convert between wire types and members of structs, each
 * way, as two tables.
 */

#include <math.h>
#include <string.h>

#include "bytes.h"
#include "sh-error.h"
#include "sh-plan.h"

#define TEXT_SIZE 8
#define OK (-1)

/* From the wire: what comes after the key, and what the member then holds. */
typedef struct
{
  const char *path;
  ShWireType wire;
  const char *payload;
  guint32 type;
  double number; /* of a member that is a number */
  const char *text; /* of a member that is text; a part of an error */
  int code;
} Decoding;

#define NUMBER(PATH, WIRE, PAYLOAD, TYPE, VALUE)                               \
  {                                                                            \
    PATH, SH_WIRE_##WIRE, PAYLOAD, SIMHOST_TYPE_##TYPE, VALUE, NULL, OK        \
  }
#define TEXT(PATH, WIRE, PAYLOAD, VALUE)                                       \
  {                                                                            \
    PATH, SH_WIRE_##WIRE, PAYLOAD, SIMHOST_TYPE_STRING, 0, VALUE, OK           \
  }
#define REFUSED(PATH, WIRE, PAYLOAD, TYPE, CODE, PART)                         \
  {                                                                            \
    PATH, SH_WIRE_##WIRE, PAYLOAD, SIMHOST_TYPE_##TYPE, 0, PART,               \
        SH_ERROR_##CODE                                                        \
  }

#define DOUBLE_1_9 "666666666666fe3f"
#define DOUBLE_NAN "000000000000f87f"
#define DOUBLE_INF "000000000000f07f"
#define DOUBLE_2_31 "000000000000e041"
#define DOUBLE_MINUS_1 "000000000000f0bf"
#define DOUBLE_1E300 "9c7500883ce4377e"
#define FLOAT_0_1 "cdcccc3d"
#define MINUS_1 "ffffffffffffffffff01"

static const Decoding decodings[] = {
  NUMBER ("int32/0", INT32, "00", INT32, 0),
  NUMBER ("int32/1", INT32, "01", INT32, 1),
  NUMBER ("int32/ten-byte-minus-1", INT32, MINUS_1, INT32, -1),
  NUMBER ("int32/five-byte-minus-1", INT32, "ffffffff0f", INT32, -1),
  NUMBER ("int32/largest", INT32, "ffffffff07", INT32, 2147483647),
  NUMBER ("int32/smallest", INT32, "80808080f8ffffffff01", INT32, -2147483648.),
  NUMBER ("int32/long-zero", INT32, "80808080808080808000", INT32, 0),
  NUMBER ("int32/to-int8", INT32, "7f", INT8, 127),
  NUMBER ("int32/to-int8-smallest", INT32, "80ffffffffffffffff01", INT8, -128),
  REFUSED ("int32/128-to-int8",
           INT32,
           "8001",
           INT8,
           VALUE,
           "expected int8, found 128"),
  REFUSED ("int32/minus-129-to-int8",
           INT32,
           "fffeffffffffffffff01",
           INT8,
           VALUE,
           "found -129"),
  NUMBER ("int32/to-int16", INT32, "ffff01", INT16, 32767),
  REFUSED ("int32/32768-to-int16",
           INT32,
           "808002",
           INT16,
           VALUE,
           "expected int16, found 32768"),
  NUMBER ("int32/to-uint8", INT32, "ff01", UINT8, 255),
  REFUSED ("int32/300-to-uint8",
           INT32,
           "ac02",
           UINT8,
           VALUE,
           "expected uint8, found 300"),
  REFUSED ("int32/minus-1-to-uint32",
           INT32,
           MINUS_1,
           UINT32,
           VALUE,
           "expected uint32, found -1"),
  REFUSED ("int32/minus-1-to-uint64",
           INT32,
           MINUS_1,
           UINT64,
           VALUE,
           "expected uint64, found -1"),
  NUMBER ("int32/to-int64", INT32, MINUS_1, INT64, -1),
  NUMBER ("int32/to-double", INT32, MINUS_1, DOUBLE, -1),
  NUMBER ("int32/to-float", INT32, "03", FLOAT, 3),
  NUMBER ("int32/2-to-bool", INT32, "02", BOOL, 1),
  NUMBER ("int32/0-to-bool", INT32, "00", BOOL, 0),
  TEXT ("int32/to-text", INT32, MINUS_1, "-1"),
  REFUSED ("int32/to-text-too-long",
           INT32,
           "80dac409",
           STRING,
           VALUE,
           "at most 7 bytes, found 8"),

  NUMBER ("int64/smallest",
          INT64,
          "80808080808080808001",
          INT64,
          -9223372036854775808.),
  REFUSED ("int64/2-to-the-31-to-int32",
           INT64,
           "8080808008",
           INT32,
           VALUE,
           "expected int32, found 2147483648"),
  NUMBER ("uint64/largest", UINT64, MINUS_1, UINT64, 18446744073709551615.),
  REFUSED ("uint64/largest-to-int64",
           UINT64,
           MINUS_1,
           INT64,
           VALUE,
           "found 18446744073709551615"),
  NUMBER ("uint32/largest", UINT32, "ffffffff0f", UINT32, 4294967295.),
  REFUSED ("uint32/largest-to-int32",
           UINT32,
           "ffffffff0f",
           INT32,
           VALUE,
           "found 4294967295"),
  NUMBER ("uint32/upper-bits-dropped", UINT32, "8180808010", UINT32, 1),
  NUMBER ("sint32/1", SINT32, "02", INT32, 1),
  NUMBER ("sint32/minus-1", SINT32, "01", INT32, -1),
  NUMBER ("sint32/smallest", SINT32, "ffffffff0f", INT32, -2147483648.),
  NUMBER ("sint64/minus-2", SINT64, "03", INT64, -2),
  NUMBER ("fixed32/largest", FIXED32, "ffffffff", UINT32, 4294967295.),
  NUMBER ("sfixed32/minus-1", SFIXED32, "ffffffff", INT32, -1),
  NUMBER ("fixed64/1", FIXED64, "0100000000000000", UINT64, 1),
  NUMBER ("sfixed64/minus-1", SFIXED64, "ffffffffffffffff", INT64, -1),
  NUMBER ("enum/2", ENUM, "02", INT32, 2),
  NUMBER ("enum/minus-1", ENUM, MINUS_1, INT8, -1),

  NUMBER ("bool/true", BOOL, "01", BOOL, 1),
  NUMBER ("bool/false", BOOL, "00", BOOL, 0),
  NUMBER ("bool/2-is-true", BOOL, "02", BOOL, 1),
  NUMBER ("bool/2-to-the-32-is-true", BOOL, "8080808010", BOOL, 1),
  NUMBER ("bool/to-int32", BOOL, "05", INT32, 1),
  NUMBER ("bool/to-double", BOOL, "01", DOUBLE, 1),
  TEXT ("bool/true-to-text", BOOL, "01", "True"),
  TEXT ("bool/false-to-text", BOOL, "00", "False"),

  NUMBER ("double/1.9", DOUBLE, DOUBLE_1_9, DOUBLE, 1.9),
  NUMBER ("double/1.9-to-int32", DOUBLE, DOUBLE_1_9, INT32, 1),
  NUMBER ("double/minus-1.9-to-int32", DOUBLE, "666666666666febf", INT32, -1),
  NUMBER ("double/minus-0.9-to-uint32", DOUBLE, "cdccccccccccecbf", UINT32, 0),
  REFUSED ("double/minus-1-to-uint32",
           DOUBLE,
           DOUBLE_MINUS_1,
           UINT32,
           VALUE,
           "expected uint32, found -1.0"),
  REFUSED ("double/nan-to-int32",
           DOUBLE,
           DOUBLE_NAN,
           INT32,
           VALUE,
           "expected int32, found nan"),
  REFUSED ("double/inf-to-int64",
           DOUBLE,
           DOUBLE_INF,
           INT64,
           VALUE,
           "expected int64, found inf"),
  REFUSED ("double/inf-to-uint8",
           DOUBLE,
           DOUBLE_INF,
           UINT8,
           VALUE,
           "expected uint8, found inf"),
  REFUSED ("double/2-to-the-31-to-int32",
           DOUBLE,
           DOUBLE_2_31,
           INT32,
           VALUE,
           "expected int32, found 2147483648.0"),
  NUMBER ("double/2-to-the-31-to-uint32",
          DOUBLE,
          DOUBLE_2_31,
          UINT32,
          2147483648.),
  NUMBER ("double/nan", DOUBLE, DOUBLE_NAN, DOUBLE, NAN),
  NUMBER ("double/nan-to-float", DOUBLE, DOUBLE_NAN, FLOAT, NAN),
  NUMBER ("double/inf-to-float", DOUBLE, DOUBLE_INF, FLOAT, INFINITY),
  NUMBER ("double/1e300-to-float", DOUBLE, DOUBLE_1E300, FLOAT, INFINITY),
  NUMBER ("double/nan-is-true", DOUBLE, DOUBLE_NAN, BOOL, 1),
  NUMBER ("double/minus-0-is-false", DOUBLE, "0000000000000080", BOOL, 0),
  TEXT ("double/to-text", DOUBLE, DOUBLE_1_9, "1.9"),
  TEXT ("double/whole-to-text", DOUBLE, DOUBLE_MINUS_1, "-1.0"),
  TEXT ("double/1e300-to-text", DOUBLE, DOUBLE_1E300, "1e+300"),
  TEXT ("double/nan-to-text", DOUBLE, DOUBLE_NAN, "nan"),
  TEXT ("float/0.1-to-text", FLOAT, FLOAT_0_1, "0.1"),
  NUMBER ("float/0.1-to-double", FLOAT, FLOAT_0_1, DOUBLE, 0.1f),
  NUMBER ("float/nan", FLOAT, "0000c07f", FLOAT, NAN),

  TEXT ("string/empty", STRING, "00", ""),
  TEXT ("string/fits", STRING, "07 61626364656667", "abcdefg"),
  REFUSED ("string/too-long",
           STRING,
           "08 6162636465666768",
           STRING,
           VALUE,
           "at most 7 bytes, found 8"),
  TEXT ("string/utf-8", STRING, "05 c3bce282ac", "\xc3\xbc\xe2\x82\xac"),
  REFUSED ("string/not-utf-8", STRING, "02 c328", STRING, PROTOCOL, "UTF-8"),
  REFUSED ("string/nul", STRING, "03 610062", STRING, PROTOCOL, "NUL"),
  NUMBER ("string/3-to-int32", STRING, "01 33", INT32, 3),
  NUMBER ("string/spaces-around", STRING, "04 20 2d37 0a", INT32, -7),
  REFUSED ("string/3.5-to-int32",
           STRING,
           "03 332e35",
           INT32,
           VALUE,
           "expected int32, found \"3.5\""),
  REFUSED ("string/empty-to-int32", STRING, "00", INT32, VALUE, "found \"\""),
  REFUSED ("string/one-line-in-errors",
           STRING,
           "03 610a62",
           INT32,
           VALUE,
           "found \"a b\""),
  REFUSED ("string/shortened-in-errors",
           STRING,
           "30 787878787878787878787878787878787878787878787878"
           "787878787878787878787878787878787878787878787878",
           INT32,
           VALUE,
           "xx...\""),
  NUMBER ("string/3.5-to-double", STRING, "03 332e35", DOUBLE, 3.5),
  NUMBER ("string/inf-to-double", STRING, "03 696e66", DOUBLE, INFINITY),
  REFUSED ("string/hexadecimal-to-double",
           STRING,
           "04 30783130",
           DOUBLE,
           VALUE,
           "found \"0x10\""),
  REFUSED ("string/comma-to-double",
           STRING,
           "03 332c35",
           DOUBLE,
           VALUE,
           "found \"3,5\""),
  NUMBER ("string/False-is-true", STRING, "05 46616c7365", BOOL, 1),
  NUMBER ("string/empty-is-false", STRING, "00", BOOL, 0),
  TEXT ("bytes/text", BYTES, "02 6869", "hi"),
  REFUSED ("bytes/not-utf-8", BYTES, "01 ff", STRING, PROTOCOL, "UTF-8"),

  REFUSED ("cut/varint", INT32, "80", INT32, PROTOCOL, "no message"),
  REFUSED ("cut/converted", SINT32, "80", INT32, PROTOCOL, "no message"),
  REFUSED ("cut/double",
           DOUBLE,
           "00000000000000",
           DOUBLE,
           PROTOCOL,
           "no message"),
  REFUSED ("cut/converted-double",
           DOUBLE,
           "00000000000000",
           INT32,
           PROTOCOL,
           "no message"),
  REFUSED ("cut/float", FLOAT, "000000", FLOAT, PROTOCOL, "no message"),
  REFUSED ("cut/converted-float",
           FLOAT,
           "000000",
           DOUBLE,
           PROTOCOL,
           "no message"),
  REFUSED ("cut/string", STRING, "03 6162", STRING, PROTOCOL, "no message"),
  REFUSED ("eleven-byte-varint",
           INT32,
           "8080808080808080808000",
           INT32,
           PROTOCOL,
           "no message"),
};

/* To the wire. */
typedef struct
{
  const char *path;
  guint32 type;
  double number;
  const char *text; /* of a member that is text; a part of an error */
  ShWireType wire;
  const char *payload; /* NULL: refused with SH_ERROR_VALUE; "": left unset */
} Encoding;

#define FROM(PATH, TYPE, VALUE, WIRE, PAYLOAD)                                 \
  {                                                                            \
    PATH, SIMHOST_TYPE_##TYPE, VALUE, NULL, SH_WIRE_##WIRE, PAYLOAD            \
  }
#define FROM_TEXT(PATH, VALUE, WIRE, PAYLOAD)                                  \
  {                                                                            \
    PATH, SIMHOST_TYPE_STRING, 0, VALUE, SH_WIRE_##WIRE, PAYLOAD               \
  }
#define NOT_FROM(PATH, TYPE, VALUE, WIRE, PART)                                \
  {                                                                            \
    PATH, SIMHOST_TYPE_##TYPE, VALUE, PART, SH_WIRE_##WIRE, NULL               \
  }

static const Encoding encodings[] = {
  FROM ("float", FLOAT, 0.1f, FLOAT, FLOAT_0_1),
  FROM ("float/0-is-written", FLOAT, 0, FLOAT, "00000000"),
  FROM ("float/nan", FLOAT, NAN, FLOAT, "0000c07f"),
  FROM ("float/to-double", FLOAT, 0.5, DOUBLE, "000000000000e03f"),
  FROM ("double", DOUBLE, 1.9, DOUBLE, DOUBLE_1_9),
  FROM ("double/1e300-to-float", DOUBLE, 1e300, FLOAT, "0000807f"),
  FROM ("double/1.9-to-int32", DOUBLE, 1.9, INT32, "01"),
  FROM ("double/minus-1.9-to-int32", DOUBLE, -1.9, INT32, MINUS_1),
  NOT_FROM ("double/nan-to-int32",
            DOUBLE,
            NAN,
            INT32,
            "expected int32, found nan"),
  NOT_FROM ("double/inf-to-int64",
            DOUBLE,
            INFINITY,
            INT64,
            "expected int64, found inf"),
  NOT_FROM ("double/minus-inf-to-uint32",
            DOUBLE,
            -INFINITY,
            UINT32,
            "expected uint32, found -inf"),
  NOT_FROM ("double/2-to-the-31-to-int32",
            DOUBLE,
            2147483648.,
            INT32,
            "expected int32, found 2147483648.0"),
  FROM ("double/2-to-the-31-minus-1-to-int32",
        DOUBLE,
        2147483647.,
        INT32,
        "ffffffff07"),
  NOT_FROM ("double/2-to-the-63-to-int64",
            DOUBLE,
            9223372036854775808.,
            INT64,
            "found 9.223372036854776e+18"),
  FROM ("double/minus-2-to-the-63-to-int64",
        DOUBLE,
        -9223372036854775808.,
        INT64,
        "80808080808080808001"),
  FROM ("double/minus-0.5-to-uint32", DOUBLE, -0.5, UINT32, "00"),
  FROM ("double/0.5-is-true", DOUBLE, 0.5, BOOL, "01"),
  FROM ("double/nan-is-true", DOUBLE, NAN, BOOL, "01"),
  FROM ("double/minus-0-is-false", DOUBLE, -0.0, BOOL, "00"),
  FROM ("double/to-string", DOUBLE, 0.1, STRING, "03 302e31"),
  FROM ("float/to-string", FLOAT, 0.1f, STRING, "03 302e31"),
  FROM ("double/3-to-string", DOUBLE, 3, STRING, "03 332e30"),
  FROM ("double/1e16-to-string", DOUBLE, 1e16, STRING, "05 31652b3136"),
  FROM ("double/0.0001-to-string", DOUBLE, 0.0001, STRING, "06 302e30303031"),
  FROM ("double/0.00001-to-string", DOUBLE, 0.00001, STRING, "05 31652d3035"),

  FROM ("int32/0-is-written", INT32, 0, INT32, "00"),
  FROM ("int32/minus-1-has-ten-bytes", INT32, -1, INT32, MINUS_1),
  FROM ("int32/smallest", INT32, -2147483648., INT32, "80808080f8ffffffff01"),
  NOT_FROM ("int32/minus-1-to-uint32",
            INT32,
            -1,
            UINT32,
            "expected uint32, found -1"),
  NOT_FROM ("int32/minus-1-to-uint64",
            INT32,
            -1,
            UINT64,
            "expected uint64, found -1"),
  FROM ("int32/minus-1-to-sint32", INT32, -1, SINT32, "01"),
  FROM ("int32/smallest-to-sint32", INT32, -2147483648., SINT32, "ffffffff0f"),
  FROM ("int32/1-to-sint64", INT32, 1, SINT64, "02"),
  FROM ("int8/minus-128", INT8, -128, INT32, "80ffffffffffffffff01"),
  FROM ("int16/300", INT16, 300, INT32, "ac02"),
  FROM ("int32/to-float", INT32, 3, FLOAT, "00004040"),
  FROM ("int32/2-is-true", INT32, 2, BOOL, "01"),
  FROM ("int32/to-string", INT32, -12, STRING, "03 2d3132"),
  FROM ("int64/10-to-the-10", INT64, 1e10, INT64, "80c8afa025"),
  NOT_FROM ("int64/2-to-the-31-to-int32",
            INT64,
            2147483648.,
            INT32,
            "expected int32, found 2147483648"),
  FROM ("uint8/255", UINT8, 255, UINT32, "ff01"),
  FROM ("uint16/65535", UINT16, 65535, UINT32, "ffff03"),
  FROM ("uint32/largest", UINT32, 4294967295., UINT32, "ffffffff0f"),
  NOT_FROM ("uint32/largest-to-int32",
            UINT32,
            4294967295.,
            INT32,
            "expected int32, found 4294967295"),
  FROM ("uint64/2-to-the-63",
        UINT64,
        9223372036854775808.,
        UINT64,
        "80808080808080808001"),
  FROM ("bool/true", BOOL, 1, BOOL, "01"),
  FROM ("bool/false-is-written", BOOL, 0, BOOL, "00"),
  FROM ("bool/2-is-true", BOOL, 2, BOOL, "01"),
  FROM ("bool/2-is-1-as-a-number", BOOL, 2, INT32, "01"),
  FROM ("bool/to-string", BOOL, 1, STRING, "04 54727565"),

  FROM_TEXT ("text", "hi", STRING, "02 6869"),
  FROM_TEXT ("text/empty-is-written", "", STRING, "00"),
  FROM_TEXT ("text/utf-8", "\xc3\xbc", STRING, "02 c3bc"),
  FROM_TEXT ("text/3-to-int32", "3", INT32, "03"),
  FROM_TEXT ("text/minus-3-to-int32", "-3", SINT32, "05"),
  FROM_TEXT ("text/3.5-to-double", "3.5", DOUBLE, "0000000000000c40"),
  FROM_TEXT ("text/False-is-true", "False", BOOL, "01"),
  FROM_TEXT ("text/empty-is-false", "", BOOL, "00"),

  FROM ("left-unset/fixed32", UINT32, 1, FIXED32, ""),
  FROM ("left-unset/fixed64", UINT64, 1, FIXED64, ""),
  FROM ("left-unset/sfixed32", INT32, 1, SFIXED32, ""),
  FROM ("left-unset/sfixed64", INT64, 1, SFIXED64, ""),
  FROM ("left-unset/enum", INT32, 1, ENUM, ""),
  FROM_TEXT ("left-unset/bytes", "hi", BYTES, ""),
};

static const guint32 sizes[] = {
  [SIMHOST_TYPE_DOUBLE] = 8, [SIMHOST_TYPE_FLOAT] = 4,
  [SIMHOST_TYPE_INT8] = 1,   [SIMHOST_TYPE_INT16] = 2,
  [SIMHOST_TYPE_INT32] = 4,  [SIMHOST_TYPE_INT64] = 8,
  [SIMHOST_TYPE_UINT8] = 1,  [SIMHOST_TYPE_UINT16] = 2,
  [SIMHOST_TYPE_UINT32] = 4, [SIMHOST_TYPE_UINT64] = 8,
  [SIMHOST_TYPE_BOOL] = 1,   [SIMHOST_TYPE_STRING] = TEXT_SIZE,
};

/* A struct of one member, and something before and behind it. */
typedef struct
{
  guint64 before;
  union
  {
    double d;
    float f;
    gint8 i8;
    gint16 i16;
    gint32 i32;
    gint64 i64;
    guint8 u8;
    guint16 u16;
    guint32 u32;
    guint64 u64;
    char text[TEXT_SIZE];
  } member;
  guint64 behind;
} Struct;

static double
get_number (const Struct *values, guint32 type)
{
  switch (type)
    {
    case SIMHOST_TYPE_DOUBLE:
      return values->member.d;
    case SIMHOST_TYPE_FLOAT:
      return values->member.f;
    case SIMHOST_TYPE_INT8:
      return values->member.i8;
    case SIMHOST_TYPE_INT16:
      return values->member.i16;
    case SIMHOST_TYPE_INT32:
      return values->member.i32;
    case SIMHOST_TYPE_INT64:
      return (double) values->member.i64;
    case SIMHOST_TYPE_UINT8:
    case SIMHOST_TYPE_BOOL:
      return values->member.u8;
    case SIMHOST_TYPE_UINT16:
      return values->member.u16;
    case SIMHOST_TYPE_UINT32:
      return values->member.u32;
    case SIMHOST_TYPE_UINT64:
      return (double) values->member.u64;
    default:
      g_assert_not_reached ();
    }
}

static void
set_number (Struct *values, guint32 type, double number)
{
  switch (type)
    {
    case SIMHOST_TYPE_DOUBLE:
      values->member.d = number;
      break;
    case SIMHOST_TYPE_FLOAT:
      values->member.f = (float) number;
      break;
    case SIMHOST_TYPE_INT8:
      values->member.i8 = (gint8) number;
      break;
    case SIMHOST_TYPE_INT16:
      values->member.i16 = (gint16) number;
      break;
    case SIMHOST_TYPE_INT32:
      values->member.i32 = (gint32) number;
      break;
    case SIMHOST_TYPE_INT64:
      values->member.i64 = (gint64) number;
      break;
    case SIMHOST_TYPE_UINT8:
    case SIMHOST_TYPE_BOOL:
      values->member.u8 = (guint8) number;
      break;
    case SIMHOST_TYPE_UINT16:
      values->member.u16 = (guint16) number;
      break;
    case SIMHOST_TYPE_UINT32:
      values->member.u32 = (guint32) number;
      break;
    case SIMHOST_TYPE_UINT64:
      values->member.u64 = (guint64) number;
      break;
    default:
      g_assert_not_reached ();
    }
}

/* One field "x", number 1, and its row. */
typedef struct
{
  ShSchema *schema;
  SimhostField row;
  SimhostSchema table;
} Fixture;

static void
set_up (Fixture *fixture, ShWireType wire, guint32 type)
{
  ShWire__DescriptorProto descriptor = SH_WIRE__DESCRIPTOR_PROTO__INIT;
  ShWire__FieldDescriptorProto field = SH_WIRE__FIELD_DESCRIPTOR_PROTO__INIT;
  ShWire__FieldDescriptorProto *fields[] = { &field };

  field.name = (char *) "x";
  field.number = 1;
  field.type = (gint32) wire;
  descriptor.name = (char *) "Schema";
  descriptor.n_field = 1;
  descriptor.field = fields;
  fixture->schema = sh_schema_new_from_descriptor (&descriptor, NULL);
  g_assert_nonnull (fixture->schema);
  fixture->row = (SimhostField){
    .name = "x",
    .type = type,
    .offset = offsetof (Struct, member),
    .size = sizes[type],
    .count = 1,
  };
  fixture->table = (SimhostSchema){
    .struct_size = sizeof (SimhostSchema),
    .field_size = sizeof (SimhostField),
    .name = "Table",
    .size = sizeof (Struct),
    .n_fields = 1,
    .fields = &fixture->row,
  };
}

/* The key of field 1 with the wire type that protobuf's documentation gives. */
static guint8
find_key (ShWireType wire)
{
  switch (wire)
    {
    case SH_WIRE_DOUBLE:
    case SH_WIRE_FIXED64:
    case SH_WIRE_SFIXED64:
      return 0x09;
    case SH_WIRE_FLOAT:
    case SH_WIRE_FIXED32:
    case SH_WIRE_SFIXED32:
      return 0x0d;
    case SH_WIRE_STRING:
    case SH_WIRE_BYTES:
      return 0x0a;
    default:
      return 0x08;
    }
}

/* Every message names the simulator, the field and the table. */
static void
assert_message (const GError *error, int code, const char *part)
{
  g_assert_error (error, SH_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, "lift: "));
  g_assert_nonnull (strstr (error->message, "Table"));
  if (code == SH_ERROR_VALUE)
    g_assert_nonnull (strstr (error->message, "'x'"));
  g_assert_null (strchr (error->message, '\n'));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_decoding (gconstpointer data)
{
  const Decoding *test = data;
  g_autoptr (GByteArray) bytes = bytes_from_hex (test->payload);
  g_autoptr (ShPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  guint8 key = find_key (test->wire);
  Fixture fixture;
  Struct values;
  gboolean good;

  g_byte_array_prepend (bytes, &key, 1);
  set_up (&fixture, test->wire, test->type);
  plan = sh_plan_new_decoder (fixture.schema, &fixture.table, "lift", NULL,
                              &error);
  g_assert_no_error (error);
  memset (&values, 0xa5, sizeof values);
  good = sh_plan_decode (plan, bytes->data, bytes->len, &values, &error);
  if (test->code == OK)
    {
      g_assert_no_error (error);
      g_assert_true (good);
      g_assert_cmpuint (values.before, ==, 0);
      g_assert_cmpuint (values.behind, ==, 0);
    }
  else
    {
      g_assert_false (good);
      assert_message (error, test->code, test->text);
    }
  if (test->code == OK && test->type == SIMHOST_TYPE_STRING)
    g_assert_cmpstr (values.member.text, ==, test->text);
  else if (test->code == OK && isnan (test->number))
    g_assert_true (isnan (get_number (&values, test->type)));
  else if (test->code == OK)
    g_assert_cmpfloat (get_number (&values, test->type), ==, test->number);
  sh_schema_unref (fixture.schema);
}

static void
test_encoding (gconstpointer data)
{
  const Encoding *test = data;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GByteArray) expected = NULL;
  g_autoptr (ShPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  Fixture fixture;
  Struct values;
  gboolean good;

  memset (&values, 0xa5, sizeof values);
  set_up (&fixture, test->wire, test->type);
  if (test->type == SIMHOST_TYPE_STRING)
    g_strlcpy (values.member.text, test->text, TEXT_SIZE);
  else
    set_number (&values, test->type, test->number);
  plan = sh_plan_new_encoder (fixture.schema, &fixture.table, "lift", &error);
  g_assert_no_error (error);

  g_byte_array_append (out, (const guint8 *) "before", 6);
  good = sh_plan_encode (plan, &values, out, &error);
  g_assert_cmpmem (out->data, 6, "before", 6);
  if (test->payload != NULL)
    {
      guint8 key = find_key (test->wire);

      g_assert_no_error (error);
      g_assert_true (good);
      expected = bytes_from_hex (test->payload);
      if (expected->len > 0)
        g_byte_array_prepend (expected, &key, 1);
      g_assert_cmpmem (out->data + 6, out->len - 6, expected->data,
                       expected->len);
    }
  else
    {
      g_assert_false (good);
      assert_message (error, SH_ERROR_VALUE, test->text);
      g_assert_cmpuint (out->len, ==, 6);
    }
  sh_schema_unref (fixture.schema);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (decodings); i++)
    {
      g_autofree char *path =
          g_strconcat ("/proto/value/decode/", decodings[i].path, NULL);

      g_test_add_data_func (path, &decodings[i], test_decoding);
    }
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      g_autofree char *path =
          g_strconcat ("/proto/value/encode/", encodings[i].path, NULL);

      g_test_add_data_func (path, &encodings[i], test_encoding);
    }
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plans for members that are more than one number: arrays, images, arrays of
 * images.
 */

#include <string.h>

#include "plans.h"
#include "sh-guard.h"

typedef struct
{
  gint32 command;
} Action;

static const SimhostField action_fields[] = {
  SIMHOST_FIELD (Action, command, INT32, NULL, NULL),
};
static const SimhostSchema action_table =
    SIMHOST_SCHEMA (Action, action_fields, NULL);

typedef struct
{
  float numbers[3];
  gint8 small[2];
  char names[2][4];
} Arrays;

static const SimhostField array_fields[] = {
  SIMHOST_FIELD (Arrays, numbers, FLOAT, NULL, NULL),
  SIMHOST_FIELD (Arrays, small, INT8, NULL, NULL),
  { .name = "names",
    .type = SIMHOST_TYPE_STRING,
    .offset = offsetof (Arrays, names),
    .size = 8,
    .count = 2 },
};
static const SimhostSchema array_table =
    SIMHOST_SCHEMA (Arrays, array_fields, NULL);

static void
test_arrays (void)
{
  static const char one_by_one[] = "0d0000803f 0d00000040 0d00004040"
                                   "1005 1006 1a0161 1a026263";
  static const struct
  {
    const char *hex;
    int code;
  } cases[] = {
    { one_by_one, OK },
    { "0a0c 0000803f0000004000004040 12020506 1a0161 1a026263", OK },
    { "0a04 0000803f 0d00000040 0a04 00004040 0a00 1005 12 0106 1a0161"
      "1a026263",
      OK },
    { "1a0161 1005 0d0000803f 1a026263 0d00000040 1006 0d00004040", OK },
    { "0d0000803f 0d00000040", SH_ERROR_VALUE },
    { "0a08 0000803f00000040", SH_ERROR_VALUE },
    { "0a10 0000803f000000400000404000008040", SH_ERROR_VALUE },
    { "1005 1006 1007", SH_ERROR_VALUE },
    { "1a0161", SH_ERROR_VALUE },
    { "1a0161 1a0162 1a0163", SH_ERROR_VALUE },
    { "1005 10ac02", SH_ERROR_VALUE },
    { "1a0161 1a0461626364", SH_ERROR_VALUE },
    { "0a0b 00000000000000000000 00", SH_ERROR_PROTOCOL },
    { "0a0d 00000000", SH_ERROR_PROTOCOL },
    { "1202 0580", SH_ERROR_PROTOCOL },
  };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&array_table);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &array_table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &array_table);
  const Arrays expected = { { 1, 2, 3 }, { 5, 6 }, { "a", "bc" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Arrays arrays;

      g_assert_cmpint (decode (decoder, cases[i].hex, &arrays), ==,
                       cases[i].code);
      if (cases[i].code == OK)
        g_assert_cmpmem (&arrays, sizeof arrays, &expected, sizeof expected);
    }
  assert_encoded (encoder, &expected, one_by_one);
}

/* None of an array's elements reads as all zero, also after another message. */
static void
test_absent_array (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&array_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &array_table);
  const Arrays zero = { .numbers = { 0 } };
  Arrays arrays;

  g_assert_cmpint (decode (plan, "0a0c 0000803f0000004000004040", &arrays), ==,
                   OK);
  g_assert_cmpfloat (arrays.numbers[2], ==, 3);
  g_assert_cmpint (decode (plan, "", &arrays), ==, OK);
  g_assert_cmpmem (&arrays, sizeof arrays, &zero, sizeof zero);
}

static void
test_array_of_one (void)
{
  static const Row rows[] = { REPEATED (1, "command", INT32) };
  g_autoptr (ShSchema) schema = MAKE_SCHEMA (rows);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &action_table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &action_table);
  Action action;

  g_assert_cmpint (decode (decoder, "0807", &action), ==, OK);
  g_assert_cmpint (action.command, ==, 7);
  g_assert_cmpint (decode (decoder, "0807 0808", &action), ==, SH_ERROR_VALUE);
  action.command = 3;
  assert_encoded (encoder, &action, "0803");
}

typedef struct
{
  SimhostLuminance image;
  gint32 command;
  SimhostLuminance pair[2];
} Camera;

static const SimhostField camera_fields[] = {
  SIMHOST_FIELD (Camera, image, LUMINANCE, NULL, NULL),
  SIMHOST_FIELD (Camera, command, INT32, NULL, NULL),
  SIMHOST_FIELD (Camera, pair, LUMINANCE, NULL, NULL),
};
static const SimhostSchema camera_table =
    SIMHOST_SCHEMA (Camera, camera_fields, NULL);

static void
test_image (void)
{
  static const struct
  {
    const char *hex;
    int code;
    guint width, height;
  } cases[] = {
    { "0a0e 0802 1001 1a08 0000003f0000803f", OK, 2, 1 },
    { "0a0e 1a08 0000003f0000803f 1001 0802", OK, 2, 1 },
    /* in two parts, which merge */
    { "0a02 0802 0a0c 1001 1a08 0000003f0000803f", OK, 2, 1 },
    /* the last width */
    { "0a10 0809 0802 1001 1a08 0000003f0000803f", OK, 2, 1 },
    /* unknown fields, and known ones with other wire types, inside */
    { "0a1b 0802 2005 0d01020304 1803 3202ffff 1001 1a08 0000003f0000803f", OK,
      2, 1 },
    { "", OK, 0, 0 },
    { "0a00", OK, 0, 0 },
    { "0a04 0800 1000", OK, 0, 0 },
    { "0a02 0805", OK, 5, 0 },
    { "0a04 0805 1a00", OK, 5, 0 },
    { "0a0e 0802 1002 1a08 0000003f0000803f", SH_ERROR_VALUE, 0, 0 },
    { "0a0d 0802 1001 1a07 0000003f000080", SH_ERROR_VALUE, 0, 0 },
    { "0a0a 1a08 0000003f0000803f", SH_ERROR_VALUE, 0, 0 },
    { "0a04 0802 1001", SH_ERROR_VALUE, 0, 0 },
    /* 2^16 * 2^16 pixels are 0 in 32 bits, 2^31 * 2^31 bytes 0 in 64 */
    { "0a08 08808004 10808004", SH_ERROR_VALUE, 0, 0 },
    { "0a0c 088080808008 108080808008", SH_ERROR_VALUE, 0, 0 },
    { "0a05 0802 1001 1a", SH_ERROR_PROTOCOL, 0, 0 },
    { "0a06 0802 1001 1a08", SH_ERROR_PROTOCOL, 0, 0 },
    { "0a03 0802 10", SH_ERROR_PROTOCOL, 0, 0 },
    { "0a02 0001", SH_ERROR_PROTOCOL, 0, 0 },
    { "0a02 0b0c", SH_ERROR_PROTOCOL, 0, 0 },
    { "0a05 0802", SH_ERROR_PROTOCOL, 0, 0 },
  };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&camera_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &camera_table);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Camera camera;

      g_assert_cmpint (decode (plan, cases[i].hex, &camera), ==, cases[i].code);
      if (cases[i].code != OK)
        continue;
      g_assert_cmpuint (camera.image.width, ==, cases[i].width);
      g_assert_cmpuint (camera.image.height, ==, cases[i].height);
      if (cases[i].width * cases[i].height == 0)
        {
          g_assert_null (camera.image.pixels);
          continue;
        }
      g_assert_cmpfloat (camera.image.pixels[0], ==, 0.5);
      g_assert_cmpfloat (camera.image.pixels[1], ==, 1);
    }
}

static void
test_image_error (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&camera_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &camera_table);
  g_autoptr (GByteArray) bytes = bytes_from_hex ("0a08 0803 1002 1a02 0000");
  g_autoptr (GError) error = NULL;
  Camera camera;

  g_assert_false (
      sh_plan_decode (plan, bytes->data, bytes->len, &camera, &error));
  g_assert_cmpstr (error->message, ==,
                   "lift: field 'image' of Camera: an image of 3 x 2 has 4 "
                   "bytes a pixel, found 2 bytes");
}

/* Several images in one message, each with its own pixels, aligned. */
static void
test_images (void)
{
  static const char message[] = "0a0a 0801 1001 1a04 0000803f"
                                "1005"
                                "1a0e 0801 1002 1a08 0000004000004040"
                                "1a0a 0801 1001 1a04 00008040";
  static const float pixels[] = { 1, 2, 3, 4 };
  const Camera camera = { { 1, 1, pixels },
                          5,
                          { { 1, 2, pixels + 1 }, { 1, 1, pixels + 3 } } };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&camera_table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &camera_table);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &camera_table);
  Camera found;

  assert_encoded (encoder, &camera, message);
  g_assert_cmpint (decode (decoder, message, &found), ==, OK);
  g_assert_cmpint (found.command, ==, 5);
  g_assert_cmpfloat (found.image.pixels[0], ==, 1);
  g_assert_cmpfloat (found.pair[0].pixels[0], ==, 2);
  g_assert_cmpfloat (found.pair[0].pixels[1], ==, 3);
  g_assert_cmpfloat (found.pair[1].pixels[0], ==, 4);
  g_assert_cmpuint ((guintptr) found.pair[1].pixels % sizeof (float), ==, 0);

  /* One of a pair is an error; nothing stays from the message before. */
  g_assert_cmpint (decode (decoder, "1a00", &found), ==, SH_ERROR_VALUE);
  g_assert_cmpint (decode (decoder, "1a00 1a00 1a00", &found), ==,
                   SH_ERROR_VALUE);
  g_assert_cmpint (decode (decoder, "1a00 1a00", &found), ==, OK);
  g_assert_null (found.image.pixels);
  g_assert_null (found.pair[0].pixels);
  g_assert_cmpuint (found.pair[0].width, ==, 0);
}

static void
test_encode_bad_images (void)
{
  static const float pixel = 1;
  static const struct
  {
    SimhostLuminance image;
    int code;
  } cases[] = {
    { { 2, 2, NULL }, SH_ERROR_VALUE },
    { { 4096, 4096, &pixel }, SH_ERROR_LIMIT },
    { { 65536, 65536, &pixel }, SH_ERROR_LIMIT },
    { { G_MAXUINT32, G_MAXUINT32, &pixel }, SH_ERROR_LIMIT },
    { { 1024, 1024, &pixel }, SH_ERROR_LIMIT },
  };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&camera_table);
  g_autoptr (ShPlan) plan = make_encoder (schema, &camera_table);

  /* The last has exactly a message's size in pixels; those are read. */
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree float *pixels = g_new0 (float, 1024 * 1024);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      Camera camera = { .image = cases[i].image };

      if (camera.image.pixels != NULL)
        camera.image.pixels = pixels;
      g_byte_array_append (out, (const guint8 *) "abc", 3);
      g_assert_false (sh_plan_encode (plan, &camera, out, &error));
      g_assert_error (error, SH_ERROR, cases[i].code);
      g_assert_cmpmem (out->data, out->len, "abc", 3);
    }
}

static void
test_largest_image (void)
{
  const guint side = 1020;
  g_autofree float *pixels = g_new0 (float, side *side);
  const Camera camera = { .image = { side, side, pixels } };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&camera_table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &camera_table);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &camera_table);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Camera found;

  pixels[side * side - 1] = 0.25f;
  g_assert_true (sh_plan_encode (encoder, &camera, out, NULL));
  g_assert_true (sh_plan_decode (decoder, out->data, out->len, &found, NULL));
  g_assert_cmpmem (found.image.pixels, side * side * sizeof (float), pixels,
                   side * side * sizeof (float));
}

/* Pairs of types that no value can help. */
static void
test_types_that_never_fit (void)
{
  static const struct
  {
    Row row;
    const SimhostSchema *table;
  } cases[] = {
    { ROW (1, "command", MESSAGE), &action_table },
    { ROW (1, "image", FLOAT), &camera_table },
    { ROW (1, "image", BYTES), &camera_table },
    { ROW (1, "pair", MESSAGE), &camera_table },
    { ROW (1, "numbers", FLOAT), &array_table },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShSchema) schema = make_schema (&cases[i].row, 1);
      g_autoptr (GError) error = NULL;

      g_assert_null (
          sh_plan_new_decoder (schema, cases[i].table, "lift", NULL, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
      g_assert_nonnull (strstr (error->message, cases[i].row.name));
      g_test_message ("%s", error->message);
      if (cases[i].row.type == SH_WIRE_BYTES)
        continue;
      g_clear_error (&error);
      g_assert_null (
          sh_plan_new_encoder (schema, cases[i].table, "lift", &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
    }
}

/* Each message stops short at each byte: never more than an error. */
static void
test_truncated (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&camera_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &camera_table);
  g_autoptr (GByteArray) bytes =
      bytes_from_hex ("0a0a 0801 1001 1a04 0000803f 1005"
                      "1a0e 0801 1002 1a08 0000004000004040"
                      "1a0a 0801 1001 1a04 00008040");
  /* Where a field ends; after the first of a pair the other is missing. */
  static const struct
  {
    guint size;
    int code;
  } whole[] = {
    { 0, OK }, { 12, OK }, { 14, OK }, { 30, SH_ERROR_VALUE }, { 42, OK }
  };

  for (guint size = 0; size <= bytes->len; size++)
    {
      g_autofree guint8 *exact = g_memdup2 (bytes->data, size);
      g_autoptr (GError) error = NULL;
      int expected = SH_ERROR_PROTOCOL;
      Camera camera;

      for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
        if (whole[i].size == size)
          expected = whole[i].code;
      if (sh_plan_decode (plan, exact, size, &camera, &error))
        g_assert_cmpint (expected, ==, OK);
      else
        g_assert_error (error, SH_ERROR, expected);
    }
  g_assert_cmpuint (bytes->len, ==, 42);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proto/plan/truncated-anywhere", test_truncated);
  g_test_add_func ("/proto/plan/arrays", test_arrays);
  g_test_add_func ("/proto/plan/arrays/absent", test_absent_array);
  g_test_add_func ("/proto/plan/arrays/of-one", test_array_of_one);
  g_test_add_func ("/proto/plan/image", test_image);
  g_test_add_func ("/proto/plan/image/error", test_image_error);
  g_test_add_func ("/proto/plan/image/several", test_images);
  g_test_add_func ("/proto/plan/image/bad-when-encoded",
                   test_encode_bad_images);
  g_test_add_func ("/proto/plan/image/largest", test_largest_image);
  g_test_add_func ("/proto/plan/types-that-never-fit",
                   test_types_that_never_fit);
  return g_test_run ();
}

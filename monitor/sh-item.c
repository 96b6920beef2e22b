/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-item.h"

#include <math.h>

struct _ShItem
{
  GObject parent;
  GDBusProxy *proxy;
  ShItemKind kind;
  char *name;
  GHashTable *texts; /* property → GVariant that a text belongs to */
  ShSeries *history;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const struct
{
  const char *interface;
  const char *name;
} kinds[SH_ITEM_N_KINDS] = {
  [SH_ITEM_SIMULATOR] = { "org.simhost.Host1.Simulator", "Simulator" },
  [SH_ITEM_PLUGIN] = { "org.simhost.Host1.Plugin", "Plugin" },
  [SH_ITEM_SESSION] = { "org.simhost.Host1.Session", "Session" },
  [SH_ITEM_BRAIN] = { "org.simhost.Host1.Brain", "Brain" },
  [SH_ITEM_RUN] = { "org.simhost.Host1.Run", "Training" },
};

G_DEFINE_FINAL_TYPE (ShItem, sh_item, G_TYPE_OBJECT)

static void
sh_item_finalize (GObject *object)
{
  ShItem *item = SH_ITEM (object);

  g_clear_object (&item->proxy);
  g_clear_pointer (&item->texts, g_hash_table_unref);
  g_clear_pointer (&item->history, sh_series_free);
  g_free (item->name);
  G_OBJECT_CLASS (sh_item_parent_class)->finalize (object);
}

static void
sh_item_class_init (ShItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sh_item_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SH_TYPE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
sh_item_init (ShItem *item)
{
  item->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_variant_unref);
  item->history = sh_series_new ();
}

static char *
make_name (ShItem *item)
{
  const char *name;

  if (item->kind == SH_ITEM_PLUGIN)
    return g_path_get_basename (sh_item_get_text (item, "File"));
  name = sh_item_get_text (item, item->kind == SH_ITEM_RUN ? "Brain" : "Name");
  if (name[0] != '\0')
    return g_strdup (name);
  return g_path_get_basename (sh_item_get_path (item));
}

/* The daemon counts for itself; only what came since is a line. */
static void
keep_history (ShItem *item)
{
  double episodes = sh_item_get_number (item, "EpisodeCount");
  double mean = sh_item_get_number (item, "MeanReturn");

  if (item->kind == SH_ITEM_SESSION && episodes > 0)
    sh_series_add_line (item->history, episodes, mean);
}

ShItem *
sh_item_new (GDBusProxy *proxy)
{
  const char *interface;
  ShItem *item;
  int kind;

  g_return_val_if_fail (G_IS_DBUS_PROXY (proxy), NULL);

  interface = g_dbus_proxy_get_interface_name (proxy);
  for (kind = 0; kind < SH_ITEM_N_KINDS; kind++)
    if (g_str_equal (interface, kinds[kind].interface))
      break;
  if (kind == SH_ITEM_N_KINDS)
    return NULL;
  item = g_object_new (SH_TYPE_ITEM, NULL);
  item->proxy = g_object_ref (proxy);
  item->kind = (ShItemKind) kind;
  item->name = make_name (item);
  keep_history (item);
  return item;
}

ShItemKind
sh_item_get_kind (ShItem *item)
{
  g_return_val_if_fail (SH_IS_ITEM (item), SH_ITEM_SIMULATOR);

  return item->kind;
}

const char *
sh_item_get_path (ShItem *item)
{
  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  return g_dbus_proxy_get_object_path (item->proxy);
}

const char *
sh_item_get_interface (ShItem *item)
{
  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  return kinds[item->kind].interface;
}

const char *
sh_item_get_name (ShItem *item)
{
  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  return item->name;
}

const char *
sh_item_get_kind_name (ShItem *item)
{
  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  return kinds[item->kind].name;
}

const char *
sh_item_get_text (ShItem *item, const char *property)
{
  g_autoptr (GVariant) value = NULL;
  const char *text;

  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  value = g_dbus_proxy_get_cached_property (item->proxy, property);
  if (value == NULL ||
      !(g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ||
        g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)))
    return "";
  text = g_variant_get_string (value, NULL);
  /* The proxy may let go of it before the caller does. */
  g_hash_table_replace (item->texts, g_strdup (property),
                        g_steal_pointer (&value));
  return text;
}

double
sh_item_get_number (ShItem *item, const char *property)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (SH_IS_ITEM (item), NAN);

  value = g_dbus_proxy_get_cached_property (item->proxy, property);
  switch (value == NULL ? G_VARIANT_CLASS_VARIANT : g_variant_classify (value))
    {
    case G_VARIANT_CLASS_DOUBLE:
      return g_variant_get_double (value);
    case G_VARIANT_CLASS_UINT64:
      return (double) g_variant_get_uint64 (value);
    case G_VARIANT_CLASS_INT64:
      return (double) g_variant_get_int64 (value);
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_INT32:
      return g_variant_get_int32 (value);
    default:
      return NAN;
    }
}

gboolean
sh_item_get_flag (ShItem *item, const char *property)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (SH_IS_ITEM (item), FALSE);

  value = g_dbus_proxy_get_cached_property (item->proxy, property);
  return value != NULL &&
         g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) &&
         g_variant_get_boolean (value);
}

char **
sh_item_dup_strings (ShItem *item, const char *property)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  value = g_dbus_proxy_get_cached_property (item->proxy, property);
  if (value != NULL &&
      g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_variant_dup_strv (value, NULL);
  if (value != NULL &&
      g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH_ARRAY))
    return g_variant_dup_objv (value, NULL);
  return g_new0 (char *, 1);
}

const ShSeries *
sh_item_get_history (ShItem *item)
{
  g_return_val_if_fail (SH_IS_ITEM (item), NULL);

  return item->history;
}

int
sh_item_compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  ShItem *one = (ShItem *) a, *other = (ShItem *) b;
  int order;

  if (one->kind != other->kind)
    return one->kind < other->kind ? -1 : 1;
  order = g_utf8_collate (one->name, other->name);
  if (order != 0)
    return order;
  return g_strcmp0 (sh_item_get_path (one), sh_item_get_path (other));
}

void
sh_item_notify_changed (ShItem *item)
{
  g_return_if_fail (SH_IS_ITEM (item));

  keep_history (item);
  g_signal_emit (item, signals[SIGNAL_CHANGED], 0);
}

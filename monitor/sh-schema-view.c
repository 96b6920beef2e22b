/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-schema-view.h"

#include <adwaita.h>

#include "sh-schema-text.h"

static GtkWidget *
make_row (const ShSchemaField *field)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *subtitle = NULL;

  subtitle = field->description[0] == '\0'
                 ? g_strdup (field->type)
                 : g_strdup_printf ("%s\n%s", field->type, field->description);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), field->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  return row;
}

GtkWidget *
sh_schema_view_new (const char *schemas)
{
  static const struct
  {
    const char *member, *title;
  } parts[] = {
    { "state", "State" },
    { "action", "Action" },
    { "config", "Config" },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  guint i, j;

  for (i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GPtrArray) fields =
          sh_schema_fields_new (schemas, parts[i].member);
      GtkWidget *group = adw_preferences_group_new ();

      adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group),
                                       parts[i].title);
      for (j = 0; j < fields->len; j++)
        adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                                   make_row (fields->pdata[j]));
      gtk_widget_set_visible (group, fields->len > 0);
      gtk_box_append (GTK_BOX (box), group);
    }
  return box;
}

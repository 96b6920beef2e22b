/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-log.h"

#define HEIGHT 160

struct _ShLog
{
  AdwBin parent;
  GtkTextBuffer *buffer;
  GtkAdjustment *adjustment;
  double end; /* as far as it could be scrolled before it changed */
  guint idle; /* that goes to the end */
  GtkWidget *none; /* in place of the lines */
  GtkWidget *lines;
};

G_DEFINE_FINAL_TYPE (ShLog, sh_log, ADW_TYPE_BIN)

static void
sh_log_dispose (GObject *object)
{
  g_clear_handle_id (&SH_LOG (object)->idle, g_source_remove);
  G_OBJECT_CLASS (sh_log_parent_class)->dispose (object);
}

static void
sh_log_class_init (ShLogClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sh_log_dispose;
}

static void
sh_log_init (ShLog *log)
{
}

static double
get_end (ShLog *log)
{
  return gtk_adjustment_get_upper (log->adjustment) -
         gtk_adjustment_get_page_size (log->adjustment);
}

static gboolean
go_to_end (gpointer data)
{
  ShLog *log = data;

  log->idle = 0;
  gtk_adjustment_set_value (log->adjustment, get_end (log));
  return G_SOURCE_REMOVE;
}

/* Who has scrolled up reads, and is not taken from there. A frame that grew has moved
 * who was at the end. A text view that is scrolled while it is laid out draws its lines
 * in the wrong place. */
static void
on_more (GtkAdjustment *adjustment, ShLog *log)
{
  double end = get_end (log);
  gboolean at_end =
      gtk_adjustment_get_value (adjustment) >= MIN (log->end, end) - 1;

  log->end = end;
  if (at_end && log->idle == 0)
    log->idle = g_idle_add (go_to_end, log);
}

GtkWidget *
sh_log_new (const char *title, const char *empty)
{
  ShLog *log = g_object_new (SH_TYPE_LOG, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *heading = gtk_label_new (title);
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *none = gtk_label_new (empty);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_text_view_new ();

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_label_set_xalign (GTK_LABEL (none), 0);
  gtk_label_set_wrap (GTK_LABEL (none), TRUE);
  gtk_widget_add_css_class (none, "dim-label");
  gtk_widget_add_css_class (none, "plot-card");
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 12);
  gtk_widget_add_css_class (view, "log");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled),
                                              HEIGHT);
  log->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  log->none = none;
  log->lines = scrolled;
  log->adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  g_signal_connect_object (log->adjustment, "changed", G_CALLBACK (on_more),
                           log, 0);
  gtk_widget_set_visible (scrolled, FALSE);
  gtk_box_append (GTK_BOX (card), none);
  gtk_box_append (GTK_BOX (card), scrolled);
  gtk_widget_add_css_class (card, "card");
  gtk_widget_set_overflow (card, GTK_OVERFLOW_HIDDEN);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), card);
  adw_bin_set_child (ADW_BIN (log), box);
  return GTK_WIDGET (log);
}

static void
drop_old (ShLog *log)
{
  int extra = gtk_text_buffer_get_line_count (log->buffer) - SH_LOG_LINES;
  GtkTextIter start, end;

  if (extra <= 0)
    return;
  gtk_text_buffer_get_start_iter (log->buffer, &start);
  gtk_text_buffer_get_iter_at_line (log->buffer, &end, extra);
  gtk_text_buffer_delete (log->buffer, &start, &end);
}

void
sh_log_add (ShLog *log, gint64 time, const char *line)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *valid = NULL;
  g_autofree char *short_line = NULL;
  g_autofree char *stamp = NULL;
  g_autofree char *text = NULL;
  GtkTextIter end;

  g_return_if_fail (SH_IS_LOG (log) && line != NULL);

  if (time > 0)
    utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  if (utc != NULL)
    local = g_date_time_to_local (utc);
  if (local != NULL)
    stamp = g_date_time_format (local, "%H:%M:%S  ");
  valid = g_utf8_make_valid (line, -1);
  short_line = g_utf8_substring (
      valid, 0, MIN (g_utf8_strlen (valid, -1), SH_LOG_COLUMNS));
  gtk_text_buffer_get_end_iter (log->buffer, &end);
  text = g_strconcat (gtk_text_iter_is_start (&end) ? "" : "\n",
                      stamp == NULL ? "" : stamp, short_line, NULL);
  gtk_text_buffer_insert (log->buffer, &end, text, -1);
  drop_old (log);
  gtk_widget_set_visible (log->none, FALSE);
  gtk_widget_set_visible (log->lines, TRUE);
}

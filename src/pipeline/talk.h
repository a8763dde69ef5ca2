/* talk.h - what readers and the one who files tell each other, over a socket. Both are
 * this very program, forked: structures go as they are. Private to crew.c and
 * reader.c. */
#ifndef LK_PIPELINE_TALK_H
#define LK_PIPELINE_TALK_H

#include "pipeline/crew.h"

#include <limits.h>

/** A page to be read: one datagram. */
typedef struct {
    int page;
    char path[PATH_MAX];
} LkTask;

typedef enum {
    LK_TALK_LAYOUT, /* an identity; answered by JSON, empty: not known */
    LK_TALK_ISSUED, /* an LkCaseCode; answered by LkPageIds */
    LK_TALK_REPORT  /* of the task in hand */
} LkTalk;

/** lk_talk_send: false if the other end is gone. */
bool lk_talk_send(int fd, LkTalk kind, const void *data, size_t len);
/** lk_talk_hear: (transfer full): waits; NULL if the other end is gone. */
GByteArray *lk_talk_hear(int fd, LkTalk *kind);

GByteArray *lk_report_pack(const LkReport *report);
/** lk_report_unpack: (transfer full): NULL if @data is no whole report. */
LkReport *lk_report_unpack(const GByteArray *data);

/**
 * lk_read_for:
 * @tasks: LkTask comes in here, one after the other
 * @talk: questions and reports go out here
 *
 * A reader's life: returns when the other end is gone.
 */
void lk_read_for(int tasks, int talk);

#endif

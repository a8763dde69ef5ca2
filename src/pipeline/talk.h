/* talk.h - what readers and the one who files tell each other, over a socket. Both are
 * this very program, forked: structures go as they are. Private to crew.c and
 * reader.c. */
#ifndef LK_PIPELINE_TALK_H
#define LK_PIPELINE_TALK_H

#include "pipeline/crew.h"

/** A page to be read: one datagram, and the file with it. */
typedef struct {
    int page;
    guint key; /* LkCrewFile.key */
} LkTask;

/** lk_task_send: false if the other end is gone. */
bool lk_task_send(int socket, const LkTask *task, int fd);
/** lk_task_hear: @fd: (out): to be closed; -1: none came. False at the end. */
bool lk_task_hear(int socket, LkTask *task, int *fd);

typedef enum {
    LK_TALK_LAYOUT, /* an identity; answered by JSON, empty: not known */
    LK_TALK_ISSUED, /* an LkCaseCode; answered by LkPageIds */
    LK_TALK_REPORT  /* of the task in hand */
} LkTalk;

/** lk_talk_send: false if the other end is gone. */
bool lk_talk_send(int fd, LkTalk kind, const void *data, size_t len);
/** lk_talk_hear: (transfer full): waits; NULL if the other end is gone. @passed: (out):
 * a descriptor that came along, to be closed; or -1. */
GByteArray *lk_talk_hear(int fd, LkTalk *kind, int *passed);

/** lk_report_send: false if the other end is gone. */
bool lk_report_send(int fd, const LkReport *report);
/** lk_report_unpack: (transfer full): what came; NULL if it is no whole report. */
LkReport *lk_report_unpack(const GByteArray *data, int passed);

/**
 * lk_read_for:
 * @tasks: lk_task_hear() here, one after the other
 * @talk: questions and reports go out here
 *
 * A reader's life: returns when the other end is gone.
 */
void lk_read_for(int tasks, int talk);

#endif

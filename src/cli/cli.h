/* cli.h - one file a command. Data on stdout, messages on stderr. */
#ifndef LK_CLI_H
#define LK_CLI_H

#include "store/store.h"

#include <stdio.h>

G_BEGIN_DECLS

/** Exit status of every command. */
typedef enum {
    LK_EXIT_DONE = 0,
    LK_EXIT_ATTENTION = 1, /* done, but something needs a person or was refused */
    LK_EXIT_USAGE = 2,
    LK_EXIT_FAILED = 3
} LkExit;

/** What all commands share. */
typedef struct {
    const char *office; /* folder of the office: -C, else $LAKANA_HOME, else "." */
} LkCli;

/**
 * LkCommand: a command; @argv[0] is its own name, options of all commands are gone.
 * Prints its own errors through lk_cli_fail().
 */
typedef LkExit (*LkCommand)(const LkCli *cli, int argc, char **argv);

LkExit lk_cmd_backup(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_case(const LkCli *cli, int argc, char **argv);
/** lk_cmd_case_hand: the part of `case` that says whose a file is. */
LkExit lk_cmd_case_hand(const LkCli *cli, int argc, char **argv);
/** lk_cmd_case_courier: the part of `case` that sends and receives files. */
LkExit lk_cmd_case_courier(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_check(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_explain(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_export(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_forms(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_geometry(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_ingest(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_init(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_journal(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_labels(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_layout(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_office(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_page(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_parcel(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_print(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_protect(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_restore(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_review(const LkCli *cli, int argc, char **argv);
/** lk_cli_review_list: the part of `review` that only tells what waits; codes and names
 * of fields, no values. */
LkExit lk_cli_review_list(LkStore *store, bool json);

/** lk_cli_review_second: the part of `review` that says what is typed twice. @as: login
 * of a manager, or NULL; @text: "dates,nombres", "all", "none". */
LkExit lk_cli_review_second(LkStore *store, const char *as, const char *text);
LkExit lk_cmd_services(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_user(const LkCli *cli, int argc, char **argv);
LkExit lk_cmd_vault(const LkCli *cli, int argc, char **argv);

/**
 * lk_cli_parse:
 * @entries: GOptionEntry table of the command, each with a long name; words for
 *   people wrapped N_()
 * @usage: what follows the command's name and its options, N_("CODE…")
 * @summary: what it does, one sentence, N_("…")
 *
 * Parses options with GOption and leaves the rest in @argc, @argv (argv[0] stays).
 * On --help prints it and ends the program. On a wrong option prints what is wrong and
 * how to get help.
 *
 * Returns: false if the command should end with LK_EXIT_USAGE
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_cli_parse(const GOptionEntry *entries, const char *usage, const char *summary,
                  int *argc, char ***argv);

/** lk_cli_width: columns of a terminal that @text (UTF-8) takes. */
int lk_cli_width(const char *text);
/** lk_cli_pad: prints @text, then spaces up to @width columns. */
void lk_cli_pad(FILE *out, const char *text, int width);
/**
 * lk_cli_wrap: prints @text and a line end, broken at its spaces (not at no-break ones)
 * for a terminal of 80 columns; the first line stands at column @indent already.
 */
void lk_cli_wrap(FILE *out, const char *text, int indent);

/** lk_cli_take_codes: `--case A B C`: what follows the options are codes too. @codes is
 * freed and replaced by one list of both; never NULL then. */
void lk_cli_take_codes(char ***codes, char **argv);
/** lk_cli_parse_codes: (transfer full): GArray of LkCaseCode; NULL and which of @texts
 * is none, LK_BASE_ERROR_CODE. */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_cli_parse_codes(char **texts, GError **error);

/**
 * lk_cli_office:
 * @name: path of a key file, or a name or fingerprint
 *
 * Returns: (transfer full): that office, if this one trusts it; else NULL with
 * LK_STORE_ERROR_UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
LkOffice *lk_cli_office(LkStore *store, const char *name, GError **error);

/* --- What others must not see: not on the command line, not left in memory. ------- */

/**
 * lk_cli_ask:
 * @question: printed to stderr if somebody is there to answer
 *
 * Returns: (transfer full): a line of standard input without its end, for
 * lk_wipe(); NULL at the end of the input
 */
G_GNUC_WARN_UNUSED_RESULT
char *lk_cli_ask(const char *question);

/**
 * lk_cli_read_private:
 * @path: a file, or "-" for standard input
 * @size: (out): bytes; a zero follows them
 *
 * Returns: (transfer full): for lk_wipe(); NULL if it cannot be read or is longer
 * than 64 KiB
 */
G_GNUC_WARN_UNUSED_RESULT
char *lk_cli_read_private(const char *path, size_t *size, GError **error);

/**
 * lk_cli_reason:
 * @why: (inout) (transfer full): what --why said; NULL: nothing. "-" becomes what
 *   standard input says, asked for on a terminal; NULL if that is nothing. For
 *   lk_wipe()
 *
 * Returns: false if it cannot be read, is longer than 64 KiB or no text
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_cli_reason(char **why, GError **error);

/** lk_cli_fail: prints "lakana: " and @error's message to stderr. LK_EXIT_FAILED, or
 * LK_EXIT_USAGE if a word of the command names nothing: a code, a form, a set. */
LkExit lk_cli_fail(const GError *error);
/** lk_cli_usage: prints a mistake in the arguments to stderr; LK_EXIT_USAGE. */
LkExit lk_cli_usage(const char *format, ...) G_GNUC_PRINTF(1, 2);

G_END_DECLS

#endif

/* session.h - who sits there: passphrases from a file or a terminal, never from the
 * words of the command. */
#ifndef LK_CLI_SESSION_H
#define LK_CLI_SESSION_H

#include "cli/cli.h"
#include "store/store.h"

G_BEGIN_DECLS

/** The option --as, the same in every command that opens something. */
#define LK_CLI_AS_OPTION(place)                                                        \
    {                                                                                  \
        "as", 'a', 0, G_OPTION_ARG_STRING, (place),                                    \
            N_("your login (default: $LAKANA_USER)"), N_("LOGIN")                      \
    }

/**
 * lk_cli_session:
 * @as: (nullable): value of --as; NULL: $LAKANA_USER, else the recovery words are asked
 *
 * Takes the passphrase (or the recovery words, wherever one is asked) from the file
 * named by $LAKANA_PASSPHRASE_FILE, which nobody else may read, or asks for it on the
 * terminal without echo.
 *
 * Returns: (transfer full): a session that must end before @store, or NULL; print the
 * error with lk_cli_refuse()
 */
G_GNUC_WARN_UNUSED_RESULT
LkSession *lk_cli_session(LkStore *store, const char *as, GError **error);

/**
 * lk_cli_new_passphrase:
 * @login: whose it will be
 *
 * From the file named by $LAKANA_NEW_PASSPHRASE_FILE, or asked twice on the terminal.
 */
G_GNUC_WARN_UNUSED_RESULT
LkSecret *lk_cli_new_passphrase(const char *login, GError **error);

/** lk_cli_refuse: lk_cli_fail(), but LK_EXIT_ATTENTION for what was refused: a wrong
 * passphrase, a key that is not held, a login that is taken. */
LkExit lk_cli_refuse(const GError *error);

/** lk_cli_no_core_dumps: what is in memory stays there, whatever happens. */
void lk_cli_no_core_dumps(void);

/**
 * lk_cli_show_recovery:
 * @office: name, printed on the sheet
 * @sheet: (nullable): the PDF to write, for its owner only; it must not exist. NULL:
 *   the words go to stdout, a warning to stderr
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_cli_show_recovery(const LkSecret *recovery, const char *office,
                          const char *sheet, GError **error);

G_END_DECLS

#endif

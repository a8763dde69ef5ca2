/* code.c - case codes and page identities.
 *
 * Check digits: ISO/IEC 7064 MOD 97-10, the pure system that IBAN (ISO 13616) uses.
 * The two check characters stand at the end, so that the whole string, letters read as
 * 10..35, is congruent to 1 modulo 97. Every single wrong character and every swap of
 * two neighbours is found. */
#include "base/base.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define REGION_LEN 3
#define DIGITS_LEN 10
#define BLANK_PREFIX "BLK"
#define PAYLOAD_PREFIX "LK1"

const char lk_serial_alphabet[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* --- Random characters. ------------------------------------------------------------
 */

static bool
random_bytes(uint8_t *bytes, size_t n, GError **error)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = getrandom(bytes + done, n - done, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_RANDOM,
                        _("the system gives no random numbers: %s"),
                        lk_errno_text(errno));
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

/* Characters of @alphabet, each as likely as the next: bytes past the last whole
 * multiple of its size are thrown away. */
static bool
random_text(const char *alphabet, size_t n, char *text, GError **error)
{
    size_t size = strlen(alphabet);
    uint8_t limit = (uint8_t)(256 / size * size - 1);
    for (size_t i = 0; i < n;) {
        uint8_t byte = 0;
        if (!random_bytes(&byte, 1, error)) {
            return false;
        }
        if (byte <= limit) {
            text[i++] = alphabet[byte % size];
        }
    }
    text[n] = '\0';
    return true;
}

/* --- Check digits. -----------------------------------------------------------------
 */

int
lk_mod97(const char *text)
{
    int rest = 0;
    for (; *text != '\0'; text++) {
        if (g_ascii_isdigit(*text)) {
            rest = (rest * 10 + (*text - '0')) % 97;
        } else if (g_ascii_isupper(*text)) {
            rest = (rest * 100 + (*text - 'A' + 10)) % 97;
        } else {
            return -1;
        }
    }
    return rest;
}

/* --- Case codes. -------------------------------------------------------------------
 */

static bool
is_region(const char *text)
{
    return g_ascii_isupper(text[0]) && g_ascii_isupper(text[1]) &&
           g_ascii_isupper(text[2]);
}

static bool
all_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!g_ascii_isdigit(text[i])) {
            return false;
        }
    }
    return true;
}

bool
lk_case_code_new(const char *region, LkCaseCode *code, GError **error)
{
    if (strlen(region) != REGION_LEN || !is_region(region) ||
        strcmp(region, BLANK_PREFIX) == 0) {
        g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_CODE,
                    _("'%s' is not a region: three capital letters, such as MOP"),
                    region);
        return false;
    }
    char digits[DIGITS_LEN + 1];
    if (!random_text("0123456789", DIGITS_LEN, digits, error)) {
        return false;
    }
    char body[LK_CASE_CODE_LEN + 1];
    g_snprintf(body, sizeof body, "%s%s00", region, digits);
    int check = 98 - lk_mod97(body);
    g_snprintf(code->text, sizeof code->text, "%s%s%02d", region, digits, check);
    return true;
}

bool
lk_case_code_new_blank(LkCaseCode *code, GError **error)
{
    char digits[13];
    if (!random_text("0123456789", 12, digits, error)) {
        return false;
    }
    g_snprintf(code->text, sizeof code->text, BLANK_PREFIX "%s", digits);
    return true;
}

bool
lk_case_code_parse(const char *text, LkCaseCode *code, GError **error)
{
    char compact[LK_CASE_CODE_LEN + 2];
    size_t n = 0;
    for (const char *p = text; *p != '\0' && n <= LK_CASE_CODE_LEN; p++) {
        if (*p != '-' && !g_ascii_isspace(*p)) {
            compact[n++] = g_ascii_toupper(*p);
        }
    }
    compact[n] = '\0';
    if (n != LK_CASE_CODE_LEN || !is_region(compact) ||
        !all_digits(compact + REGION_LEN, LK_CASE_CODE_LEN - REGION_LEN)) {
        g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_CODE,
                    _("not a case code: three letters and twelve digits are needed, "
                      "such as MOP-48219-07366-29"));
        return false;
    }
    if (strncmp(compact, BLANK_PREFIX, REGION_LEN) != 0 && lk_mod97(compact) != 1) {
        g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_CODE,
                    _("the check digits of the case code do not agree: copy it again, "
                      "digit by digit"));
        return false;
    }
    memcpy(code->text, compact, LK_CASE_CODE_LEN + 1);
    return true;
}

char *
lk_case_code_format(const LkCaseCode *code)
{
    if (strlen(code->text) != LK_CASE_CODE_LEN) {
        return g_strdup(code->text);
    }
    return g_strdup_printf("%.3s-%.5s-%.5s-%.2s", code->text, code->text + 3,
                           code->text + 8, code->text + 13);
}

bool
lk_case_code_is_blank(const LkCaseCode *code)
{
    return strncmp(code->text, BLANK_PREFIX, REGION_LEN) == 0;
}

bool
lk_case_code_equal(const LkCaseCode *a, const LkCaseCode *b)
{
    return strcmp(a->text, b->text) == 0;
}

/* --- Page identity. ----------------------------------------------------------------
 */

bool
lk_serial_new(char serial[LK_SERIAL_LEN + 1], GError **error)
{
    return random_text(lk_serial_alphabet, LK_SERIAL_LEN, serial, error);
}

bool
lk_serial_is_valid(const char *serial)
{
    return strlen(serial) == LK_SERIAL_LEN &&
           strspn(serial, lk_serial_alphabet) == LK_SERIAL_LEN;
}

void
lk_payload_write(const LkPageId *id, char payload[LK_PAYLOAD_LEN + 1])
{
    const char *form = id->form;
    char pair[3] = {form[0], form[1] == '.' ? form[2] : form[1], '\0'};
    g_snprintf(payload, LK_PAYLOAD_LEN + 1, PAYLOAD_PREFIX "%s%d%s%s%s", pair, id->page,
               id->layout, id->case_code.text, id->copy);
}

/* "1B" -> "1.B", "A1" -> "A.1"; two letters ("LV") stay as they are. */
static bool
expand_form(const char *pair, char form[4])
{
    if (!g_ascii_isalnum(pair[0]) || !g_ascii_isalnum(pair[1])) {
        return false;
    }
    bool letters = g_ascii_isalpha(pair[0]) && g_ascii_isalpha(pair[1]);
    g_snprintf(form, 4, letters ? "%c%c" : "%c.%c", pair[0], pair[1]);
    return true;
}

static bool
not_ours(GError **error)
{
    g_set_error_literal(error, LK_BASE_ERROR, LK_BASE_ERROR_PAYLOAD,
                        _("a QR code that this program did not print"));
    return false;
}

bool
lk_payload_parse(const char *payload, size_t len, LkPageId *id, GError **error)
{
    if (len != LK_PAYLOAD_LEN || memchr(payload, '\0', len) != NULL ||
        memcmp(payload, PAYLOAD_PREFIX, 3) != 0) {
        return not_ours(error);
    }
    LkPageId got = {0};
    char code[LK_CASE_CODE_LEN + 1];
    memcpy(got.layout, payload + 6, LK_SERIAL_LEN);
    memcpy(code, payload + 11, LK_CASE_CODE_LEN);
    code[LK_CASE_CODE_LEN] = '\0';
    memcpy(got.copy, payload + 26, LK_SERIAL_LEN);
    if (!expand_form(payload + 3, got.form) || !g_ascii_isdigit(payload[5]) ||
        !lk_serial_is_valid(got.layout) || !lk_serial_is_valid(got.copy) ||
        strpbrk(code, "- \t\r\n") != NULL) {
        return not_ours(error);
    }
    got.page = payload[5] - '0';
    if (!lk_case_code_parse(code, &got.case_code, error)) {
        return false;
    }
    *id = got;
    return true;
}

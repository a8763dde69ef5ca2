/* content.c - a reader of content streams that knows just enough to say "this page is
 * one image, there". */
#include "scan/content.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPERANDS 8
#define MAX_DEPTH 28 /* of q, as ISO 32000-1 annex C allows */

typedef struct {
    LkMatrix matrix;
    double fill; /* grey of the fill colour; -1: some other colour */
    int text_mode;
    bool has_clip;
    LkRect clip;
} State;

typedef struct {
    const uint8_t *at, *end;
    double numbers[MAX_OPERANDS]; /* the last ones, oldest first */
    int n_numbers;
    char name[128];
    State states[MAX_DEPTH];
    int depth;
    LkRect path; /* the rectangle being built */
    int n_paths; /* pieces in the path; 1 = that rectangle only */
    bool clip_next, unclear;
    int n_images;
    LkPdfContent *content;
} Reader;

/* --- Tokens.
 * ------------------------------------------------------------------------------ */

static bool
is_space(int c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

static bool
is_delimiter(int c)
{
    return c != '\0' && strchr("()<>[]{}/%", c) != NULL;
}

static void
skip_string(Reader *r)
{
    int depth = 0;
    for (; r->at < r->end; r->at++) {
        if (*r->at == '\\') {
            r->at += r->at + 1 < r->end;
        } else if (*r->at == '(') {
            depth++;
        } else if (*r->at == ')' && --depth == 0) {
            r->at++;
            return;
        }
    }
}

static size_t
word_length(const Reader *r)
{
    const uint8_t *p = r->at;
    while (p < r->end && !is_space(*p) && !is_delimiter(*p)) {
        p++;
    }
    return (size_t)(p - r->at);
}

static void
push_number(Reader *r, double value)
{
    if (r->n_numbers == MAX_OPERANDS) {
        memmove(r->numbers, r->numbers + 1, sizeof r->numbers - sizeof r->numbers[0]);
        r->n_numbers--;
    }
    r->numbers[r->n_numbers++] = value;
}

static void
take_name(Reader *r)
{
    r->at++;
    size_t n = word_length(r);
    r->name[0] = '/';
    size_t kept = MIN(n, sizeof r->name - 2);
    memcpy(r->name + 1, r->at, kept);
    r->name[kept + 1] = '\0';
    /* Cut or escaped names would be looked up wrongly. */
    r->unclear = r->unclear || kept < n || strchr(r->name, '#') != NULL;
    r->at += n;
}

/* --- Operators.
 * ---------------------------------------------------------------------------- */

static State *
state_of(Reader *r)
{
    return &r->states[r->depth];
}

static LkMatrix
multiply(LkMatrix m, LkMatrix n)
{
    return (LkMatrix){m.a * n.a + m.b * n.c,       m.a * n.b + m.b * n.d,
                      m.c * n.a + m.d * n.c,       m.c * n.b + m.d * n.d,
                      m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

static void
save(Reader *r)
{
    if (r->depth + 1 >= MAX_DEPTH) {
        r->unclear = true;
        return;
    }
    r->states[r->depth + 1] = r->states[r->depth];
    r->depth++;
}

static void
restore(Reader *r)
{
    r->depth -= r->depth > 0;
}

static void
concatenate(Reader *r)
{
    if (r->n_numbers < 6) {
        r->unclear = true;
        return;
    }
    const double *n = r->numbers + r->n_numbers - 6;
    state_of(r)->matrix =
        multiply((LkMatrix){n[0], n[1], n[2], n[3], n[4], n[5]}, state_of(r)->matrix);
}

static void
rectangle(Reader *r)
{
    const LkMatrix *m = &state_of(r)->matrix;
    if (r->n_numbers < 4 || (m->a * m->d != 0 && (m->b != 0 || m->c != 0))) {
        r->n_paths = 2; /* not one upright rectangle */
        return;
    }
    const double *n = r->numbers + r->n_numbers - 4;
    double x0 = m->a * n[0] + m->c * n[1] + m->e;
    double y0 = m->b * n[0] + m->d * n[1] + m->f;
    double x1 = x0 + m->a * n[2] + m->c * n[3];
    double y1 = y0 + m->b * n[2] + m->d * n[3];
    r->path = (LkRect){MIN(x0, x1), MIN(y0, y1), fabs(x1 - x0), fabs(y1 - y0)};
    r->n_paths++;
}

static void
other_path(Reader *r)
{
    r->n_paths = 2;
}

static void
clip(Reader *r)
{
    r->clip_next = true;
}

/** Every painting operator ends the path, and applies a clip announced before it. */
static void
end_path(Reader *r)
{
    State *state = state_of(r);
    if (r->clip_next && r->n_paths != 1) {
        r->unclear = true;
    } else if (r->clip_next && state->has_clip) {
        LkRect a = state->clip;
        LkRect b = r->path;
        double x0 = MAX(a.x, b.x);
        double y0 = MAX(a.y, b.y);
        double x1 = MIN(a.x + a.w, b.x + b.w);
        double y1 = MIN(a.y + a.h, b.y + b.h);
        state->clip = (LkRect){x0, y0, MAX(0, x1 - x0), MAX(0, y1 - y0)};
    } else if (r->clip_next) {
        state->has_clip = true;
        state->clip = r->path;
    }
    r->clip_next = false;
    r->n_paths = 0;
}

static void
fill(Reader *r)
{
    /* White paper under the image is no picture of its own. */
    bool background = r->n_images == 0 && state_of(r)->fill == 1;
    r->unclear = r->unclear || !background;
    end_path(r);
}

static void
paint(Reader *r)
{
    r->unclear = true;
    end_path(r);
}

static void
unclear(Reader *r)
{
    r->unclear = true;
}

static void
use_settings(Reader *r)
{
    LkPdfContent *content = r->content;
    if (content->n_settings == LK_PDF_SETTINGS ||
        strlen(r->name) >= sizeof content->settings[0]) {
        r->unclear = true;
        return;
    }
    g_strlcpy(content->settings[content->n_settings++], r->name,
              sizeof content->settings[0]);
}

static void
fill_grey(Reader *r)
{
    state_of(r)->fill = r->n_numbers >= 1 ? r->numbers[r->n_numbers - 1] : -1;
}

static void
fill_rgb(Reader *r)
{
    const double *n = r->numbers + r->n_numbers - 3;
    bool grey = r->n_numbers >= 3 && n[0] == n[1] && n[1] == n[2];
    state_of(r)->fill = grey ? n[0] : -1;
}

static void
fill_other(Reader *r)
{
    state_of(r)->fill = -1;
}

static void
text_mode(Reader *r)
{
    state_of(r)->text_mode = r->n_numbers >= 1 ? (int)r->numbers[r->n_numbers - 1] : 0;
}

static void
show_text(Reader *r)
{
    r->unclear = r->unclear || state_of(r)->text_mode != 3;
}

static void
draw_object(Reader *r)
{
    const State *state = state_of(r);
    r->n_images++;
    g_strlcpy(r->content->name, r->name, sizeof r->content->name);
    r->content->place = state->matrix;
    r->content->fill_is_black = state->fill == 0;
    r->content->has_clip = state->has_clip;
    r->content->clip = state->clip;
}

static void
nothing(Reader *r)
{
    (void)r;
}

static const struct {
    const char *word;
    void (*act)(Reader *r);
} operators[] = {
    {"q", save},         {"Q", restore},       {"cm", concatenate}, {"Do", draw_object},
    {"re", rectangle},   {"m", other_path},    {"l", other_path},   {"c", other_path},
    {"v", other_path},   {"y", other_path},    {"h", nothing},      {"W", clip},
    {"W*", clip},        {"n", end_path},      {"f", fill},         {"F", fill},
    {"f*", fill},        {"S", paint},         {"s", paint},        {"B", paint},
    {"B*", paint},       {"b", paint},         {"b*", paint},       {"sh", unclear},
    {"BI", unclear},     {"gs", use_settings}, {"Do", draw_object}, {"g", fill_grey},
    {"rg", fill_rgb},    {"k", fill_other},    {"cs", fill_other},  {"sc", fill_other},
    {"scn", fill_other}, {"Tr", text_mode},    {"Tj", show_text},   {"TJ", show_text},
    {"'", show_text},    {"\"", show_text},    {"G", nothing},      {"RG", nothing},
    {"K", nothing},      {"CS", nothing},      {"SC", nothing},     {"SCN", nothing},
    {"w", nothing},      {"J", nothing},       {"j", nothing},      {"M", nothing},
    {"d", nothing},      {"i", nothing},       {"ri", nothing},     {"BT", nothing},
    {"ET", nothing},     {"Td", nothing},      {"TD", nothing},     {"Tm", nothing},
    {"T*", nothing},     {"Tc", nothing},      {"Tw", nothing},     {"Tz", nothing},
    {"TL", nothing},     {"Tf", nothing},      {"Ts", nothing},     {"BMC", nothing},
    {"EMC", nothing},    {"MP", nothing},      {"DP", nothing},     {"BX", nothing},
    {"EX", nothing},     {"true", nothing},    {"false", nothing},  {"null", nothing},
};

/** Optional content may be switched off, which only a renderer knows. */
static void
begin_marked(Reader *r, bool optional)
{
    r->unclear = r->unclear || optional;
}

static void
operate(Reader *r, const char *word, bool optional)
{
    if (strcmp(word, "BDC") == 0) {
        begin_marked(r, optional);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (strcmp(operators[i].word, word) == 0) {
            operators[i].act(r);
            return;
        }
    }
    r->unclear = true;
}

/** A number, or an operator with the operands gathered so far. */
static void
take_word(Reader *r, bool *optional)
{
    char word[32];
    size_t n = word_length(r);
    if (n == 0 || n >= sizeof word) {
        r->unclear = true;
        r->at += MAX(n, 1);
        return;
    }
    memcpy(word, r->at, n);
    word[n] = '\0';
    r->at += n;
    if (g_ascii_isdigit(word[0]) || strchr("+-.", word[0]) != NULL) {
        double value = g_ascii_strtod(word, NULL);
        push_number(r, isfinite(value) ? value : 0);
        return;
    }
    operate(r, word, *optional);
    r->n_numbers = 0;
    *optional = false;
}

void
lk_pdf_content_read(const uint8_t *data, size_t len, LkPdfContent *content)
{
    *content = (LkPdfContent){0};
    if (len == 0) {
        return; /* and data may be NULL */
    }
    g_autofree Reader *r = g_new0(Reader, 1);
    r->at = data;
    r->end = data + len;
    r->content = content;
    r->states[0].matrix = (LkMatrix){1, 0, 0, 1, 0, 0};
    bool optional = false;
    while (r->at < r->end && !r->unclear && r->n_images < 2) {
        int c = *r->at;
        if (c == '<' && !(r->at + 1 < r->end && r->at[1] == '<')) {
            const uint8_t *close = memchr(r->at, '>', (size_t)(r->end - r->at));
            r->at = close != NULL ? close : r->end;
        } else if (c == '<') {
            r->at += 2;
        } else if (is_space(c) || strchr("[]>{})", c) != NULL) {
            r->at++;
        } else if (c == '%') {
            while (r->at < r->end && *r->at != '\n' && *r->at != '\r') {
                r->at++;
            }
        } else if (c == '(') {
            skip_string(r);
        } else if (c == '/') {
            take_name(r);
            optional = optional || strcmp(r->name, "/OC") == 0;
        } else {
            take_word(r, &optional);
        }
    }
    content->is_one_image = !r->unclear && r->n_images == 1;
}

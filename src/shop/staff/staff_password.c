/* staff_password.c - passwords that are refused because they are among the first that anybody tries.
 *
 * A list of a thousand would be right about those thousand and wrong about their neighbours. The lists of
 * what leaked say the same year after year: of the passwords with eight or more characters that many people
 * share, nearly all are digits only (dates, phone numbers, 5201314…), one or two runs along the keyboard or
 * the alphabet (1qaz2wsx, qwer1234), few characters over and over, or one well-known word with digits around
 * it, letters written as look-alikes (P@ssw0rd123). These four kinds are refused as kinds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/staff/staff.h"
#include <ctype.h>

#define DIFFERENT_LEAST 5
/* Digits alone: longer than any date or phone number. */
#define DIGITS_LEAST 12
#define RUNS_WEAK 2
#define AROUND_WORD_MOST 8

static bool has_few_characters(const char *text)
{
    bool seen[256] = {false};
    int different = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        different += !seen[*c];
        seen[*c] = true;
    }
    return different < DIFFERENT_LEAST;
}

static bool is_step(char before, char after)
{
    static const char *const rows[] = {"01234567890",
                                       "09876543210",
                                       "qwertyuiop",
                                       "poiuytrewq",
                                       "asdfghjkl",
                                       "lkjhgfdsa",
                                       "zxcvbnm",
                                       "mnbvcxz",
                                       "abcdefghijklmnopqrstuvwxyz",
                                       "zyxwvutsrqponmlkjihgfedcba",
                                       "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
                                       "qazwsxedcrfvtgbyhnujm",
                                       "zaq12wsxcde34rfv",
                                       "1q2w3e4r5t6y7u8i9o0p",
                                       "q1w2e3r4t5y6u7i8o9p0",
                                       "!@#$%^&*()"};
    const char pair[] = {before, after, 0};
    if (before == after)
        return true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strstr(rows[i], pair))
            return true;
    return false;
}

static bool is_runs(const char *text)
{
    int runs = 1;
    for (size_t i = 1; text[i]; i++)
        runs += !is_step(text[i - 1], text[i]);
    return runs <= RUNS_WEAK;
}

/* Lower case, look-alikes as the letters they stand for; what is no letter at both ends is cut off. */
static const char *word_within(struct ctx *ctx, const char *text)
{
    static const char look_alikes[] = "0o1i!i3e4a@a5s$s7t";
    char *word = arena_copy_text(ctx->arena, text);
    size_t end = strlen(word);
    while (end > 0 && !isalpha((unsigned char)word[end - 1]))
        end--;
    word[end] = 0;
    while (*word && !isalpha((unsigned char)*word))
        word++;
    for (char *c = word; *c; c++)
        for (size_t i = 0; look_alikes[i]; i += 2)
            if (look_alikes[i] == *c)
                *c = look_alikes[i + 1];
    return word;
}

static bool is_well_known(const char *word)
{
    static const char *const words[] = {
        "password", "passwd",     "passw",     "pass",       "admin",    "administrator",
        "root",     "welcome",    "letmein",   "login",      "guest",    "test",
        "testing",  "user",       "master",    "manager",    "owner",    "shop",
        "dianpu",   "iloveyou",   "loveyou",   "love",       "woaini",   "woaiwojia",
        "aini",     "wodeai",     "baobei",    "laopo",      "laogong",  "mima",
        "wodemima", "dragon",     "monkey",    "sunshine",   "princess", "football",
        "baseball", "basketball", "superman",  "batman",     "shadow",   "michael",
        "jordan",   "jennifer",   "jessica",   "ashley",     "charlie",  "thomas",
        "daniel",   "andrew",     "robert",    "matthew",    "starwars", "trustno",
        "freedom",  "whatever",   "hello",     "helloworld", "computer", "internet",
        "samsung",  "google",     "facebook",  "taobao",     "alibaba",  "tencent",
        "weixin",   "wechat",     "qq",        "china",      "zhongguo", "beijing",
        "shanghai", "shenzhen",   "guangzhou", "zhangwei",   "wangwei",  "zhang",
        "wang",     "liu",        "chen",      "yang",       "abc",      "abcd",
        "qwer",     "qwert",      "qwerty",    "asd",        "asdf",     "zxc",
        "zxcv",     "qaz",        "summer",    "winter",     "spring",   "autumn",
        "secret",   "changeme",   "default",   "access",     "killer",   "cheese",
        "pokemon",  "yundian"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(words[i], word))
            return true;
    return false;
}

static const char *lower(struct ctx *ctx, const char *text)
{
    char *copy = arena_copy_text(ctx->arena, text);
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* The login, or what stands before its @, with anything short around it. */
static bool is_login(struct ctx *ctx, const char *password, const char *login)
{
    const char *name = arena_copy(ctx->arena, login, strcspn(login, "@"));
    const char *place = name[0] ? strstr(password, name) : NULL;
    return text_is(password, login) || (place && strlen(password) - strlen(name) <= AROUND_WORD_MOST / 2);
}

static bool is_guessed(struct ctx *ctx, const char *login, const char *password)
{
    const char *plain = lower(ctx, password);
    const char *word = word_within(ctx, plain);
    bool is_short_around = strlen(plain) - strlen(word) <= AROUND_WORD_MOST;
    if (strspn(plain, "0123456789") == strlen(plain) && strlen(plain) < DIGITS_LEAST)
        return true;
    return has_few_characters(plain) || is_runs(plain) || (is_short_around && is_well_known(word)) ||
           is_login(ctx, plain, login);
}

err staff_check_password(struct ctx *ctx, const char *field, const char *login, const char *password)
{
    if (utf8_length(password, strlen(password)) < STAFF_PASSWORD_MINIMUM)
        return fail_field(ctx, field, "password-short", "a password has at least 8 characters");
    if (is_guessed(ctx, login, password))
        return fail_field(ctx, field, "password-guessed",
                          "among the first that anybody tries: put three or four unrelated words together");
    return NULL;
}

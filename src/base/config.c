/* config.c - every setting's text is taken from the strongest place that names it, then read by its kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_LINE 4096

enum setting_kind { SETTING_TEXT, SETTING_INT, SETTING_FLAG };

static const struct setting {
    enum setting_kind kind;
    const char *name;
    const char *otherwise;
    int64_t minimum;
    int64_t maximum;
    const char *help;
    size_t offset;
} settings[] = {
#define X(type, name, otherwise, minimum, maximum, help)                                                     \
    {SETTING_##type, #name, otherwise, minimum, maximum, help, offsetof(struct config, name)},
    CONFIG_SETTINGS(X)
#undef X
};

enum {
#define X(type, name, otherwise, minimum, maximum, help) AT_##name,
    CONFIG_SETTINGS(X)
#undef X
        SETTING_COUNT
};

/* What a place says about a setting; text NULL when it says nothing. */
struct entry {
    const char *text;
    const char *source;
};

/* The setting of that name, in which `-` and `_` are the same; -1 when there is none. */
static int find_setting(const char *name, size_t length)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *known = settings[i].name;
        size_t at = 0;
        while (at < length && known[at] && (known[at] == name[at] || (known[at] == '_' && name[at] == '-')))
            at++;
        if (at == length && known[at] == '\0')
            return i;
    }
    return -1;
}

/* Takes the settings out of the arguments. */
static err read_arguments(struct ctx *ctx, int *argc, char **argv, struct entry *entries)
{
    int kept = 1;
    int i = 1;
    for (; i < *argc && !text_is(argv[i], "--"); i++) {
        const char *name = text_starts(argv[i], "--") ? argv[i] + 2 : "";
        size_t length = strcspn(name, "=");
        int setting = find_setting(name, length);
        if (setting < 0) {
            argv[kept++] = argv[i];
            continue;
        }
        if (name[length] == '=') {
            entries[setting].text = name + length + 1;
        } else if (i + 1 < *argc) {
            entries[setting].text = argv[++i];
        } else {
            return fail_with(ctx, ERR_INVALID, "%s: a value must follow (argument)", settings[setting].name);
        }
        entries[setting].source = "argument";
    }
    while (i < *argc)
        argv[kept++] = argv[i++];
    if (kept < *argc)
        argv[kept] = NULL;
    *argc = kept;
    return NULL;
}

static const char *environment_name(struct ctx *ctx, const char *setting)
{
    char *name = arena_format(ctx->arena, "YUNDIAN_%s", setting);
    for (char *at = name; *at; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    }
    return name;
}

static void read_environment(struct ctx *ctx, struct entry *entries)
{
    const char *plain = getenv("DATABASE_URL");
    if (plain)
        entries[AT_database_url] =
            (struct entry){arena_copy_text(ctx->arena, plain), "environment DATABASE_URL"};
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = environment_name(ctx, settings[i].name);
        const char *text = getenv(name);
        if (text)
            entries[i] = (struct entry){arena_copy_text(ctx->arena, text),
                                        arena_format(ctx->arena, "environment %s", name)};
    }
}

static err read_line(struct ctx *ctx, const char *line, const char *source, struct entry *entries)
{
    const char *text = text_trim(ctx->arena, line);
    if (*text == '\0' || *text == '#')
        return NULL;
    const char *equals = strchr(text, '=');
    if (!equals)
        return fail_with(ctx, ERR_INVALID, "%s: not of the form name = value", source);
    const char *name = text_trim(ctx->arena, arena_copy(ctx->arena, text, (size_t)(equals - text)));
    int setting = find_setting(name, strlen(name));
    if (setting < 0)
        return fail_with(ctx, ERR_INVALID, "%s: there is no setting %s", source, name);
    if (setting == AT_data)
        return fail_with(ctx, ERR_INVALID, "%s: data: the file in it cannot move the data directory", source);
    entries[setting] = (struct entry){text_trim(ctx->arena, equals + 1), source};
    return NULL;
}

static err read_lines(struct ctx *ctx, FILE *file, const char *path, struct entry *entries)
{
    char line[LONGEST_LINE];
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        const char *source = arena_format(ctx->arena, "%s:%d", path, number);
        if (strlen(line) == sizeof line - 1)
            return fail_with(ctx, ERR_INVALID, "%s: the line is too long", source);
        TRY(read_line(ctx, line, source, entries));
    }
    return NULL;
}

static err read_file(struct ctx *ctx, const char *directory, struct entry *entries)
{
    const char *path = arena_format(ctx->arena, "%s/config", directory);
    FILE *file = fopen(path, "re");
    if (!file && (errno == ENOENT || errno == ENOTDIR))
        return NULL;
    if (!file)
        return fail_with(ctx, ERR_INVALID, "%s: cannot be read", path);
    err failure = read_lines(ctx, file, path, entries);
    fclose(file);
    return failure;
}

static bool parse_flag(const char *text, bool *flag)
{
    static const char *const yes[] = {"on", "yes", "true", "1"};
    static const char *const no[] = {"off", "no", "false", "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (text_is(text, yes[i]) || text_is(text, no[i])) {
            *flag = text_is(text, yes[i]);
            return true;
        }
    }
    return false;
}

static err store(struct ctx *ctx, struct config *config, const struct setting *setting, struct entry entry)
{
    void *member = (char *)config + setting->offset;
    int64_t number;
    switch (setting->kind) {
    case SETTING_TEXT:
        *(const char **)member = entry.text;
        return NULL;
    case SETTING_FLAG:
        if (parse_flag(entry.text, member))
            return NULL;
        return fail_with(ctx, ERR_INVALID, "%s: \"%s\" is neither on nor off (%s)", setting->name, entry.text,
                         entry.source);
    case SETTING_INT:
        if (text_to_int(entry.text, &number) && number >= setting->minimum && number <= setting->maximum) {
            *(int64_t *)member = number;
            return NULL;
        }
        return fail_with(ctx, ERR_INVALID, "%s: \"%s\" is no number from %lld to %lld (%s)", setting->name,
                         entry.text, (long long)setting->minimum, (long long)setting->maximum, entry.source);
    }
    return NULL;
}

err config_load(struct ctx *ctx, struct config *config, int *argc, char **argv)
{
    struct entry arguments[SETTING_COUNT] = {0};
    struct entry environment[SETTING_COUNT] = {0};
    struct entry file[SETTING_COUNT] = {0};
    TRY(read_arguments(ctx, argc, argv, arguments));
    read_environment(ctx, environment);
    const char *directory = arguments[AT_data].text     ? arguments[AT_data].text
                            : environment[AT_data].text ? environment[AT_data].text
                                                        : settings[AT_data].otherwise;
    TRY(read_file(ctx, directory, file));
    struct entry chosen[SETTING_COUNT];
    for (int i = 0; i < SETTING_COUNT; i++) {
        chosen[i] = (struct entry){settings[i].otherwise, "default"};
        if (file[i].text)
            chosen[i] = file[i];
        if (environment[i].text)
            chosen[i] = environment[i];
        if (arguments[i].text)
            chosen[i] = arguments[i];
        TRY(store(ctx, config, &settings[i], chosen[i]));
    }
    enum log_level level;
    if (!log_level_parse(config->log_level, &level))
        return fail_with(ctx, ERR_INVALID, "log_level: \"%s\" is not debug, info, warning or error (%s)",
                         config->log_level, chosen[AT_log_level].source);
    return NULL;
}

/* Prints an address without its password: scheme://user:***@host. */
static void print_text(const char *text)
{
    const char *user = strstr(text, "://");
    const char *host = strrchr(text, '@');
    const char *colon = user ? strchr(user + 3, ':') : NULL;
    if (colon && host && colon < host)
        printf("%.*s:***%s", (int)(colon - text), text, host);
    else
        printf("%s", *text ? text : "(empty)");
}

void config_print(const struct config *config)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *setting = &settings[i];
        const void *member = (const char *)config + setting->offset;
        printf("%-17s = ", setting->name);
        if (setting->kind == SETTING_TEXT)
            print_text(*(const char *const *)member);
        else if (setting->kind == SETTING_FLAG)
            printf("%s", *(const bool *)member ? "on" : "off");
        else
            printf("%lld", (long long)*(const int64_t *)member);
        printf("\n    %s.\n    Default: %s", setting->help,
               *setting->otherwise ? setting->otherwise : "empty");
        if (setting->kind == SETTING_INT)
            printf(", from %lld to %lld", (long long)setting->minimum, (long long)setting->maximum);
        printf("; --");
        for (const char *at = setting->name; *at; at++)
            putchar(*at == '_' ? '-' : *at);
        printf(" or YUNDIAN_");
        for (const char *at = setting->name; *at; at++)
            putchar(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
        printf("\n");
    }
}

/* main.c - the command line: one verb, its words, and what every verb needs before it can begin. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/config.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "liquid/liquid.h"
#include "shop/checkout/checkout.h"
#include "shop/design/design.h"
#include "shop/digital/digital.h"
#include "shop/facet/facet.h"
#include "shop/gift/gift.h"
#include "shop/inventory/inventory.h"
#include "shop/payment/payment.h"
#include "shop/pricing/pricing.h"
#include "shop/review/review.h"
#include "shop/rule/rule.h"
#include "shop/search/search.h"
#include "shop/seed/seed.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include "shop/transfer/transfer.h"
#include "shop/transfer/transfer_export.h"
#include "web/web.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define EXIT_REFUSED 3 /* nothing of what the verb was given could be taken, or only a part was read */
/* A batch of rows. */
#define EXPORT_PIECE_LIMIT ((size_t)48 << 20)
#define OUTPUT_LIMIT ((size_t)16 << 20)
#define SHOPS_AT_ONCE 100

struct program {
    struct ctx ctx;
    struct config config;
    struct db *db;
    const char *share;
    int argc; /* words after the verb */
    char **argv;
    int status; /* of a verb that did not fail */
};

/* ---- what verbs share ---- */

static err use_data_directory(struct program *program)
{
    const char *data = program->config.data;
    if (mkdir(data, 0750) != 0 && errno != EEXIST)
        return fail_with(&program->ctx, ERR_INTERNAL, "cannot make the data directory %s (errno %d)", data,
                         errno);
    return keyring_load(&program->ctx, data, &program->ctx.keys);
}

/* Data directory, keys, database, migrations. */
static err open_program(struct program *program)
{
    struct ctx *ctx = &program->ctx;
    int applied;
    TRY(share_find(ctx, &program->share));
    TRY(use_data_directory(program));
    TRY(db_open(ctx, &program->config, &program->db));
    ctx->db = db_session_open(program->db);
    ctx->services = &site_services;
    TRY(db_migrate(ctx, arena_format(ctx->arena, "%s/migrations", program->share), &applied));
    if (applied > 0)
        log_info(ctx, "migrated", "files=%d", applied);
    return NULL;
}

static void close_program(struct program *program)
{
    if (program->ctx.db)
        db_session_close(program->ctx.db);
    if (program->db)
        db_close(program->db);
}

/* The word after `--name` among the words of the verb, or `otherwise`. */
static const char *option(const struct program *program, const char *name, const char *otherwise)
{
    for (int i = 0; i + 1 < program->argc; i++)
        if (text_starts(program->argv[i], "--") && text_is(program->argv[i] + 2, name))
            return program->argv[i + 1];
    return otherwise;
}

static bool has_flag(const struct program *program, const char *name)
{
    for (int i = 0; i < program->argc; i++)
        if (text_starts(program->argv[i], "--") && text_is(program->argv[i] + 2, name))
            return true;
    return false;
}

static err need(struct program *program, const char *name, const char **value)
{
    *value = option(program, name, NULL);
    if (*value)
        return NULL;
    return fail_with(&program->ctx, ERR_BAD_REQUEST, "--%s is missing", name);
}

static err number_option(struct program *program, const char *name, int64_t *number)
{
    if (text_to_int(option(program, name, "0"), number) && *number >= 0)
        return NULL;
    return fail_with(&program->ctx, ERR_BAD_REQUEST, "--%s wants a number", name);
}

static err use_shop(struct program *program)
{
    const char *handle;
    TRY(need(program, "shop", &handle));
    return shop_load_by_handle(&program->ctx, handle, &program->ctx.shop);
}

/* ---- serve ---- */

static err wait_for_signal(struct ctx *ctx, const sigset_t *signals)
{
    int received;
    if (sigwait(signals, &received) != 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot wait for signals");
    log_info(ctx, "stopping", "signal=%d", received);
    return NULL;
}

static err serve(struct program *program)
{
    struct ctx *ctx = &program->ctx;
    struct web *web;
    struct http_server *server;
    struct job_runner *runner;
    const char *address;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    TRY(open_program(program));
    TRY(web_open(ctx, &web));
    struct http_options options = {.config = &program->config,
                                   .db = program->db,
                                   .model = ctx,
                                   .tables = site_routes,
                                   .hooks = web_hooks(web),
                                   .statics = web_statics(web)};
    struct job_runner_options jobs = web_jobs(web, program->db, ctx);
    TRY(http_start(ctx, &options, &server, &address));
    web_attach(web, server);
    TRY(job_runner_start(ctx, &jobs, &runner));
    TRY(web_start(ctx, web, program->db));
    printf("ready http://%s/\n", address);
    fflush(stdout);
    TRY(wait_for_signal(ctx, &signals));
    bool is_drained = http_drain(server);
    web_stop(web);
    job_runner_stop(runner); /* its listeners drop pages and publish to streams */
    if (!is_drained) {
        log_warning(ctx, "stopped with requests still running", "");
        _exit(0);
    }
    http_close(server);
    web_close(web);
    return NULL;
}

/* ---- data ---- */

static err migrate(struct program *program)
{
    TRY(open_program(program));
    printf("the database is up to date (%s)\n", db_engine_name(program->db));
    return NULL;
}

static err seed(struct program *program)
{
    struct seed_result result = {0};
    TRY(open_program(program));
    if (has_flag(program, "demo")) {
        TRY(web_know_theme(&program->ctx));
        TRY(seed_demo(&program->ctx, arena_format(program->ctx.arena, "%s/demo", program->share), &result));
        TRY(db_analyze(&program->ctx));
        seed_result_print(&result, stdout);
        return NULL;
    }
    int64_t shops, products, orders;
    TRY(number_option(program, "shops", &shops));
    TRY(number_option(program, "products", &products));
    TRY(number_option(program, "orders", &orders));
    if (shops == 0)
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "give --demo, or --shops S --products N --orders M");
    TRY(seed_sizes(&program->ctx, shops, products, orders, &result));
    TRY(db_analyze(&program->ctx));
    seed_result_print(&result, stdout);
    return NULL;
}

/* --declare GROUND: the shop is open at once, without a licence. */
static err read_exemption(struct program *program, enum shop_exemption *exemption)
{
    const char *ground = option(program, "declare", shop_exemption_names[EXEMPT_NONE]);
    for (int i = 0; shop_exemption_names[i]; i++)
        if (text_is(shop_exemption_names[i], ground)) {
            *exemption = (enum shop_exemption)i;
            return NULL;
        }
    return fail_with(&program->ctx, ERR_BAD_REQUEST,
                     "--declare wants farm-produce, handicraft, services or small-amount");
}

static err shop_verb(struct program *program)
{
    TRY(open_program(program));
    if (program->argc == 0 || !text_is(program->argv[0], "create"))
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "the only word after shop is create");
    struct shop_draft draft = {.utc_offset = 480,
                               .zone = option(program, "zone", "Asia/Shanghai"),
                               .host = option(program, "host", NULL)};
    int64_t shop_id;
    TRY(need(program, "handle", &draft.handle));
    TRY(need(program, "name", &draft.name));
    draft.slogan = option(program, "slogan", "");
    draft.currency = option(program, "currency", "CNY");
    draft.locale = option(program, "locale", "zh-CN");
    TRY(read_exemption(program, &draft.exemption));
    TRY(shop_create(&program->ctx, &draft, &shop_id));
    printf("shop %s: http://%s.localhost%s/\n", draft.handle, draft.handle,
           strrchr(program->config.listen, ':') ? strrchr(program->config.listen, ':') : "");
    return NULL;
}

/* The way back for an owner who lost telephone and recovery codes: whoever may run this owns the machine. */
static err reset_factor(struct program *program, const char *login)
{
    int64_t staff_id;
    TRY(staff_find_login(&program->ctx, login, &staff_id));
    TRY(staff_factor_reset(&program->ctx, staff_id));
    printf("%s logs in to the back office of %s with the password alone\n", login, program->ctx.shop->handle);
    return NULL;
}

static err staff_verb(struct program *program)
{
    const char *login, *password;
    int64_t staff_id;
    TRY(open_program(program));
    const char *word = program->argc ? program->argv[0] : "";
    if (!text_is(word, "create") && !text_is(word, "reset-factor"))
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "after staff comes create or reset-factor");
    TRY(use_shop(program));
    TRY(need(program, "login", &login));
    if (text_is(word, "reset-factor"))
        return reset_factor(program, login);
    TRY(need(program, "password", &password));
    TRY(staff_create(&program->ctx, login, option(program, "name", login), password, STAFF_OWNER, &staff_id));
    printf("%s may now log in to the back office of %s\n", login, program->ctx.shop->handle);
    return NULL;
}

/* What the platform, and nobody else, may do about a review; what was done stays in a log. */
static err print_reported(struct ctx *ctx)
{
    struct review_shop_query query = {.state = REVIEW_IS_REPORTED, .limit = REVIEW_PAGE_LIMIT};
    struct review *reviews;
    size_t count;
    TRY(review_list_shop(ctx, &query, &reviews, &count));
    for (size_t i = 0; i < count; i++)
        printf("%" PRId64 " %s %" PRId64 " of 5\n    %s\n", reviews[i].id,
               clock_format(ctx->arena, reviews[i].reported_at, ctx->shop->zone, "%Y-%m-%d %H:%M"),
               reviews[i].stars, reviews[i].body);
    printf("%zu reported\n", count);
    return NULL;
}

static err read_reason(struct program *program, enum review_reason *reason)
{
    const char *wish = option(program, "reason", "");
    for (int i = 0; review_reason_names[i]; i++)
        if (text_is(review_reason_names[i], wish)) {
            *reason = (enum review_reason)(i + 1);
            return NULL;
        }
    return fail_with(&program->ctx, ERR_BAD_REQUEST,
                     "--reason wants unlawful, privacy, defamation, fabricated or authority");
}

static err review_verb(struct program *program)
{
    const char *word = program->argc ? program->argv[0] : "", *note, *who;
    enum review_reason reason = REVIEW_NO_REASON;
    int64_t review_id;
    TRY(open_program(program));
    TRY(use_shop(program));
    if (text_is(word, "reported"))
        return print_reported(&program->ctx);
    bool hides = text_is(word, "hide"), shows = text_is(word, "show");
    if (!hides && !shows && !text_is(word, "keep"))
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "after review comes reported, hide, show or keep");
    TRY(number_option(program, "review", &review_id));
    TRY(need(program, "by", &who));
    TRY(need(program, "note", &note));
    if (hides) {
        TRY(read_reason(program, &reason));
        TRY(review_hide(&program->ctx, review_id, reason, note, who));
    } else {
        TRY(shows ? review_show(&program->ctx, review_id, note, who)
                  : review_keep(&program->ctx, review_id, note, who));
    }
    printf("review %" PRId64 ": %s; the log says so\n", review_id,
           hides   ? "hidden"
           : shows ? "shown"
                   : "kept");
    return NULL;
}

/* What the platform, and nobody else, may do about a product. */
static err print_blocked(struct ctx *ctx)
{
    struct product_block *blocks;
    size_t count;
    TRY(product_block_list(ctx, &blocks, &count));
    for (size_t i = 0; i < count; i++)
        printf("%" PRId64 " %s %s, by %s\n    %s\n", blocks[i].product_id,
               clock_format(ctx->arena, blocks[i].at, ctx->shop->zone, "%Y-%m-%d %H:%M"),
               block_reason_names[blocks[i].reason - 1], blocks[i].who, blocks[i].note);
    printf("%zu blocked\n", count);
    return NULL;
}

static err read_ground(struct program *program, enum block_reason *reason)
{
    const char *wish = option(program, "reason", "");
    for (int i = 0; block_reason_names[i]; i++)
        if (text_is(block_reason_names[i], wish)) {
            *reason = (enum block_reason)(i + 1);
            return NULL;
        }
    return fail_with(&program->ctx, ERR_BAD_REQUEST,
                     "--reason wants forbidden, unsafe, infringement, unlicensed, misleading or authority");
}

/* By its id, or by the word in its address. */
static err find_product(struct program *program, int64_t *product_id)
{
    const struct product *product;
    const char *handle = option(program, "handle", NULL);
    if (!handle)
        return number_option(program, "product", product_id);
    TRY(product_find_by_handle(&program->ctx, handle, &product));
    *product_id = product ? product->id : 0;
    return product ? NULL : fail_with(&program->ctx, ERR_NOT_FOUND, "no product has the handle %s", handle);
}

static err product_verb(struct program *program)
{
    const char *word = program->argc ? program->argv[0] : "";
    struct product_block block = {0};
    bool blocks = text_is(word, "block");
    TRY(open_program(program));
    TRY(use_shop(program));
    if (text_is(word, "blocked"))
        return print_blocked(&program->ctx);
    if (!blocks && !text_is(word, "unblock"))
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "after product comes block, unblock or blocked");
    TRY(find_product(program, &block.product_id));
    TRY(need(program, "by", &block.who));
    TRY(need(program, "note", &block.note));
    if (blocks) {
        TRY(read_ground(program, &block.reason));
        TRY(product_block(&program->ctx, &block));
    } else {
        TRY(product_unblock(&program->ctx, block.product_id, block.note, block.who));
    }
    printf("product %" PRId64 ": %s; the log says so\n", block.product_id,
           blocks ? "blocked, off the shelf everywhere" : "free again, as it was");
    return NULL;
}

static err read_match(struct program *program, enum import_match *match)
{
    const char *word = option(program, "match", import_match_names[0]);
    for (int i = 0; import_match_names[i]; i++)
        if (text_is(import_match_names[i], word)) {
            *match = (enum import_match)(IMPORT_BY_SKU + i);
            return NULL;
        }
    return fail_with(&program->ctx, ERR_BAD_REQUEST, "--match is one of sku, barcode, handle, external_id");
}

/* The file is the last word: options stand before it. */
static err import_verb(struct program *program)
{
    struct import_report report;
    enum import_match match;
    bool is_dry = has_flag(program, "dry-run");
    TRY(open_program(program));
    TRY(read_match(program, &match));
    TRY(use_shop(program));
    if (program->argc < 3)
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "the file is missing");
    TRY(transfer_import_file(&program->ctx, program->argv[program->argc - 1], match, is_dry, &report));
    TRY(db_analyze(&program->ctx));
    struct text_buf text;
    text_open(&text, program->ctx.arena, OUTPUT_LIMIT);
    import_report_write(&text, &report);
    fputs(text_of(&text), stdout);
    bool is_vain = report.refused > 0 && report.refused == report.rows;
    program->status = report.is_cut || is_vain ? EXIT_REFUSED : 0;
    return NULL;
}

static err write_pieces(struct ctx *ctx, struct export *export, FILE *file)
{
    struct ctx work = *ctx;
    work.arena = arena_open(ARENA_LIMIT);
    err failure = NULL;
    for (bool more = true; more && !failure;) {
        struct text_buf piece;
        arena_reset(work.arena);
        text_open(&piece, work.arena, EXPORT_PIECE_LIMIT);
        failure = export_next(&work, export, &piece, &more);
        if (!failure && (piece.is_full || fwrite(text_of(&piece), 1, piece.len, file) != piece.len))
            failure = fail_with(&work, ERR_INTERNAL, "the file cannot be written (errno %d)", errno);
    }
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}

static err read_export(struct program *program, enum export_kind *kind, enum sheet_format *format)
{
    static const char *const names[] = {"products", "orders", "categories", "tags", "media"};
    const char *wish = option(program, "format", "csv");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (program->argc > 0 && text_is(program->argv[0], names[i]))
            *kind = (enum export_kind)(EXPORT_PRODUCTS + i);
    *format = text_is(wish, "csv") ? SHEET_CSV : text_is(wish, "xlsx") ? SHEET_XLSX : 0;
    if (!*kind)
        return fail_with(&program->ctx, ERR_BAD_REQUEST,
                         "the first word is products, orders, categories, tags or media");
    if (!*format)
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "--format wants csv or xlsx");
    return NULL;
}

/* The file is the last word; - is standard output. */
static err export_verb(struct program *program)
{
    struct ctx *ctx = &program->ctx;
    const char *path = program->argc > 0 ? program->argv[program->argc - 1] : "";
    enum export_kind kind = 0;
    enum sheet_format format;
    struct export_filter filter = {.q = "", .shows_personal = true};
    struct export *export;
    TRY(read_export(program, &kind, &format));
    TRY(open_program(program));
    TRY(use_shop(program));
    FILE *file = text_is(path, "-") ? stdout : fopen(path, "wb");
    if (!file)
        return fail_with(ctx, ERR_BAD_REQUEST, "%s cannot be written (errno %d)", path, errno);
    err failure = export_open(ctx, kind, &filter, format, &export);
    if (!failure) {
        failure = write_pieces(ctx, export, file);
        export_close(ctx, export);
    }
    if ((file == stdout ? fflush(file) : fclose(file)) != 0 && !failure)
        failure = fail_with(ctx, ERR_INTERNAL, "%s cannot be written (errno %d)", path, errno);
    return failure;
}

static err backup(struct program *program)
{
    TRY(open_program(program));
    if (program->argc < 1)
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "the file is missing");
    TRY(db_backup(&program->ctx, program->argv[0]));
    printf("%s holds the database; keep %s/keys and %s/media with it\n", program->argv[0],
           program->config.data, program->config.data);
    return NULL;
}

/* Keys that are made anew would open nothing of what the copy holds. */
static err need_keys(struct program *program)
{
    const char *keys = arena_format(program->ctx.arena, "%s/keys", program->config.data);
    if (access(keys, R_OK) == 0)
        return NULL;
    return fail_with(&program->ctx, ERR_NOT_FOUND, "put the keys that belong to the copy into %s first",
                     keys);
}

/* The file is the last word. */
static err restore(struct program *program)
{
    const char *path = program->argc > 0 ? program->argv[program->argc - 1] : "--";
    if (text_starts(path, "--"))
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "the file is missing");
    TRY(need_keys(program));
    TRY(db_restore(&program->ctx, &program->config, path, has_flag(program, "force")));
    TRY(open_program(program));
    printf("%s is restored; yundian check looks through it\n", program->config.data);
    return NULL;
}

/* ---- check ---- */

struct findings {
    const char *shop;
    int64_t count;
};

static void print_finding(void *arg, const char *problem)
{
    struct findings *findings = arg;
    findings->count++;
    printf("%s: %s\n", findings->shop, problem);
}

static err check_shop(struct ctx *ctx, struct findings *findings)
{
    findings->shop = ctx->shop->handle;
    TRY(media_check(ctx, print_finding, findings));
    TRY(product_picture_check(ctx, print_finding, findings));
    TRY(design_pictures_check(ctx, print_finding, findings));
    TRY(shelf_check(ctx, print_finding, findings));
    TRY(shelf_gate_checkup(ctx, print_finding, findings));
    TRY(rule_check(ctx, print_finding, findings));
    TRY(facet_check(ctx, print_finding, findings));
    TRY(stock_check(ctx, print_finding, findings));
    TRY(code_check(ctx, print_finding, findings));
    TRY(code_check_stock(ctx, print_finding, findings));
    TRY(order_check(ctx, print_finding, findings));
    TRY(order_check_deals(ctx, print_finding, findings));
    TRY(order_check_rations(ctx, print_finding, findings));
    TRY(sales_check(ctx, print_finding, findings));
    TRY(promotion_check(ctx, print_finding, findings));
    TRY(points_check(ctx, print_finding, findings));
    TRY(flash_check(ctx, print_finding, findings));
    TRY(price_plan_check(ctx, print_finding, findings));
    TRY(order_check_flash(ctx, print_finding, findings));
    TRY(presale_check(ctx, print_finding, findings));
    TRY(order_check_presales(ctx, print_finding, findings));
    TRY(group_buy_check(ctx, print_finding, findings));
    TRY(order_check_groups(ctx, print_finding, findings));
    TRY(review_check(ctx, print_finding, findings));
    TRY(search_check(ctx, print_finding, findings));
    TRY(payment_check(ctx, print_finding, findings));
    TRY(payment_check_groups(ctx, print_finding, findings));
    TRY(gift_card_check(ctx, print_finding, findings));
    return payment_check_ledger(ctx, print_finding, findings);
}

static err check(struct program *program)
{
    struct ctx *ctx = &program->ctx;
    struct findings findings = {0};
    int64_t after = 0, *ids;
    size_t count;
    TRY(open_program(program));
    do {
        TRY(shop_list_ids(ctx, after, SHOPS_AT_ONCE, &ids, &count));
        for (size_t i = 0; i < count; i++) {
            TRY(shop_load(ctx, ids[i], &ctx->shop));
            TRY(check_shop(ctx, &findings));
            after = ids[i];
        }
    } while (count == SHOPS_AT_ONCE);
    if (findings.count > 0)
        return fail_with(ctx, ERR_CONFLICT, "%" PRId64 " findings", findings.count);
    printf("ok\n");
    return NULL;
}

/* ---- descriptions ---- */

static err config_verb(struct program *program)
{
    config_print(&program->config);
    return NULL;
}

static err routes(struct program *program)
{
    struct text_buf text;
    text_open(&text, program->ctx.arena, OUTPUT_LIMIT);
    http_print_routes(site_routes, &text);
    fputs(text_of(&text), stdout);
    return NULL;
}

static err openapi(struct program *program)
{
    struct text_buf text;
    text_open(&text, program->ctx.arena, OUTPUT_LIMIT);
    TRY(http_openapi(&program->ctx, site_routes, &text));
    puts(text_of(&text));
    return NULL;
}

static err states(struct program *program)
{
    const char *json;
    if (!has_flag(program, "json")) {
        fputs(order_table_markdown(&program->ctx), stdout);
        return NULL;
    }
    TRY(json_text(&program->ctx, order_table_view(&program->ctx), OUTPUT_LIMIT, &json));
    puts(json);
    return NULL;
}

static err liquid(struct program *program)
{
    if (!has_flag(program, "batch"))
        return fail_with(&program->ctx, ERR_BAD_REQUEST, "the only way is liquid --batch");
    if (liquid_batch(stdin, stdout) != 0)
        return fail_with(&program->ctx, ERR_INTERNAL, "the batch could not be read or written");
    return NULL;
}

static err theme_verb(struct program *program)
{
    if (program->argc != 2 || !text_is(program->argv[0], "check"))
        return fail_with(&program->ctx, ERR_BAD_REQUEST,
                         "the words are: theme check DIR, or theme check ZIP");
    return web_check_theme(&program->ctx, program->argv[1], stdout, &program->status);
}

/* ---- verbs ---- */

struct verb {
    const char *name;
    err (*run)(struct program *program);
    const char *help;
    const char *example; /* and what else a caller must know */
};

static const struct verb verbs[] = {
    {"serve", serve, "Serves the platform until SIGTERM.",
     "yundian serve --data var --listen 127.0.0.1:8080"},
    {"migrate", migrate, "Brings the database to this version (serve does it by itself).",
     "yundian migrate --data var"},
    {"seed", seed, "Writes the demo platform, or one of any size.",
     "yundian seed --data var --demo\n    yundian seed --data var --shops 10 --products 1000 --orders 10000"},
    {"shop", shop_verb, "Opens a shop.",
     "yundian shop create --handle tea --name 茶铺 --host tea.example --zone Asia/Shanghai --declare "
     "small-amount"},
    {"staff", staff_verb, "Adds a person who runs a shop.",
     "yundian staff create --shop tea --login mei@tea.example --password '…'"},
    {"review", review_verb, "Hides the words of a review on a ground of the law, or shows them again.",
     "yundian review reported --shop demo\n"
     "    yundian review hide --shop demo --review 123 --reason privacy --by 王审核 --note '…'\n"
     "    yundian review show --shop demo --review 123 --by 王审核 --note '…'\n"
     "    yundian review keep --shop demo --review 123 --by 王审核 --note '…'\n\n"
     "Grounds: unlawful, privacy, defamation, fabricated, authority. keep closes a report without hiding.\n"
     "Stars stay counted, but for a fabricated sale. Who did what and why stays in a log for ever."},
    {"product", product_verb, "Blocks a product on a ground of the law, or lifts the block.",
     "yundian product block --shop demo --handle tea --reason unsafe --by 王审核 --note '…'\n"
     "    yundian product unblock --shop demo --product 123 --by 王审核 --note '…'\n"
     "    yundian product blocked --shop demo\n\n"
     "Grounds: forbidden, unsafe, infringement, unlicensed, misleading, authority. The shop reads ground "
     "and\n"
     "note and cannot put the product back; unblock gives it the status that it had. Who did what and why\n"
     "stays in a log for ever."},
    {"import", import_verb, "Takes products from a CSV or XLSX file.",
     "yundian import --shop demo products.csv\n    yundian import --shop demo --dry-run products.csv\n"
     "    yundian import --shop demo --match external_id products.csv\n\n"
     "--match says by what products are known again: sku (without it), barcode, handle or external_id.\n"
     "--dry-run only tells what would happen.\n"
     "A bad row never stops the others: good ones are taken, bad ones are named with line and reason.\n"
     "Exit: 0 rows were taken or known; 3 all were refused, or the file broke off; 1 the file or the "
     "database\n"
     "could not be read; 2 the words were wrong."},
    {"export", export_verb, "Writes products, orders, categories, tags or media of a shop into a table.",
     "yundian export products --shop demo --format csv products.csv\n"
     "    yundian export orders --shop demo --format xlsx orders.xlsx\n\n"
     "- in place of the file is standard output. Orders have names, phones and addresses of buyers whole."},
    {"check", check, "Re-adds stock, money and states from their ledgers.", "yundian check --data var"},
    {"backup", backup, "Copies a SQLite database into a file while it is served.",
     "yundian backup --data var copy.db"},
    {"restore", restore, "Puts a copy of backup in the place of the SQLite database.",
     "yundian restore --data var copy.db\n    yundian restore --data var --force copy.db\n\n"
     "The copy is checked first; the program must not be running. Keys and media of the same day belong\n"
     "into the data directory before. Without --force a database that is there is never touched; with it\n"
     "the former one stays beside it as yundian.db.before."},
    {"config", config_verb, "Prints every setting with its value and help.", "yundian config"},
    {"routes", routes, "Prints the table of addresses.", "yundian routes"},
    {"openapi", openapi, "Prints the API as OpenAPI 3.1.", "yundian openapi > openapi.json"},
    {"states", states, "Prints the table by which orders move, for people or with --json for programs.",
     "yundian states > docs/order-states.md\n    yundian states --json"},
    {"theme", theme_verb, "Checks the files of a theme as an upload does; status 1 when something is wrong.",
     "yundian theme check themes/mine\n    yundian theme check mine.zip"},
    {"liquid", liquid, "Renders JSON lines {template, data, templates} to {result} or {error}.",
     "yundian liquid --batch < cases.jsonl"},
};

#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (text_is(verbs[i].name, name))
            return &verbs[i];
    return NULL;
}

static int print_help(const char *name)
{
    const struct verb *verb = name ? find_verb(name) : NULL;
    if (verb) {
        printf("%s\n\n    %s\n\nEvery setting of `yundian config` may be given as --name value.\n",
               verb->help, verb->example);
        return 0;
    }
    bool is_mistake = name && !text_is(name, "help") && !text_is(name, "--help") && !text_is(name, "-h");
    FILE *out = is_mistake ? stderr : stdout;
    if (is_mistake)
        fprintf(out, "yundian: there is no verb %s\n", name);
    fprintf(out, "yundian " YUNDIAN_VERSION "\n\n");
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(out, "  %-8s  %s\n", verbs[i].name, verbs[i].help);
    fprintf(out, "\n`yundian help VERB` shows an example.\n");
    return is_mistake ? EXIT_USAGE : 0;
}

/* Takes settings and nothing else. */
static bool is_wordless(const struct verb *verb)
{
    return verb->run == serve || verb->run == migrate || verb->run == check || verb->run == config_verb ||
           verb->run == routes || verb->run == openapi;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        if (text_is(argv[i], "--help") || text_is(argv[i], "-h"))
            return true;
    return false;
}

static int run(struct program *program, const struct verb *verb)
{
    enum log_level level;
    if (log_level_parse(program->config.log_level, &level))
        log_set_level(level);
    err failure = verb->run(program);
    if (failure)
        fprintf(stderr, "yundian %s: %s\n", verb->name, failure->detail);
    close_program(program);
    return failure ? 1 : program->status;
}

/* Reads settings and words; then the verb does its work. */
static int start(struct program *program, const struct verb *verb, int argc, char **argv)
{
    int words = argc - 1;
    err failure = config_load(&program->ctx, &program->config, &words, argv + 1);
    if (failure) {
        fprintf(stderr, "yundian: %s\n", failure->detail);
        return EXIT_USAGE;
    }
    program->argc = words - 1;
    program->argv = argv + 2;
    if (is_wordless(verb) && program->argc > 0) {
        fprintf(stderr, "yundian %s: there is no setting %s; see `yundian config`\n", verb->name,
                program->argv[0]);
        return EXIT_USAGE;
    }
    program->ctx.config = &program->config;
    program->ctx.ids = id_source_open((int)program->config.node);
    int status = run(program, verb);
    id_source_close(program->ctx.ids);
    return status;
}

int main(int argc, char **argv)
{
    const struct verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;
    if (!verb)
        return print_help(argc > 2 ? argv[2] : argc > 1 ? argv[1] : NULL);
    if (asks_for_help(argc, argv))
        return print_help(verb->name);
    struct arena *arena = arena_open(ARENA_LIMIT);
    struct program program = {
        .ctx = {.arena = arena, .now = clock_now(), .locale = "zh-CN", .actor = ACTOR_SYSTEM}};
    int status = start(&program, verb, argc, argv);
    arena_close(arena);
    return status;
}

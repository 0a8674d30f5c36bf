/* tenant_routes.c - the file that proves that a domain leads here, at hosts that are no shop's yet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/tenant/tenant_routes.h"

#include "shop/tenant/tenant.h"

#define TOKEN_LIMIT 64

struct proof_form {
    const char *token;
};

static const struct field proof_fields[] = {
    {.name = "token",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct proof_form, token),
     .is_required = true,
     .maximum = TOKEN_LIMIT,
     .help = "Of the claim"},
    {0},
};

static err answer(struct req *req)
{
    const struct proof_form *form = req->form;
    const char *text;
    TRY(shop_answer_claim(&req->ctx, req->host, form->token, &text));
    reply_header(req, "Cache-Control", "no-store");
    return reply_bytes(req, 200, "text/plain; charset=utf-8", text, strlen(text));
}

const struct route tenant_routes[] = {
    {.method = GET,
     .path = SHOP_PROOF_PATH ":token",
     .handler = answer,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .fields = proof_fields,
     .form_size = sizeof(struct proof_form),
     .summary = "Proves that a claimed domain leads to this platform"},
    {0},
};

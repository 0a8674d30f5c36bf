/* sitemap.c - the one list of modules: a new module is one more line in each list that concerns it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/names.h"
#include "adapter/outbound.h"
#include "adapter/sandbox.h"
#include "adapter/smtp.h"
#include "adapter/vips.h"
#include "adapter/zip.h"
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_work.h"
#include "shop/cart/cart_routes.h"
#include "shop/catalog/catalog_jobs.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/checkout_routes.h"
#include "shop/content/content_routes.h"
#include "shop/digital/digital_jobs.h"
#include "shop/facet/facet_jobs.h"
#include "shop/inventory/inventory_take.h"
#include "shop/inventory/inventory_watch.h"
#include "shop/media/media_jobs.h"
#include "shop/media/media_routes.h"
#include "shop/notify/notify_jobs.h"
#include "shop/payment/payment_jobs.h"
#include "shop/pricing/price_plan_jobs.h"
#include "shop/pricing/promotion_jobs.h"
#include "shop/review/review_routes.h"
#include "shop/rule/rule_jobs.h"
#include "shop/staff/staff_routes.h"
#include "shop/storefront/storefront_routes.h"
#include "shop/tenant/tenant.h"
#include "shop/tenant/tenant_routes.h"
#include "shop/transfer/import_jobs.h"
#include "shop/transfer/transfer_routes.h"
#include "web/app_routes.h"
#include "web/web.h"

const struct route *const site_routes[] = {
    tenant_routes,
    storefront_routes,
    storefront_home_routes,
    storefront_map_routes,
    storefront_card_routes,
    storefront_flash_routes,
    storefront_group_routes,
    storefront_currency_routes,
    storefront_elder_routes,
    storefront_entry_routes,
    storefront_account_routes,
    storefront_coupon_routes,
    storefront_gift_routes,
    storefront_wait_routes,
    storefront_favourite_routes,
    storefront_points_routes,
    app_routes,
    cart_sync_routes,
    storefront_licence_routes,
    storefront_buying_routes,
    storefront_search_routes,
    content_routes,
    cart_routes,
    cart_group_routes,
    checkout_routes,
    order_routes,
    review_routes,
    review_vote_routes,
    sandbox_routes,
    media_routes,
    staff_routes,
    staff_entry_routes,
    backoffice_today_routes,
    backoffice_list_routes,
    transfer_export_routes,
    backoffice_act_routes,
    transfer_routes,
    backoffice_import_routes,
    backoffice_product_routes,
    backoffice_price_routes,
    backoffice_price_plan_routes,
    backoffice_stock_routes,
    backoffice_assembly_routes,
    backoffice_take_routes,
    backoffice_wait_routes,
    backoffice_location_routes,
    backoffice_freight_routes,
    backoffice_words_routes,
    backoffice_product_freight_routes,
    backoffice_buying_routes,
    backoffice_picture_routes,
    backoffice_media_routes,
    backoffice_fetch_routes,
    backoffice_zip_routes,
    backoffice_redirect_routes,
    backoffice_trash_routes,
    backoffice_work_routes,
    backoffice_category_routes,
    backoffice_cover_routes,
    backoffice_collection_routes,
    backoffice_rule_routes,
    backoffice_attribute_routes,
    backoffice_kit_routes,
    backoffice_tag_routes,
    backoffice_history_routes,
    backoffice_design_routes,
    backoffice_design_pick_routes,
    backoffice_theme_routes,
    backoffice_digital_routes,
    backoffice_digital_order_routes,
    backoffice_hook_routes,
    backoffice_order_list_routes,
    backoffice_order_routes,
    backoffice_refund_routes,
    backoffice_promotion_routes,
    backoffice_promotion_page_routes,
    backoffice_coupon_routes,
    backoffice_flash_routes,
    backoffice_flash_page_routes,
    backoffice_presale_routes,
    backoffice_presale_page_routes,
    backoffice_group_routes,
    backoffice_group_page_routes,
    backoffice_price_list_routes,
    backoffice_customer_routes,
    backoffice_proof_routes,
    backoffice_review_routes,
    backoffice_saved_routes,
    backoffice_pack_routes,
    backoffice_search_routes,
    backoffice_audit_routes,
    backoffice_alarm_routes,
    backoffice_ledger_routes,
    backoffice_correction_routes,
    backoffice_gift_routes,
    backoffice_settings_routes,
    backoffice_passcode_routes,
    backoffice_rounding_routes,
    backoffice_points_routes,
    backoffice_settings_order_routes,
    backoffice_settings_stock_routes,
    backoffice_settings_identity_routes,
    backoffice_settings_shop_routes,
    backoffice_settings_domain_routes,
    backoffice_settings_currency_routes,
    backoffice_settings_staff_routes,
    backoffice_settings_factor_routes,
    backoffice_notify_routes,
    backoffice_message_routes,
    content_admin_routes,
    NULL,
};

const struct job_kind *const site_jobs[] = {
    shop_job_kinds,           shop_claim_job_kinds, media_job_kinds,         catalog_job_kinds,
    promotion_job_kinds,      price_plan_job_kinds, inventory_job_kinds,     inventory_take_job_kinds,
    flash_job_kinds,          presale_job_kinds,    order_presale_job_kinds, group_buy_job_kinds,
    checkout_group_job_kinds, payment_job_kinds,    payment_owed_job_kinds,  order_job_kinds,
    checkout_job_kinds,       digital_job_kinds,    sandbox_job_kinds,       catalog_fetch_job_kinds,
    payment_hook_job_kinds,   rule_job_kinds,       facet_job_kinds,         import_job_kinds,
    notify_job_kinds,         backoffice_job_kinds, order_points_job_kinds,  NULL};

static const struct gateway *const gateways[] = {&sandbox_gateway, NULL};

const struct services site_services = {.gateways = gateways,
                                       .pictures = &vips_pictures,
                                       .outbound = &curl_outbound,
                                       .names = &ares_names,
                                       .zips = &archive_zips,
                                       .mailer = &curl_mailer};

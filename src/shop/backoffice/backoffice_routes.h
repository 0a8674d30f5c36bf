/* backoffice_routes.h - pages of the back office that show several modules at once: today, products, orders,
 * alarms, settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route backoffice_today_routes[];
extern const struct route backoffice_list_routes[];
extern const struct route backoffice_act_routes[];
extern const struct route backoffice_product_routes[];
extern const struct route backoffice_price_routes[];
extern const struct route backoffice_price_plan_routes[];
extern const struct route backoffice_stock_routes[];
extern const struct route backoffice_assembly_routes[];
extern const struct route backoffice_take_routes[];
extern const struct route backoffice_wait_routes[];
extern const struct route backoffice_location_routes[];
extern const struct route backoffice_freight_routes[];
extern const struct route backoffice_words_routes[];
extern const struct route backoffice_product_freight_routes[];
extern const struct route backoffice_buying_routes[];
extern const struct route backoffice_picture_routes[];
extern const struct route backoffice_media_routes[];
extern const struct route backoffice_fetch_routes[];
extern const struct route backoffice_category_routes[];
extern const struct route backoffice_cover_routes[];
extern const struct route backoffice_attribute_routes[];
extern const struct route backoffice_kit_routes[];
extern const struct route backoffice_collection_routes[];
extern const struct route backoffice_rule_routes[];
extern const struct route backoffice_tag_routes[];
extern const struct route backoffice_history_routes[];
extern const struct route backoffice_digital_routes[];
extern const struct route backoffice_digital_order_routes[];
extern const struct route backoffice_hook_routes[];
extern const struct route backoffice_order_list_routes[];
extern const struct route backoffice_order_routes[];
extern const struct route backoffice_refund_routes[];
extern const struct route backoffice_correction_routes[];
extern const struct route backoffice_gift_routes[];
extern const struct route backoffice_promotion_routes[];
extern const struct route backoffice_price_list_routes[];
extern const struct route backoffice_customer_routes[];
extern const struct route backoffice_promotion_page_routes[];
extern const struct route backoffice_coupon_routes[];
extern const struct route backoffice_rounding_routes[];
extern const struct route backoffice_points_routes[];
extern const struct route backoffice_flash_routes[];
extern const struct route backoffice_flash_page_routes[];
extern const struct route backoffice_presale_routes[];
extern const struct route backoffice_presale_page_routes[];
extern const struct route backoffice_group_routes[];
extern const struct route backoffice_group_page_routes[];
extern const struct route backoffice_proof_routes[];
extern const struct route backoffice_review_routes[];
extern const struct route backoffice_saved_routes[];
extern const struct route backoffice_pack_routes[];
extern const struct route backoffice_search_routes[];
extern const struct route backoffice_work_routes[];
extern const struct route backoffice_zip_routes[];
extern const struct route backoffice_theme_routes[];
extern const struct route backoffice_import_routes[];
extern const struct route backoffice_trash_routes[];
extern const struct route backoffice_redirect_routes[];
extern const struct route backoffice_audit_routes[];
extern const struct route backoffice_alarm_routes[];
extern const struct route backoffice_ledger_routes[];

/* Shows an order's page again when a form of it was refused whose struct begins with the order's number. */
CHECKED err order_show_again(struct req *req);
extern const struct route backoffice_settings_routes[];
extern const struct route backoffice_design_routes[];
extern const struct route backoffice_design_pick_routes[];
extern const struct route backoffice_passcode_routes[];
extern const struct route backoffice_settings_order_routes[];
extern const struct route backoffice_settings_stock_routes[];
extern const struct route backoffice_settings_identity_routes[];
extern const struct route backoffice_settings_shop_routes[];
extern const struct route backoffice_settings_currency_routes[];
extern const struct route backoffice_settings_domain_routes[];
extern const struct route backoffice_settings_staff_routes[];
extern const struct route backoffice_settings_factor_routes[];
extern const struct route backoffice_notify_routes[];
extern const struct route backoffice_message_routes[];

/* 202 with the work, or its page. */
struct work;
CHECKED err reply_work(struct req *req, const struct work *work);

/* Shows the library again when a form on its page was refused. */
CHECKED err media_show_again(struct req *req);

// SPDX-License-Identifier: GPL-2.0-only
// policy_metrics: the samples of what a policy has decided on an interface.
#ifndef CTL_RENDER_POLICY_METRICS_H
#define CTL_RENDER_POLICY_METRICS_H

#include "ctl/render/metrics_page.h"

void metric_reasons(const struct page *page);
void metric_shadow_reasons(const struct page *page);
void metric_rules(const struct page *page);
void metric_shadow_rules(const struct page *page);
void metric_unjudged(const struct page *page);
void metric_untracked(const struct page *page);
void metric_policy_info(const struct page *page);
void metric_policy_generation(const struct page *page);
void metric_policy_confirm_before(const struct page *page);
void metric_policy_reverted(const struct page *page);
void metric_under_attack(const struct page *page);
void metric_attack_armed(const struct page *page);
void metric_attack_syns(const struct page *page);
void metric_attack_stopped(const struct page *page);
void metric_attack_challenged(const struct page *page);
void metric_attack_verified(const struct page *page);
void metric_tx_failed(const struct page *page);
void metric_answers_lost(const struct page *page);
void metric_can_answer(const struct page *page);

#endif

// SPDX-License-Identifier: GPL-2.0-only
// exporter: the latest reading of the exported interfaces, and their history.
#include "ctl/export/exporter.h"

#include "common/base/clock.h"

#define FRESH_NS (NS_PER_S / 2)  /* younger readings are used again */
#define RATES_NS (60 * NS_PER_S) /* rates are computed for this long after a request for them */
#define STALE_NS (10 * NS_PER_S) /* the page's history looks for new interfaces this often */

/* Rates cost memory: they are computed only while clients ask for them. */
int exporter__refresh(struct exporter *exporter, struct errmsg *why)
{
	bool rates = exporter->rates_until_ns > clock__now_ns();
	struct watch *watch = &exporter->watch;

	if (watch->readings && clock__now_ns() - watch->read_at_ns < FRESH_NS &&
	    watch->rates >= rates)
		return 0;
	watch->rates = rates;
	return watch__read(watch, why);
}

int exporter__refresh_rates(struct exporter *exporter, struct errmsg *why)
{
	exporter->rates_until_ns = clock__now_ns() + RATES_NS;
	return exporter__refresh(exporter, why);
}

/* So that the page shows how an attack began, even if it is opened later. */
void exporter__add_to_history(struct exporter *exporter)
{
	if (clock__now_ns() - exporter->watch.read_at_ns > STALE_NS)
		exporter__refresh(exporter, NULL);
	rate_histories__read(&exporter->histories, &exporter->watch);
}

void exporter__free(struct exporter *exporter)
{
	watch__free(&exporter->watch);
	rate_histories__free(&exporter->histories);
}

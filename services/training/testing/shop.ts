/** The last instant of the shop's history and the clock of its runs. */
export const NOW_MS = Date.parse('2026-03-01T00:00:00Z');

const DAY_US = 86_400_000_000;

export interface Shop {
  customers: number;
  /** Days of history before NOW_MS. */
  days: number;
  /** Share of customers who order every few days for ever; the others stop at some day. Default 0.5. */
  loyal?: number;
  /** Chance of an order on a day. Default 0.06. */
  rate?: number;
  /** Changes amounts and gaps of the last so many days, and nothing before. */
  otherwise?: { lastDays: number };
}

/** Orders of a shop as SQL. Who stops is a fair draw, so recency tells much and not all; the same options give the same orders. */
export function shopEvents({ customers, days, loyal = 0.5, rate = 0.06, otherwise }: Shop): string {
  const chance = (salt: string) => `((hash(${salt}) % 100000) / 100000.0)`;
  const changed = otherwise === undefined ? 'false' : `day >= ${days - otherwise.lastDays}`;
  return `SELECT 'c' || c AS entity_id, ${NOW_MS * 1000 - days * DAY_US} + day * ${DAY_US} + 3600000000 + c AS occurred_us,
      (500 + hash(c * 7919 + day) % 9000 + CASE WHEN ${changed} THEN 333 ELSE 0 END)::BIGINT AS amount, (1 + hash(c + day) % 3)::BIGINT AS quantity
    FROM (SELECT c, day, CASE WHEN ${chance('c * 13 + 1')} < ${loyal} THEN 100000 ELSE 10 + hash(c * 31) % ${days} END AS until
      FROM range(${customers}) a(c), range(${days}) b(day))
    WHERE (day < until AND ${chance('c * 1009 + day * 17')} < CASE WHEN ${changed} THEN 0.02 ELSE ${rate} END)
      OR day = c % 10 OR (c = 0 AND day = ${days} - 1)
    ORDER BY c, day`;
}

/** An order as POST /events takes it. */
export function order(id: string, changes: object = {}): Record<string, unknown> {
  return {
    source: 'orders',
    event_id: id,
    customer_id: 'c1',
    ordered_at: '2026-01-05T10:00:00Z',
    amount: 12.5,
    quantity: 1,
    ...changes,
  };
}

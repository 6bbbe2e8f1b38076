/** Pure: Erlang's formulas (1917). Callbacks arrive at random, so they fit; appointments are booked, and do not. */

/**
 * The share of arrivals that finds all servers taken when nobody waits (Erlang B), by the recursion
 * 1/B(n) = 1 + n/A · 1/B(n−1), which does not overflow. The cost grows with `servers`.
 * @param load offered, in erlangs: arrivals in the time that one takes.
 */
export function erlangB(servers: number, load: number): number {
  if (load <= 0) return 0
  let inverse = 1
  for (let n = 1; n <= servers; n += 1) inverse = 1 + (n / load) * inverse
  return 1 / inverse
}

/** The share of arrivals that has to wait, when all do so until it is their turn (Erlang C). 1 when the load is too much. */
export function erlangC(servers: number, load: number): number {
  if (load <= 0) return 0
  if (servers <= load) return 1
  const blocked = erlangB(servers, load)
  return (servers * blocked) / (servers - load * (1 - blocked))
}

/** Mean wait of all arrivals, in units of the holding time's; infinite when the load is too much. */
export const meanWait = (servers: number, load: number, holding: number): number =>
  servers <= load ? Number.POSITIVE_INFINITY : (erlangC(servers, load) * holding) / (servers - load)

/** How many servers it takes for at most so large a share to find all taken (Erlang B). */
export function serversFor(load: number, blocked: number): number {
  let inverse = 1
  for (let n = 0; ; n += 1) {
    if (n > 0) inverse = 1 + (n / load) * inverse
    if (load <= 0 || 1 / inverse <= blocked) return n
  }
}

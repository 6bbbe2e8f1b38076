/**
 * *Pure.* How long the media of a participant may be silent before the node asks their connection whether anybody is
 * there. Whoever answers nothing within a heartbeat is out, so a participant who vanished is gone within two,
 * if a heartbeat is longer than the shortest silence.
 */

/** What a worker takes at least; a browser checks its way every 2.5 s. */
const shortestMs = 10_000
/** RFC 7675 gives up at 30 s; nobody should look at a still picture for so long. */
const longestMs = 15_000

export const consentOf = (heartbeatMs: number): number => Math.min(longestMs, Math.max(shortestMs, heartbeatMs / 2))

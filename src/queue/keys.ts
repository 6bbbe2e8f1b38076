/** Keys of one region's callback queue, all with the region as tag. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

/*
 * "Kept": until the jobseeker has made 50 newer requests, and for at least 48 hours after its end. The first is what a
 * page shows, the second is longer than any repeat may come. An open callback is its jobseeker's newest, so it stays.
 */
export const queueKeys = (region: string) => ({
  callbacks: key('queue', region, 'callbacks'), // hash  id -> JSON of CallbackRecord; kept
  history: key('queue', region, 'history'), //     hash  <id>/<n> -> JSON of the n-th transition, only added to; kept
  open: key('queue', region, 'open'), //           hash  jobseeker -> id of their open request; while it is open
  held: key('queue', region, 'held'), //           hash  advisor -> id of what they were offered or are working on
  leased: key('queue', region, 'leased'), //       zset  id -> leaseUntil (ms); while it is offered
  /** What waits for this advisor. */
  waiting: (advisor: string) => key('queue', region, 'waiting', advisor), //   zset  id -> requestedAt (ms)
  /** Everything open in this advisor's queue: waiting, offered, active. */
  queue: (advisor: string) => key('queue', region, 'queue', advisor), //       zset  id -> requestedAt (ms)
  /** A jobseeker's requests. */
  own: (jobseeker: string) => key('queue', region, 'own', jobseeker), //       zset  id -> requestedAt (ms); kept
  /** What a request with this key was answered with, so that a repeat gets the same. */
  requested: (jobseeker: string, idempotencyKey: string) => key('queue', region, 'key', jobseeker, idempotencyKey), // string  created:<id> or existing:<id>; 48 h
  ...shardKeys(region), //                         log, nudge and personal feeds of the region
})

import { Redis } from 'ioredis'
import t from 'tap'
import {
  allStalls,
  type RedisTold,
  type Stalls,
  stallsBetween,
  stallsSaid,
  watchStalls,
} from '../../../bench/capacity/redis-stalls.ts'
import { startRedis } from '../../../bench/redis.ts'
import { until } from '../../support/until.ts'

const told = (more: Partial<RedisTold> = {}): RedisTold => ({
  ...{ rewriting: false, rewrites: 3, delayedFsyncs: 7, forkMs: 4, events: [['aof-fsync-always', 1_000, 30, 90]] },
  ...more,
})

t.test('what Redis tells of all its life becomes what happened since the look before', async (t) => {
  const none = { rewriting: false, rewrites: 0, delayedFsyncs: 0, longestMs: {} }
  t.same(stallsBetween(told(), told()), none)
  const events: RedisTold['events'] = [
    ['aof-fsync-always', 1_001, 45, 90],
    ['command', 1_001, 25, 60],
  ]
  t.same(stallsBetween(told(), told({ rewriting: true, rewrites: 4, delayedFsyncs: 9, forkMs: 12, events })), {
    ...{ rewriting: true, rewrites: 1, delayedFsyncs: 2 },
    // Of two of a kind the longer, when that is told.
    longestMs: { fork: 12, 'aof-fsync-always': 45, command: 60 },
  })
  t.same(stallsBetween(told(), told({ events: [['aof-fsync-always', 1_002, 30, 90]] })).longestMs, {
    'aof-fsync-always': 30,
  })
  t.same(stallsBetween(told(), told({ rewrites: 0, delayedFsyncs: 0, events: [] })), none, 'it was started anew')
})

t.test('a run says what held Redis up, the longest first, and nothing when nothing did', async (t) => {
  const look = (more: Partial<Stalls> = {}) => ({
    stalls: { rewriting: false, rewrites: 0, delayedFsyncs: 0, longestMs: {}, ...more },
  })
  t.same(stallsSaid([look(), look({ longestMs: { fork: 3 } }), { stalls: undefined }]), [])
  const looks = [
    look({ rewrites: 1, longestMs: { fork: 21 } }),
    look({ delayedFsyncs: 2, longestMs: { fork: 30, 'aof-write': 243.4 } }),
  ]
  t.same(stallsSaid(looks), ['Redis: log rewritten, 2 flushes put off, aof-write 243 ms, fork 30 ms'])
  t.same(allStalls([]), { rewriting: false, rewrites: 0, delayedFsyncs: 0, longestMs: {} })
})

t.test('a real Redis that rewrites its log, and is held up, is caught at it', async (t) => {
  await using redis = await startRedis()
  await using watch = await watchStalls(redis.socket)
  t.match(await watch.look(), { rewriting: false, rewrites: 0 })
  const client = new Redis(redis.socket)
  t.teardown(() => client.disconnect())
  await client.set('much', 'x'.repeat(1_000_000))
  await client.bgrewriteaof()
  const looks: Stalls[] = []
  await until(
    async () => {
      looks.push(await watch.look())
      return allStalls(looks).rewrites > 0
    },
    { what: 'a rewrite' },
  )
  t.equal(allStalls(looks).rewrites, 1)
  t.ok((allStalls(looks).longestMs.fork ?? 0) > 0, 'how long the fork took')
  // Longer on a slow machine, and never less than is kept.
  await client.eval("local n = 0; while n < 2e7 do n = n + 1 end; return redis.call('INCR', 'n')", 0)
  const { longestMs } = await watch.look()
  t.ok((longestMs.command ?? 0) >= 20, JSON.stringify(longestMs))
  t.notOk((await watch.look()).longestMs.command, 'once')
})

/** Attendance records on a real Redis, with a clock that the test sets, and without the rest of a node. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { Attendance } from '../../src/attendance/attendance.ts'
import { createAwaiting } from '../../src/attendance/awaiting.ts'
import { createJudging, type Health } from '../../src/attendance/judging.ts'
import { createRecordFiles } from '../../src/attendance/record-file.ts'
import { createSealing } from '../../src/attendance/sealing.ts'
import { SigningKeys } from '../../src/attendance/signing-keys.ts'
import type { AttendanceWindow, DataOf, Fact, Party } from '../../src/protocol/index.ts'
import { entriesOf } from '../../src/store/events.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'

export const region = 'bretagne'
export const minute = 60_000
export const parties = { jobseeker: 'jobseeker-1', advisor: 'advisor-anne' }
/** Ahead of the clock of Redis, which lets go of records by itself. */
const begin = 1_990_000_000_000

export interface Clock {
  now: number
}

export async function testAttendance(
  t: Test,
  { cluster = false, redis: given }: { cluster?: boolean; redis?: TestRedis } = {},
) {
  const redis = given ?? (await testRedis(t, { cluster }))
  const folder = await mkdtemp(join(tmpdir(), 'vv-attendance-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const clock: Clock = { now: begin }
  const now = () => clock.now
  const { client } = redis
  const window: AttendanceWindow = { from: begin + 60 * minute, until: begin + 90 * minute }
  const found: { health: Omit<Extract<Fact, { type: 'health' }>, 'type' | 'from' | 'until'> } = {
    health: { covered: true, incidents: [], probes: [] },
  }
  const health: Health = async (from, until) => ({ from, until, ...found.health })
  const attendance = new Attendance({
    ...{
      client,
      now,
      keepMs: 1_000 * minute,
      verdictAfterMs: 5 * minute,
      sealEveryMs: 60 * minute,
      awaitAfterMs: 5 * minute,
    },
  })
  const keys = new SigningKeys({ client, folder, maxAgeMs: 24 * 60 * minute, now })
  const judging = createJudging({ client, attendance, health, now })
  const sealing = createSealing({ client, keys, now })
  const told: { readonly appointment: string; readonly awaited: readonly Party[] }[] = []
  const awaiting = createAwaiting({
    ...{ client, attendance, now },
    tell: async ({ appointment }, awaited) => void told.push({ appointment, awaited }),
  })
  const readFile = createRecordFiles({ attendance, judging, keys, now })
  return {
    ...{ redis, client, clock, window, found, attendance, keys, judging, sealing, awaiting, told, readFile, folder },
    open: (appointment = 'a1', more: { window?: AttendanceWindow } = {}) =>
      attendance.open(region, { appointment, ...parties, window, ...more }),
    /** The heads that a person was handed out, in order. */
    async headsOf(person: string) {
      const heads: DataOf<'attendance.head'>[] = []
      for await (const { topic, name, text } of entriesOf(client, region)) {
        if (topic !== `person:${person}` || name !== 'attendance.head') continue
        heads.push((JSON.parse(text) as { data: DataOf<'attendance.head'> }).data)
      }
      return heads
    },
  }
}

/** Notices who has not come to an appointment some time after its beginning, and has both told what happens next. */
import type { Party } from '../protocol/index.ts'
import type { RedisClient } from '../store/redis.ts'
import type { Attendance, Given, Standing } from './attendance.ts'
import { notThere } from './evidence.ts'
import { attendanceKeys } from './keys.ts'
import * as scripts from './scripts.ts'

/** Tells both parties that these have not come yet. It may come twice for one window. */
export type TellAwaited = (standing: Standing, awaited: readonly Party[]) => Promise<void>

export interface AwaitingOptions {
  readonly client: RedisClient
  readonly attendance: Attendance
  readonly tell: TellAwaited
  readonly now?: () => number
}

export interface Awaiting {
  /** May be repeated. What fails is tried again by whoever finds it due. */
  look(region: string, appointment: string): Promise<void>
}

export const createAwaiting = ({ client, attendance, tell, now = Date.now }: AwaitingOptions): Awaiting => ({
  async look(region, appointment) {
    const standing = await attendance.standing(region, appointment)
    const { record, due } = attendanceKeys(region)
    const keys = [record(appointment), due] as const
    if (standing === undefined) return scripts.awaited(client, [...keys], [appointment, 0])
    const { from, until } = standing.window
    let awaited: readonly Party[] = []
    const make = async ({ head }: Standing): Promise<Given[]> => {
      // A node that was away for long comes too late to say "you can still join".
      awaited = now() > until ? [] : notThere(await attendance.entries(region, appointment, 0, head.n))
      return awaited.map((party) => ({ key: `awaited/${party}/${from}`, fact: { type: 'awaited', party } }))
    }
    await attendance.add(region, appointment, make)
    if (awaited.length > 0) await tell(standing, awaited)
    await scripts.awaited(client, [...keys], [appointment, from])
  },
})

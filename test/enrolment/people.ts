/** People of a region for tests. */
import type { Enrolment, Person } from '../../src/enrolment/enrolment.ts'
import { everybodyKey } from '../../src/enrolment/keys.ts'
import type { RedisClient } from '../../src/store/redis.ts'

let regions = 0
/** Each test has a region of its own, and a country in which nobody is enrolled yet. */
export const newRegion = async (client: RedisClient): Promise<string> => {
  await client.del(everybodyKey)
  regions += 1
  return `region-${regions}`
}

export const advisor = (region: string, id: string): Person => ({
  id,
  role: 'advisor',
  name: id,
  region,
  disabled: false,
})

export const jobseeker = (region: string, id: string, of?: string): Person => ({
  id,
  role: 'jobseeker',
  name: id,
  region,
  ...(of === undefined ? {} : { advisor: of }),
  disabled: false,
})

/** One after the other: an advisor is there before who names them. */
export const putAll = async (enrolment: Enrolment, ...people: Person[]): Promise<void> => {
  for (const person of people) await enrolment.put(person)
}

/** A share of the people of a region: those at their pages, or those in appointments. One process for each. */
import { type AppointmentsJob, type AppointmentsOutcome, attend } from './appointments.ts'
import { serveJob } from './job.ts'
import { live, type PeopleJob, type PeopleOutcome } from './people.ts'

export type RegionJob = AppointmentsJob | PeopleJob
export type RegionOutcome = AppointmentsOutcome | PeopleOutcome

serveJob<RegionJob, RegionOutcome>((job, window) => (job.kind === 'people' ? live(job, window) : attend(job, window)))

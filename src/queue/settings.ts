/** How a region and its teams answer callbacks: the defaults, and what goes together. Pure. */
import type { RegionSettings, TeamSettings } from '../protocol/callback-settings.ts'
import { VisavisError } from '../protocol/index.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

export const regionDefaults: RegionSettings = {
  topics: ['general', 'appointment', 'training', 'job-search', 'benefits'],
  languages: ['fr'],
  ownWaitMs: 15 * minuteMs,
  coverWaitMs: 15 * minuteMs,
  teamWaitMs: 30 * minuteMs,
  ownStartMs: 30 * minuteMs,
  coverStartMs: 20 * minuteMs,
  teamStartMs: 10 * minuteMs,
  priorityMs: 15 * minuteMs,
  maxWaitMs: 2 * hourMs,
  declineMs: 15 * minuteMs,
  serviceLevelMs: 30 * minuteMs,
  handlingMs: 10 * minuteMs,
  longestCallMs: 2 * hourMs,
  windowMs: hourMs,
  windowDays: 10,
  attempts: 3,
  spacingMs: 2 * hourMs,
  busySpacingMs: 15 * minuteMs,
  numberWaitMs: 5 * 24 * hourMs,
}

export const teamDefaults: TeamSettings = { mode: 'auto', limit: 1, wrapUpMs: 0 }

/** Levels above the one of a plain request. */
export const priorityLevels = 2

/** A request may be overtaken only by those that came at most this much later. */
export const mostOvertaken = ({ ownStartMs, coverStartMs, teamStartMs, priorityMs }: RegionSettings): number =>
  Math.max(ownStartMs, coverStartMs, teamStartMs) + priorityLevels * priorityMs

/**
 * The stated maximum (`maxWaitMs`): by then a request is open to the whole region, and nobody who came after it by more
 * than the head starts is before it.
 * @throws VisavisError BAD_REQUEST when the waits and head starts allow more.
 */
export function checkRegionSettings(settings: RegionSettings): void {
  const { ownWaitMs, coverWaitMs, teamWaitMs, maxWaitMs } = settings
  const most = ownWaitMs + coverWaitMs + teamWaitMs + mostOvertaken(settings)
  if (most <= maxWaitMs) return
  throw new VisavisError('BAD_REQUEST', `the waits and head starts allow ${most} ms, more than maxWaitMs`, {
    details: { path: '/maxWaitMs', least: most },
  })
}

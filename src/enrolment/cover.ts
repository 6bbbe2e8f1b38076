/** A colleague stands in for an advisor from one moment until another. Pure: the moment is an argument. */
import { VisavisError } from '../protocol/index.ts'

export interface Cover {
  /** Made by the client, so that a repeated request makes no second cover. */
  readonly id: string
  readonly region: string
  /** Who is stood in for. */
  readonly advisor: string
  /** Who stands in. */
  readonly cover: string
  /** The first moment (ms). */
  readonly from: number
  /** The first moment after it (ms). */
  readonly until: number
  /** When it was taken back, before its time (ms). */
  readonly endedAt?: number
}

type Period = Pick<Cover, 'from' | 'until' | 'endedAt'>

/** The longest absence for which somebody is named; a longer one needs another advisor. */
export const maxCoverMs = 366 * 24 * 60 * 60 * 1_000

/** The first moment after it. */
export const endOf = ({ until, endedAt }: Period): number => Math.min(until, endedAt ?? until)

export const isActive = (cover: Period, now: number): boolean => cover.from <= now && now < endOf(cover)

/** The next moment after `now` at which one of the covers begins or ends. */
export function nextChange(covers: readonly Period[], now: number): number | undefined {
  const moments = covers.flatMap((cover) => {
    const end = endOf(cover)
    return cover.from < end ? [cover.from, end] : []
  })
  const coming = moments.filter((at) => at > now)
  return coming.length === 0 ? undefined : Math.min(...coming)
}

/** @throws VisavisError BAD_REQUEST when it is no period, too long, or somebody would stand in for themselves. */
export function checkCover({ advisor, cover, from, until }: Cover): void {
  const refuse = (message: string, path: string) => new VisavisError('BAD_REQUEST', message, { details: { path } })
  if (advisor === cover) throw refuse('nobody stands in for themselves', '/cover')
  if (from >= until) throw refuse('a cover ends after it begins', '/until')
  if (until - from > maxCoverMs) throw refuse('a cover lasts at most 366 days', '/until')
}

export const decodeCover = (json: string): Cover => JSON.parse(json) as Cover

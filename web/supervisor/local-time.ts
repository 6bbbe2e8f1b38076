/** *Pure.* Moments (ms) as fields of the kind `datetime-local` have them, by the clock of this device. */

const twoDigits = (value: number): string => String(value).padStart(2, '0')

export function localOf(at: number): string {
  const date = new Date(at)
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-')
  return `${day}T${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
}

/** NaN for a field that is empty or half filled in. */
export const momentOf = (local: string): number => new Date(local).getTime()

/** From now until the evening of the day. */
export function usualCover(now: number): { readonly from: number; readonly until: number } {
  const from = new Date(now).setSeconds(0, 0)
  const evening = new Date(now).setHours(20, 0, 0, 0)
  const tomorrow = new Date(evening)
  tomorrow.setDate(tomorrow.getDate() + 1)
  return { from, until: evening > now ? evening : tomorrow.getTime() }
}

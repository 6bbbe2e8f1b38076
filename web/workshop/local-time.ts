/** *Pure.* A moment as the fields of a form have it, on the clock of the device. */

const padded = (n: number): string => String(n).padStart(2, '0')

export function dateOf(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${padded(date.getMonth() + 1)}-${padded(date.getDate())}`
}

export function timeOf(at: number): string {
  const date = new Date(at)
  return `${padded(date.getHours())}:${padded(date.getMinutes())}`
}

/** @returns undefined for what is no moment. */
export function whenOf(date: string, time: string): number | undefined {
  const at = new Date(`${date}T${time}`).getTime()
  return Number.isNaN(at) ? undefined : at
}

/**
 * Keeps every head of an attendance record that this device was handed out, so that a change of what a head covers shows, even
 * one made by whoever runs the service.
 */
import type { Head } from '../src/protocol/index.ts'
import type { DeviceStorage } from './storage.ts'

const prefix = 'visavis.heads'
/** Of the oldest appointments the heads go, should the room run out. */
const mostAppointments = 300

export class HeadKeeper {
  readonly #storage: DeviceStorage

  constructor(storage: DeviceStorage) {
    this.#storage = storage
  }

  /** In the order in which they came. Two with the same number and another hash prove that a record was changed. */
  of(appointment: string): readonly Head[] {
    return (this.#storage.getItem(`${prefix}.${appointment}`) ?? '').split('\n').flatMap((line) => {
      const [n = '', hash = ''] = line.split(':')
      return hash === '' ? [] : [{ n: Number(n), hash }]
    })
  }

  /** @returns whether it contradicts one that was kept. Both are kept then. */
  keep(appointment: string, { n, hash }: Head): boolean {
    const known = this.of(appointment)
    if (known.some((head) => head.n === n && head.hash === hash)) return false
    this.#remember(appointment)
    this.#set(`${prefix}.${appointment}`, [...known, { n, hash }].map((head) => `${head.n}:${head.hash}`).join('\n'))
    return known.some((head) => head.n === n)
  }

  #remember(appointment: string): void {
    const all = this.#appointments()
    if (all.includes(appointment)) return
    all.push(appointment)
    for (const old of all.splice(0, all.length - mostAppointments)) this.#storage.removeItem(`${prefix}.${old}`)
    this.#set(prefix, all.join('\n'))
  }

  #appointments(): string[] {
    return (this.#storage.getItem(prefix) ?? '').split('\n').filter((id) => id !== '')
  }

  /** Where there is no room left, the heads of the appointment that is longest ago make some. */
  #set(key: string, value: string): void {
    for (;;) {
      try {
        this.#storage.setItem(key, value)
        return
      } catch {
        const [oldest, ...rest] = this.#appointments()
        if (oldest === undefined || key === `${prefix}.${oldest}`) return
        this.#storage.removeItem(`${prefix}.${oldest}`)
        this.#storage.setItem(prefix, rest.join('\n'))
      }
    }
  }
}

/** What a mail system reports of a mail that it took (RFC 3464), as it comes into the mailbox of the sender. Pure. */

export interface DeliveryReport {
  /** The name under which reports were asked for. */
  readonly id: string
  readonly outcome: 'delivered' | 'failed'
  /** 5.1.1 … */
  readonly status?: string
  /** When that was (ms), as far as it is said: reports are often read long after. */
  readonly at?: number
}

/**
 * Undefined for what says nothing about a mail of ours: no report, one without our name, one of a delay, or one by a system
 * that has handed it to another which reports nothing (`relayed`): nobody knows more than before then.
 */
export function readDeliveryReport(mail: string): DeliveryReport | undefined {
  const id = field(mail, 'Original-Envelope-Id')
  const action = field(mail, 'Action')?.toLowerCase()
  if (id === undefined || (action !== 'delivered' && action !== 'failed')) return undefined
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(field(mail, 'Status') ?? '')?.[0]
  // When it was tried last; else when the report was written, which is no earlier.
  const said = field(mail, 'Last-Attempt-Date') ?? field(mail, 'Date') ?? ''
  const at = dateShape.test(said) ? Date.parse(said) : 0
  return {
    ...{ id: fromXtext(id), outcome: action },
    ...(status === undefined ? {} : { status }),
    ...(at > 0 ? { at } : {}),
  }
}

/** RFC 5322, 3.3. What is of another shape is no date, whatever Date.parse can make of it. */
const dateShape = /^(?:[A-Z][a-z]{2}, *)?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC?)/

/** Long lines go on in the next, which begins with a space. */
const field = (mail: string, name: string): string | undefined =>
  new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t]+.*)*)`, 'im')
    .exec(mail)?.[1]
    ?.replace(/\r?\n[ \t]+/g, '')
    .trim()

/** RFC 3461, 4: `+3D` is `=`. */
const fromXtext = (text: string): string =>
  text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** What a kind of notice is: a new one is a file in kinds/ and a line in kinds.ts. */
import type { Language } from '../protocol/index.ts'

/** For whom and where a text is written. */
export interface Reader {
  readonly language: Language
  /** IANA: times are told by its clocks. */
  readonly timeZone: string
  /** Between whom the mail goes; calendars name both. */
  readonly envelope?: Envelope
}

export interface Envelope {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: string
}

/** Text without any markup: letter.ts makes both parts of a mail of it. */
export interface Words {
  /** Shown on locked screens: no names. */
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** What the link to the pages is called; absent: there is none. */
  readonly link?: string
  /** Where among the pages that link leads, such as `scheme`; absent: to the first. */
  readonly place?: string
  readonly attachments?: readonly Attachment[]
}

export interface Attachment {
  readonly name: string
  /** For example `text/calendar; method=REQUEST`. */
  readonly mediaType: string
  readonly content: string
}

export interface Kind<D> {
  /** Sent whatever somebody has chosen; only quiet hours may delay it. */
  readonly official: boolean
  /** Several of one person that are due go in one mail. */
  readonly merges: boolean
  /** The last thing somebody hears: nothing of it is kept once it has ended. */
  readonly last: boolean
  /** Its link leads to a page where its reader says that they have read it (proofs.ts). */
  readonly proof?: boolean
  /** Pure. @param all data of the notices in this mail: one, or several if the kind merges. */
  readonly words: (all: readonly D[], reader: Reader) => Words
}

/** What whoever hands over an export asks for, and gets. Who fills it is wired beside the composition root. */
import type { Readable } from 'node:stream'

export interface ExportRequest {
  readonly region: string
  readonly person: string
  /** Whether notes about the person, and of their callbacks, are in it. */
  readonly notes: boolean
  /** Who asks: for the manifest. */
  readonly by: string
}

/**
 * Everything about a person as a ZIP archive; whoever asks reads it to the end or destroys it.
 * @throws VisavisError NOT_FOUND; UNAVAILABLE before the first byte. What fails later breaks the stream off.
 */
export type ExportPerson = (request: ExportRequest) => Promise<Readable>

/**
 * Search over what people wrote: an index of the node's own, never the truth, which follows its sources and can be deleted
 * at any time. Who may look where is for the caller to say: nothing is looked at but the conversations named.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/index.ts'
import { lockFolder } from '../store/folder-lock.ts'
import { Follower } from './follower.ts'
import type { Hit, Question } from './index-reader.ts'
import { decodeCursor, type Place } from './place.ts'
import { Rewrites } from './rewrites.ts'
import { SearchIndex } from './search-index.ts'
import type { Source, Space } from './source.ts'

export type { Hit, Question } from './index-reader.ts'
export type { Place } from './place.ts'
export type { SnippetPart } from './snippet.ts'
export type { Changes, Source, SourceMessage, Space } from './source.ts'

export interface SearchOptions {
  /** Of this node alone. */
  readonly folder: string
  readonly log: Logger
  /** The messages of channels. */
  readonly source: Source
  /** The notes of advisors, by channel. */
  readonly notes?: Source
  /** How often all conversations are compared with their sources; `touched` is what keeps the index up to date. */
  readonly channelsEveryMs?: number
  /** After so long an answer is what was found until then. */
  readonly findMs?: number
  /** How long copies of deleted messages may lie in the file, where nothing finds them. */
  readonly tracesMs?: number
}

export interface Answer {
  /** Newest first. */
  readonly hits: readonly Hit[]
  /** Whether all there is was looked at. Not while the index is behind, or when time ran out. */
  readonly complete: boolean
  /** Given as `before`, the next page; absent on the last one. */
  readonly next?: string
}

export interface Search extends AsyncDisposable {
  /** @throws VisavisError BAD_REQUEST for a `before` that is none; UNAVAILABLE when the index cannot be read. */
  find(question: Question): Promise<Answer>
  /** Something happened in a conversation: it is read soon. */
  touched(channel: string, space?: Space): void
  /** Events may have been missed: everything is compared soon. */
  compare(): void
  /**
   * Resolves when no trace of the channel and its notes is left in the file. To be called after the source has erased it:
   * what the source still has is indexed again.
   * @throws VisavisError UNAVAILABLE; it may be repeated.
   */
  forget(channel: string): Promise<void>
  /** How many conversations are known to be behind. */
  readonly behind: number
  /** Safe to call twice. */
  close(): Promise<void>
}

const spaces: readonly Space[] = ['channel', 'notes']
const everyMs = 10 * 60 * 1_000

/** @throws when the folder cannot be written to, or another node has it. */
export async function openSearch(options: SearchOptions): Promise<Search> {
  const { folder, log, source, notes, channelsEveryMs = everyMs, findMs = 1_000, tracesMs } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = lockFolder(folder)
  const index = new SearchIndex({
    file: join(folder, 'index.db'),
    log,
    onLost: () => follower?.lost(),
    onErased: () => rewrites.later(),
  })
  const rewrites = new Rewrites({
    rewrite: () => index.rewrite(),
    log,
    ...(tracesMs === undefined ? {} : { laterMs: tracesMs }),
  })
  let follower: Follower | undefined
  let closed: Promise<void> | undefined
  const close = () => (closed ??= closeAll())
  const closeAll = async () => {
    await Promise.all([follower?.close(), rewrites.close(), index.close()])
    lock[Symbol.dispose]()
  }
  try {
    if (await index.open()) rewrites.later()
  } catch (error) {
    await close()
    throw error
  }
  const sources = new Map<Space, Source>([['channel', source]])
  if (notes !== undefined) sources.set('notes', notes)
  const following = new Follower({ index, sources, log, channelsEveryMs })
  follower = following

  return {
    async find(question) {
      if (question.before !== undefined && decodeCursor(question.before) === undefined) {
        throw new VisavisError('BAD_REQUEST', 'before is no place in an answer', { details: { path: '/before' } })
      }
      // Asked first: what is caught up while the index is read need not be in the answer.
      const [behind, losses] = [following.isBehind(question.in), following.losses]
      const { whole, ...found } = await unavailable(index.find({ ...question, until: Date.now() + findMs }))
      // Found broken and made anew meanwhile, it has only a part.
      return { ...found, complete: whole && !behind && losses === following.losses }
    },
    touched: (channel, space = 'channel') => following.touched({ space, channel }),
    compare: () => following.compare(),
    async forget(channel) {
      const places: Place[] = spaces.map((space) => ({ space, channel }))
      let tracesLeft = false
      const forget = following.without(places, async () => {
        tracesLeft = await index.forget(places)
      })
      await unavailable(forget.then(() => (tracesLeft ? rewrites.now() : undefined)))
    },
    get behind() {
      return following.behind
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function unavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new VisavisError('UNAVAILABLE', 'the search index is away for the moment', { cause })
  }
}

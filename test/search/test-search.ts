/** A search of a test's own: real files, real threads, sources in memory. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import {
  type Answer,
  openSearch,
  type Place,
  type Question,
  type Search,
  type SearchOptions,
} from '../../src/search/search.ts'
import { until } from '../support/until.ts'
import { MemorySource } from './memory-source.ts'

export interface TestSearch extends AsyncDisposable {
  readonly source: MemorySource
  readonly notes: MemorySource
  /** The one that is open. */
  readonly search: Search
  readonly folder: string
  readonly file: string
  /** In these channels, when the index has caught up with all of them. */
  find(query: string, channels?: readonly string[], more?: Partial<Question>): Promise<Answer>
  /** `channel/offset` of each hit, newest first. */
  found(query: string, channels?: readonly string[], more?: Partial<Question>): Promise<string[]>
  /** The thread of a role that runs at the moment. */
  thread(role: 'reader' | 'writer'): Worker | undefined
  reopen(): Promise<void>
  /** All bytes of the folder. */
  bytes(): Promise<Buffer>
}

type Options = Partial<Omit<SearchOptions, 'folder' | 'source' | 'notes'>>

export const inChannels = (channels: readonly string[]): Place[] =>
  channels.map((channel) => ({ space: 'channel', channel }))

export const namesOf = ({ hits }: Answer): string[] => hits.map(({ channel, offset }) => `${channel}/${offset}`)

export async function testSearch(
  t: { teardown(end: () => Promise<void>): void },
  options: Options = {},
): Promise<TestSearch> {
  const folder = await mkdtemp(join(tmpdir(), 'vv-search-'))
  const source = new MemorySource()
  const notes = new MemorySource()
  const log = pino({ level: process.env.VISAVIS_TEST_LOG ?? 'silent' })
  const threads = new Map<string, Worker>()
  const remember = (worker: Worker) => {
    const name = worker.threadName ?? ''
    threads.set(name, worker)
    worker.once('exit', () => {
      if (threads.get(name) === worker) threads.delete(name)
    })
  }
  process.on('worker', remember)
  // Patient, for a test may run on a busy machine.
  const open = () => openSearch({ folder, log, source, notes, findMs: 30_000, ...options })
  let search = await open()
  source.onChanged = (channel) => search.touched(channel)
  notes.onChanged = (channel) => search.touched(channel, 'notes')
  const find = (
    query: string,
    channels: readonly string[] = [...source.conversations.keys()],
    more: Partial<Question> = {},
  ) =>
    until(
      async () => {
        const answer = await search.find({ query, in: inChannels(channels), limit: 10_000, ...more })
        return answer.complete && answer
      },
      { what: `a complete answer to "${query}"`, timeoutMs: 30_000 },
    )
  let ended: Promise<void> | undefined
  const end = async () => {
    await search.close()
    process.off('worker', remember)
    await rm(folder, { recursive: true, force: true })
  }
  const dispose = () => (ended ??= end())
  t.teardown(dispose)
  return {
    source,
    notes,
    get search() {
      return search
    },
    folder,
    file: join(folder, 'index.db'),
    find,
    found: async (query, channels, more) => namesOf(await find(query, channels, more)),
    thread: (role) => threads.get(`search-${role}`),
    async reopen() {
      await search.close()
      search = await open()
    },
    async bytes() {
      const names = await readdir(folder)
      // A copy that has just taken the place of the index is not there under its own name any more.
      const read = names.map(async (name) => {
        try {
          return await readFile(join(folder, name))
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
          return Buffer.alloc(0)
        }
      })
      return Buffer.concat(await Promise.all(read))
    },
    [Symbol.asyncDispose]: dispose,
  }
}

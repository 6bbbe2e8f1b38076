/**
 * The log of a probe: files in a folder, one per day (UTC), `<probe>.<day>.jsonl`, only added to. Each line is on the disk before
 * the next check. It lies outside the node, so that it can say what the node cannot.
 */
import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonical } from '../protocol/canonical.ts'
import { type End, hashOf, type Line, lineAfter, noLines, parseLine } from './line.ts'

export const fileOf = (probe: string, at: number): string => `${probe}.${new Date(at).toISOString().slice(0, 10)}.jsonl`

const namePattern = /^([A-Za-z0-9_-]{1,64})\.(\d{4}-\d{2}-\d{2})\.jsonl$/
export const isProbeName = (name: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(name)

/** The files of each probe in a folder, the oldest first. No folder: no probes. */
export async function filesIn(folder: string): Promise<Map<string, { name: string; day: string }[]>> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = new Map<string, { name: string; day: string }[]>()
  for (const name of names.toSorted()) {
    const [, probe, day] = namePattern.exec(name) ?? []
    if (probe === undefined || day === undefined) continue
    const known = files.get(probe)
    if (known === undefined) files.set(probe, [{ name, day }])
    else known.push({ name, day })
  }
  return files
}

export async function readLines(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8')
  return text.split('\n').flatMap((line) => parseLine(line) ?? [])
}

export interface LogFile {
  /** Resolves when the line is on the disk. */
  add(line: Omit<Line, 'n' | 'prev' | 'probe'>): Promise<void>
}

/** Goes on where the log ended. One process per probe and folder. */
export async function openLog(folder: string, probe: string): Promise<LogFile> {
  await mkdir(folder, { recursive: true })
  let end = await endOf(folder, probe)
  return {
    async add(given) {
      const line = lineAfter(end, { ...given, probe })
      const file = await open(join(folder, fileOf(probe, line.from)), 'a+')
      try {
        await file.appendFile(`${(await isTorn(file)) ? '\n' : ''}${canonical(line)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      end = { n: line.n, hash: hashOf(line) }
    },
  }
}

async function endOf(folder: string, probe: string): Promise<End> {
  const files = (await filesIn(folder)).get(probe) ?? []
  for (const { name } of files.toReversed()) {
    const last = (await readLines(join(folder, name))).at(-1)
    if (last !== undefined) return { n: last.n, hash: hashOf(last) }
  }
  return noLines
}

/** A probe that was killed may have left half a line: the next one begins below it. */
async function isTorn(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() !== '\n'
}

/** Packets that came for a process and were thrown away, because it did not read its sockets in time. */
import { readdir, readFile, readlink } from 'node:fs/promises'

/** Of its UDP sockets that are open now, since each was opened. The cost grows with its files. */
export async function droppedBy(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all(
    (await readdir(folder)).map((file) => readlink(`${folder}/${file}`).catch(() => undefined)),
  )
  const sockets = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? []))
  const tables = await Promise.all(
    ['udp', 'udp6'].map((file) => readFile(`/proc/${pid}/net/${file}`, 'utf8').catch(() => '')),
  )
  return tables.reduce((sum, table) => sum + dropsOf(table, sockets), 0)
}

/** *Pure.* The last field of a line is what was dropped, and the tenth says of which socket. */
export const dropsOf = (table: string, sockets: ReadonlySet<string>): number =>
  table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => sockets.has(fields[9] ?? ''))
    .reduce((sum, fields) => sum + Number(fields.at(-1)), 0)

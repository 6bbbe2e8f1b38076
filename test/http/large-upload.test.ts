import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { developmentToken } from '../support/node.ts'
import { startProcess } from '../support/process.ts'

const fileBytes = 60_000_000

async function* parts() {
  for (let sent = 0; sent < fileBytes; sent += 1_000_000) yield Buffer.alloc(1_000_000, 'a')
}

t.test('large files go through a node and do not stay in it', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'visavis-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  await using node = await startProcess({ VISAVIS_DATA_DIR: dataDir, VISAVIS_ATTACHMENT_BYTES: '104857600' })
  t.teardown(() => node.kill('SIGTERM'))
  const token = await developmentToken(node.url, 'jobseeker-1')
  const send = async (key: string) => {
    const response = await fetch(`${node.url}/api/channels/jobseeker-1/attachments?name=x&key=${key}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: Readable.toWeb(Readable.from(parts())),
      duplex: 'half',
    } as RequestInit)
    t.match(await response.json(), { bytes: fileBytes }, key)
  }
  /** The most memory that the node has ever had. */
  const peak = async () => {
    const status = await readFile(`/proc/${node.pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024
  }
  await send('to-warm-up')
  const before = await peak()
  await Promise.all(['one-of-four', 'two-of-four', 'three-of-four', 'four-of-four'].map(send))
  // Five of 100 MB at once took 6 MB more, 26 November 2026.
  const more = (await peak()) - before
  t.ok(more < fileBytes, `${Math.round(more / 1_000_000)} MB more for ${(4 * fileBytes) / 1_000_000} MB at once`)
})

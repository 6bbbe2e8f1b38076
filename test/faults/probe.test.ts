/** The node is killed in the window of an appointment: the probe knows, and nobody is called absent for it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { RecordFile } from '../../src/attendance/record-file.ts'
import { healthOf } from '../../src/probe/health.ts'
import { diesWithParent } from '../support/dies-with-parent.ts'
import { freePort } from '../support/port.ts'
import { startProcess } from '../support/process.ts'
import { until } from '../support/until.ts'
import { dataFolder } from './data-folder.ts'

const agency = 'agency'.repeat(8)
const log = pino({ level: 'silent' })
const commands = fileURLToPath(new URL('../../src/visavis.ts', import.meta.url))

function startProbe(t: Test, url: string, folder: string): void {
  const args = [commands, 'probe', '--url', url, '--log', folder, '--every', '200']
  const child = spawn(...diesWithParent('KILL', process.execPath, args), { stdio: 'ignore' })
  t.teardown(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
}

async function api(url: string, method: string, where: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/api/regions/bretagne/attendance/${where}`, {
    method,
    headers: {
      authorization: `Bearer ${agency}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

t.test('a node killed in the window of an appointment makes it the service’s trouble, never an absence', async (t) => {
  const dataDir = await dataFolder(t)
  const probeLog = await dataFolder(t)
  // A port of its own, so that it comes back where the probe looks.
  const port = await freePort()
  const env = {
    ...{ VISAVIS_DATA_DIR: dataDir, VISAVIS_AGENCY_TOKEN: agency, VISAVIS_PROBE_LOG: probeLog },
    ...{ VISAVIS_PORT: String(port), VISAVIS_ATTENDANCE_VERDICT_MS: '1000' },
  }
  const first = await startProcess(env)
  startProbe(t, first.url, probeLog)
  const begin = Date.now()
  const health = () => healthOf(probeLog, { from: begin, until: Date.now() }, log)
  const window = { from: Date.now(), until: Date.now() + 20_000 }
  await api(first.url, 'PUT', 'a1', { jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window })
  const invitation = { type: 'invitation', to: 'jobseeker', about: 'booked', step: 'read' }
  await api(first.url, 'POST', 'a1/facts', { key: 'mail-00001', at: Date.now(), fact: invitation })

  await first.kill('SIGKILL')
  const incident = await until(async () => (await health()).incidents[0], { what: 'the incident', timeoutMs: 30_000 })
  t.ok(incident.failed.includes('http') && incident.failed.includes('websocket'), String(incident.failed))

  const second = await startProcess(env)
  t.teardown(() => second[Symbol.asyncDispose]())
  const file = await until(
    async () => {
      const found = (await api(second.url, 'GET', 'a1')) as RecordFile
      return found.record.state === 'proposed' && found
    },
    { what: 'the verdict', timeoutMs: 60_000, everyMs: 200 },
  )
  t.equal(file.record.verdict, 'technical-service')
  t.same(file.record.because, ['incident'])
  t.equal(file.record.cannotBeAbsent, true)
  const told = file.entries.find(({ fact }) => fact.type === 'health')?.fact
  t.ok(told?.type === 'health' && told.incidents.length > 0 && told.probes[0]?.probe === 'probe', JSON.stringify(told))
})

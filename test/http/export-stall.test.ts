/** An export that nobody takes, or that fails: it holds nothing up, and is never taken for a whole one. */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { fastify } from 'fastify'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { answerErrors } from '../../src/http/errors.ts'
import { registerExport } from '../../src/http/export.ts'
import type { ExportPerson } from '../../src/rights/person-export.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const headers = { authorization: `Bearer ${agencyToken}` }

async function serve(t: Test, exportPerson: ExportPerson, patienceMs: number) {
  const server = fastify({ forceCloseConnections: true })
  answerErrors(server, pino({ level: 'silent' }))
  const tokens = { verify: () => Promise.reject(new Error('nobody has a token here')) }
  await registerExport(server, { exportPerson, regions: ['north'], tokens, agencyToken, patienceMs })
  t.teardown(() => server.close())
  return `${await server.listen({ port: 0, host: '127.0.0.1' })}/api/regions/north/people/x/export`
}

t.test('who takes nothing for too long is given up, and makes room for others', async (t) => {
  let open = 0
  const endless = async function* () {
    open += 1
    try {
      for (;;) yield Buffer.alloc(64 * 1_024)
    } finally {
      open -= 1
    }
  }
  const url = await serve(t, async () => Readable.from(endless(), { objectMode: false }), 50)
  const ends = Array.from({ length: 4 }, async () => {
    const request = get(url, { headers })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.pause()
    response.on('error', () => {})
    return response
  })
  const responses = await Promise.all(ends)
  await until(() => open === 0, { what: 'all of them given up' })
  for (const response of responses) response.destroy()
  const next = await fetch(url, { headers })
  t.equal(next.status, 200)
  await next.body?.cancel()
  await until(() => open === 0, { what: 'the end of one whose client has gone' })
})

t.test('what fails on the way is broken off, what fails before is an error', async (t) => {
  const failing = async function* () {
    yield Buffer.alloc(100_000)
    throw new Error('Redis is away')
  }
  const url = await serve(t, async () => Readable.from(failing(), { objectMode: false }), 10_000)
  for (let n = 0; n < 6; n += 1) {
    const response = await fetch(url, { headers })
    await t.rejects(response.arrayBuffer(), 'the body does not end as it should')
  }
  const refusing = await serve(t, () => Promise.reject(new Error('a fault')), 10_000)
  for (let n = 0; n < 6; n += 1) t.equal((await fetch(refusing, { headers })).status, 500)
})

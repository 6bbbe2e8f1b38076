/** docs/asyncapi.json and docs/openapi.json, as a running node serves them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { loadConfig } from '../../config/load.ts'
import { createApp } from '../../src/app.ts'

export interface ApiPages {
  readonly asyncApi: string
  readonly openApi: string
}

/** Starts a node of its own for a moment, so that no route can be forgotten. */
export async function apiPages(): Promise<ApiPages> {
  const dataDir = await mkdtemp(join(tmpdir(), 'visavis-docs-'))
  try {
    const { VISAVIS_MEDIASOUP_WORKER_BIN, VISAVIS_REDIS_SERVER } = process.env
    const config = loadConfig({
      VISAVIS_PORT: '0',
      VISAVIS_DATA_DIR: dataDir,
      VISAVIS_MEDIA_WORKERS: '1',
      VISAVIS_MEDIASOUP_WORKER_BIN,
      VISAVIS_REDIS_SERVER,
    })
    await using app = await createApp(config, pino({ level: 'silent' }))
    const url = await app.listen()
    const page = async (path: string) => `${JSON.stringify(await (await fetch(url + path)).json(), null, 2)}\n`
    return { asyncApi: await page('/asyncapi.json'), openApi: await page('/docs/json') }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

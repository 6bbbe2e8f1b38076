/** Writes the generated pages of docs/, and what else is generated; with --check says whether they are up to date. */
import { readFile, writeFile } from 'node:fs/promises'
import { apiPages } from './docs/api.ts'
import { holidayPlaces } from './docs/holiday-places.ts'
import { protocolPage } from './docs/protocol.ts'
import { clientReadmePage, readmePage } from './docs/readme.ts'
import { settingsPage } from './docs/settings.ts'

const { asyncApi, openApi } = await apiPages()
const pages = {
  'docs/protocol.md': protocolPage(),
  'docs/asyncapi.json': asyncApi,
  'docs/openapi.json': openApi,
  'docs/settings.md': settingsPage(),
  'README.md': readmePage(),
  'client/README.md': clientReadmePage(),
  'src/calendar/holiday-places.json': holidayPlaces(),
}
const check = process.argv.includes('--check')

for (const [name, after] of Object.entries(pages)) {
  const file = new URL(`../${name}`, import.meta.url)
  const before = await readFile(file, 'utf8').catch(() => '')
  if (before === after) continue
  if (check) {
    console.error(`${name} is not up to date: run "npm run docs" and commit it`)
    process.exitCode = 1
  } else {
    await writeFile(file, after)
    console.log(`wrote ${name}`)
  }
}

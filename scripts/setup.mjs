// npm run setup: prepares this machine and checkout, and starts nothing. `--for=start` leaves out what only tests need.
import { main, say } from './setup/say.mjs'
import { setUp } from './setup/set-up.mjs'

await main(async () => {
  const { env } = await setUp({ tests: !process.argv.includes('--for=start') })
  for (const [name, value] of Object.entries(env)) if (name.startsWith('VISAVIS_')) say(`${name}=${value}`)
})

// npm run bench -- <scenario> …: prepares what is missing, then runs benchmarks.
import { run } from './setup/run.mjs'
import { main } from './setup/say.mjs'
import { root, setUp } from './setup/set-up.mjs'

await main(async () => {
  const { node, env } = await setUp({ tests: true })
  await run(node, ['bench/run.ts', ...process.argv.slice(2)], { cwd: root, env })
})

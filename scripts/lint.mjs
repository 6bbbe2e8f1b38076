// npm run lint: formatting, lint rules and types. Reports everything that is wrong, not only the first.
import { main } from './setup/say.mjs'
import { setUp } from './setup/set-up.mjs'
import { checks, runSteps } from './setup/steps.mjs'

await main(async () => {
  const failed = await runSteps(await setUp({ tests: true }), checks)
  return failed.length > 0 ? 1 : 0
})

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { testNode } from '../support/node.ts'

const example = fileURLToPath(new URL('../../client/example.ts', import.meta.url))

t.test('the example of the README sends a message, prints what comes back, and ends', async (t) => {
  const node = await testNode(t)
  const { stdout } = await promisify(execFile)(process.execPath, [example, node.url], { timeout: 20_000 })
  t.match(stdout, /Jeanne Martin wrote message 1: Bonjour/)
})

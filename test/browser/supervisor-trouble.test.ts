/** The supervisor's page while it has nothing to show, or cannot: axe finds nothing there either. */
import t from 'tap'
import { cuttableNetwork } from '../client/cuttable.ts'
import { noViolations } from './axe.ts'
import { shoot, signIn } from './chromium.ts'
import { claire, supervisorStage } from './supervisor-stage.ts'

t.test('while it loads, when it cannot, when nothing is there, and when the connection is interrupted', async (t) => {
  const stage = await supervisorStage(t)
  await using network = await cuttableNetwork(stage.node.url)
  let board: 'hold' | 'refuse' | 'pass' = 'hold'
  const { page } = await signIn(stage.browser, network.url, claire)
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((text) => {
      const { id, method } = JSON.parse(String(text)) as { id: number; method: string }
      if (method !== 'callback.board' || board === 'pass') server.send(text)
      else if (board === 'refuse') {
        const error = { code: 'UNAVAILABLE', message: 'away', details: {}, retryable: true, retryAfterMs: 100 }
        socket.send(JSON.stringify({ id, error }))
      }
    })
  })
  const check = async (what: string) => {
    await noViolations(t, page, what)
    await shoot(page, `supervisor-${what}`)
  }
  await page.reload()
  await page.getByText('Chargement').waitFor()
  await check('loading')
  board = 'refuse'
  await page.reload()
  await page.getByRole('alert').getByText('occupé', { exact: false }).waitFor()
  await check('error')
  board = 'pass'
  await page.getByText('Personne n’attend', { exact: true }).waitFor()
  await page.getByText('Personne n’est encore venu ici').waitFor()
  await check('empty')
  network.setDown(true)
  network.cut()
  await page.getByText('La connexion est interrompue').waitFor()
  await check('interrupted')
  network.setDown(false)
  // The client comes back after a pause that grows with the interruption.
  await page.getByText('La connexion est interrompue').waitFor({ state: 'detached', timeout: 60_000 })
})

/** A webcam talk of a jobseeker and an advisor who are connected to two nodes, one of which holds the room. */
import t, { type Test } from 'tap'
import { type CuttableNetwork, cuttableNetwork } from '../client/cuttable.ts'
import { dataFolder } from '../faults/data-folder.ts'
import { freePort } from '../support/port.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, type PersonPage, peerConnections, seesAndHears, shoot, signIn } from './chromium.ts'

const secret = 'the secret of this test, for all its nodes'
t.setTimeout(600_000)

interface Stage {
  /** The jobseeker's, which holds the room because they come first. */
  readonly holder: NodeProcess
  readonly other: NodeProcess
  /** What a load balancer is to each of them: it leads to another node when theirs is gone. */
  readonly toJobseeker: CuttableNetwork
  readonly toAdvisor: CuttableNetwork
  readonly jobseeker: PersonPage
  readonly advisor: PersonPage
}

async function openStage(t: Test): Promise<Stage> {
  const redis = await testRedis(t)
  // Pages come from here, so their origin is known before there are nodes.
  const [toJobseeker, toAdvisor] = await Promise.all(
    ['jobseeker', 'advisor'].map(() => cuttableNetwork('http://127.0.0.1:9')),
  )
  if (toJobseeker === undefined || toAdvisor === undefined) throw new Error('no networks')
  for (const network of [toJobseeker, toAdvisor]) t.teardown(() => network[Symbol.asyncDispose]())
  const start = async () => {
    const port = await freePort()
    const node = await startProcess({
      ...{ REDIS_URL: redis.url, VISAVIS_DATA_DIR: await dataFolder(t), VISAVIS_JWT_SECRET: secret },
      ...{ VISAVIS_PORT: String(port), VISAVIS_NODE_URL: `http://127.0.0.1:${port}` },
      VISAVIS_NODE_ORIGINS: 'ws://127.0.0.1:*',
      VISAVIS_ALLOWED_ORIGINS: `${toJobseeker.url},${toAdvisor.url}`,
    })
    t.teardown(() => node.kill('SIGKILL'))
    return node
  }
  const [holder, other] = [await start(), await start()]
  toJobseeker.goTo(holder.url)
  toAdvisor.goTo(other.url)
  const browser = await openBrowser(t)
  const jobseeker = await signIn(browser, toJobseeker.url, jeanne)
  const advisor = await signIn(browser, toAdvisor.url, anne)
  await jobseeker.page.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await advisor.page.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
  await advisor.page.getByRole('button', { name: 'Entrer dans la salle' }).click()
  return { holder, other, toJobseeker, toAdvisor, jobseeker, advisor }
}

const bothTalk = ({ jobseeker, advisor }: Stage) =>
  Promise.all([seesAndHears(jobseeker.page, 'the jobseeker'), seesAndHears(advisor.page, 'the advisor')])

t.test(
  'they see and hear each other, and again by themselves after kill -9 of the node that holds the room',
  async (t) => {
    const stage = await openStage(t)
    const { holder, other, toJobseeker, jobseeker, advisor } = stage
    await bothTalk(stage)
    await shoot(advisor.page, 'two-nodes-advisor')
    t.same([...jobseeker.complaints, ...advisor.complaints], [])
    const rooms = async ({ url }: NodeProcess) =>
      /^visavis_rooms(?:\{[^}]*\})? (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]
    t.same([await rooms(holder), await rooms(other)], ['1', '0'], 'one room, on one node')

    const before = await Promise.all([jobseeker.page, advisor.page].map(peerConnections))
    await holder.kill('SIGKILL')
    const killedAt = performance.now()
    toJobseeker.goTo(other.url)
    const rejoined = [jobseeker.page, advisor.page].map((page, n) =>
      until(async () => (await peerConnections(page)) > (before[n] ?? 0), { what: 'a new join', timeoutMs: 60_000 }),
    )
    await Promise.all(rejoined)
    await bothTalk(stage)
    t.comment(`pictures and sound in both directions ${Math.round(performance.now() - killedAt)} ms after the kill`)
    t.equal(await rooms(other), '1', 'the room is on the node that lives')
    await shoot(advisor.page, 'two-nodes-advisor-after-kill')
  },
)

t.test('the second connection may be cut: media goes on, and nobody joins anew', async (t) => {
  const stage = await openStage(t)
  await bothTalk(stage)
  const pages = [stage.jobseeker.page, stage.advisor.page]
  const before = await Promise.all(pages.map(peerConnections))
  // Cuts the advisor's own connection; that to the holder goes past this network.
  stage.toAdvisor.cut()
  await bothTalk(stage)
  await stage.advisor.page.getByRole('button', { name: 'Couper le micro' }).click()
  await stage.jobseeker.page.getByText(`${anne.name} a coupé son micro`).waitFor({ state: 'attached' })
  t.same(await Promise.all(pages.map(peerConnections)), before)
})

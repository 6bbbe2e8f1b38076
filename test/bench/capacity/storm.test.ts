/** A small load on a real node, with everybody cut in the middle of it. */
import t from 'tap'
import { demandOf } from '../../../bench/capacity/demand.ts'
import { ownDeployment } from '../../../bench/capacity/deployment.ts'
import { defaultLimits } from '../../../bench/capacity/objectives.ts'
import { chooseParameters } from '../../../bench/capacity/parameters.ts'
import { runStep } from '../../../bench/capacity/step.ts'

t.test('everybody who is cut comes back, and nothing is lost', { timeout: 300_000 }, async (t) => {
  await using deployment = await ownDeployment(['bretagne'], 1)
  const { values } = chooseParameters({ registered: 1_000, volunteers: 250, onlineShare: 0.1 })
  const { storm, latencies, faults, figures, sessions } = await runStep({
    ...{ deployment, demand: demandOf(values), factor: 1, seconds: 4, limits: defaultLimits, burst: 4, generators: 1 },
    ...{ linkMbits: 10_000, canary: undefined, excuseOthers: true, storm: true },
  })
  t.ok(storm !== undefined && storm.severed > 5 && storm.severed <= sessions)
  t.equal(storm?.back, storm?.severed)
  t.equal(latencies.recovery.count, storm?.severed)
  t.ok(latencies.recovery.maxMs > 0)
  t.equal(figures.recoveryP99Ms, latencies.recovery.p99Ms)
  t.same(faults, [])
})

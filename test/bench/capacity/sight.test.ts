import t from 'tap'
import { breaksOf, defaultLimits } from '../../../bench/capacity/objectives.ts'
import { outcomeOf } from '../../../bench/capacity/outcome.ts'
import { figuresOf, frozenShare, type Moment } from '../../../bench/capacity/sight.ts'
import { unmeasuredOf } from '../../../bench/capacity/unmeasured.ts'

const moment = (more: Partial<Moment>): Moment => ({
  ...{ atMs: 0, page: 'joining', ms: 500, freezesMs: 0, frames: 12, samples: 24_000, concealed: 0 },
  ...more,
})
const waiting = (more: Partial<Moment> = {}) => moment({ page: 'waiting', ...more })

t.test('a freeze counts when it ends, and one that never ends counts as well', async (t) => {
  const fluent = [moment({}), moment({}), moment({}), moment({})]
  const ended = [...fluent, moment({ freezesMs: 500 }), waiting()]
  t.equal(figuresOf({ visits: [], moments: ended }).freezeShare, 0.2)
  const endless = [...fluent, moment({ frames: 0 }), waiting()]
  t.equal(figuresOf({ visits: [], moments: endless }).freezeShare, 0.2)
  const both = [...fluent, moment({ frames: 0 }), moment({ freezesMs: 600 }), waiting()]
  t.equal(figuresOf({ visits: [], moments: both }).freezeShare, 0.2, 'not twice')
  t.equal(frozenShare(moment({ frames: 0 })), 1)
  t.equal(frozenShare(moment({ freezesMs: 5_000 })), 1, 'of one moment no more than all of it')
})

t.test('of two pages the one that had it worse counts, and joins by their percentile', async (t) => {
  const visits = [200, 300, 400, 500, 1_000].map((firstFrameMs) => ({
    ...{ atMs: 0, answeredMs: 20, connectedMs: 90, joinMs: 100 },
    firstFrameMs,
  }))
  const moments = [moment({ concealed: 2_400 }), waiting({ freezesMs: 250 }), waiting()]
  const found = figuresOf({ visits, moments })
  t.match(found, { visits: 5, freezeShare: 0.25, framesPerSecond: 24, firstFrameP50Ms: 400, joinP50Ms: 100 })
  t.ok(found.firstFrameP95Ms > 800 && found.firstFrameP95Ms <= 1_000)
  t.equal(found.concealedShare, 2_400 / 72_000)
})

const healthy = { made: 1, dropped: 0, lateP99Ms: 2, loopP99Ms: 5, core: 0.4 }
t.test('what a browser saw breaks a run, unless the browser had no room itself', async (t) => {
  const outcome = (figures: object, core: number, busy: number) =>
    outcomeOf({
      ...{ breaks: breaksOf(figures, defaultLimits), faults: [], generator: { ...healthy, core } },
      machine: { busy, others: 0, generator: 0.5 },
    })
  for (const figures of [{ firstFrameP95Ms: 5_000 }, { freezeShare: 0.3 }, { firstFrameP95Ms: Number.NaN }]) {
    t.equal(outcome(figures, 0.5, 0.6), 'broken')
    t.equal(outcome(figures, 0.95, 0.6), 'unproven', 'its own process was full')
    t.equal(outcome(figures, 0.5, 0.99), 'unproven', 'the machine was full')
  }
  t.equal(outcome({ firstFrameP95Ms: 800, freezeShare: 0.01 }, 0.95, 0.99), 'held')
})

t.test('what was not looked at is told', async (t) => {
  type Steps = Parameters<typeof unmeasuredOf>[0]['steps']
  const step = (sight: object | undefined) => ({ sight }) as Steps[number]
  const told = (steps: Steps, noBrowser: string | undefined, storms: Steps = [step({})]) =>
    unmeasuredOf({ steps, noBrowser, storms })
  t.match(told([step(undefined)], '--no-canary'), [/real browser.*: --no-canary/])
  t.match(told([step({}), step(undefined)], undefined), [/1 of 2 runs/])
  t.match(told([step({})], undefined, []), [/cut at once/])
  t.same(told([step({})], undefined), [])
})

/**
 * The chat as a whole against a model: random acts of people on several devices, on two nodes and one Redis, while networks,
 * nodes and Redis fail and access changes. VISAVIS_TEST_SEED and VISAVIS_TEST_PATH, which a failure prints, repeat its run;
 * what happens at the same time may come out otherwise.
 */
import fc from 'fast-check'
import t from 'tap'
import { faultSeed } from '../faults/random.ts'
import { anyCommand } from './chat-model/commands.ts'
import { startNodes } from './chat-model/nodes.ts'
import { World } from './chat-model/world.ts'

const long = process.env.VISAVIS_TEST_LONG === '1'
const runs = long ? 60 : 4
/** No run begins later: a slow machine tries less. */
const beginWithinMs = long ? 30 * 60_000 : 30_000
t.setTimeout(beginWithinMs + 240_000)
const seed = faultSeed()
const path = process.env.VISAVIS_TEST_PATH

t.test(
  `whatever happens, everybody sees the one channel that was acknowledged, while it is theirs (seed ${seed})`,
  async (t) => {
    const nodes = await startNodes(t)
    const startedAt = performance.now()
    const reached = new Map<string, number>()
    let played = 0
    let seen = 0
    const outcome = await fc.check(
      fc.asyncProperty(fc.array(anyCommand, { minLength: 80, maxLength: 140, size: 'max' }), async (commands) => {
        if (performance.now() - startedAt > beginWithinMs) return
        played += 1
        const world = new World(nodes, `${Date.now().toString(36)}${played}`)
        const model = await world.start(t)
        try {
          await fc.asyncModelRun(() => ({ model, real: world }), commands)
          await world.quiet(model)
          await world.leave(model)
          seen += world.seen
        } finally {
          await Promise.all(world.devices.map((device) => device[Symbol.asyncDispose]()))
          await nodes.whole()
        }
        for (const act of [...model.sends, ...model.changes, ...model.marks])
          reached.set(act.answer ?? '', (reached.get(act.answer ?? '') ?? 0) + 1)
      }),
      {
        numRuns: runs,
        // What happens at the same time is not the same again: a shorter run proves little, and takes as long.
        endOnFailure: true,
        seed,
        ...(path === undefined ? {} : { path }),
      },
    )
    t.comment(
      `${played} runs: ${[...reached].map(([answer, times]) => `${times} ${answer}`).join(', ')}; ` +
        `${nodes.figures.restarted} nodes and ${nodes.figures.redis} Redis restarted`,
    )
    if (outcome.failed) {
      const { counterexamplePath, errorInstance, counterexample } = outcome
      t.comment(printable(String(counterexample)))
      t.fail(printable(`seed ${seed}, path ${counterexamplePath}: ${String(errorInstance)}`))
    }
    t.ok((reached.get('ok') ?? 0) > 10 * played, 'most of it was done')
    t.ok(seen > 0, `${seen} times a device was told of reading as it happened`)
  },
)

/** Texts of this test would make the terminal write from right to left, or stop. */
const printable = (text: string): string =>
  text.replace(/[^\n\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)

/** So many at a time, and nobody overtakes. */
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { Lanes } from '../../src/signaling/lanes.ts'

t.test('never more than its lanes at a time, each as soon as there is one, in the order of coming', async () => {
  const work = fc.record({ turns: fc.nat(4), fails: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(work, { maxLength: 30 }), async (count, works) => {
      const lanes = new Lanes(count)
      const begun: number[] = []
      let inside = 0
      const all = works.map(({ turns, fails }, n) =>
        lanes.run(async () => {
          begun.push(n)
          inside += 1
          if (inside > count) throw new Error('too many')
          for (let k = 0; k < turns; k += 1) await turn()
          inside -= 1
          if (fails) throw new Error('fails')
          return n
        }),
      )
      const ended = await Promise.allSettled(all)
      const said = ended.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))
      const expected = works.map(({ fails }, n) => (fails ? 'Error: fails' : n))
      if (JSON.stringify(said) !== JSON.stringify(expected)) throw new Error(`said ${JSON.stringify(said)}`)
      if (begun.some((n, index) => n !== index)) throw new Error(`begun in the order ${begun.join()}`)
      // Every lane is free again.
      let free = 0
      const rest = Array.from({ length: count }, () =>
        lanes.run(async () => {
          free += 1
        }),
      )
      if (free !== count) throw new Error(`${free} of ${count} lanes are free`)
      await Promise.all(rest)
    }),
  )
})

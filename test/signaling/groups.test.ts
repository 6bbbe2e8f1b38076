/** Groups are sets by name, whatever their size. */
import fc from 'fast-check'
import t from 'tap'
import { Groups } from '../../src/signaling/groups.ts'

const members = Array.from({ length: 4 }, (_, n) => ({ n }))

t.test('a group is a set of its members, and is gone with the last of them', async () => {
  const act = fc.record({ adds: fc.boolean(), name: fc.constantFrom('a', 'b'), member: fc.constantFrom(...members) })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const groups = new Groups<(typeof members)[number]>()
      const model = new Map<string, Set<unknown>>()
      for (const { adds, name, member } of acts) {
        const group = model.get(name) ?? new Set()
        model.set(name, group)
        const said = adds ? groups.add(name, member) : groups.delete(name, member)
        const expected = adds ? group.size === 0 : group.size === 1 && group.has(member)
        if (adds) group.add(member)
        else group.delete(member)
        if (said !== expected) throw new Error(`said ${said}`)
        for (const [key, those] of model) {
          if (groups.has(key) !== those.size > 0) throw new Error('has')
          if (JSON.stringify([...groups.of(key)]) !== JSON.stringify([...those])) throw new Error('of')
        }
        const firsts = [...model.values()].filter((those) => those.size > 0).map((those) => [...those][0])
        if (new Set(groups.firsts()).symmetricDifference(new Set(firsts)).size > 0) throw new Error('firsts')
      }
    }),
  )
})

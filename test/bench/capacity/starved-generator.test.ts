import t from 'tap'
import { capacity } from './measured.ts'

t.test('a load generator that is held up from outside proves nothing', { timeout: 600_000 }, async (t) => {
  const { code, out } = await capacity(t, { slow: { program: 'generator/region.ts', rhythm: [400, 600] } })
  t.match(out, /^NOT PROVEN/m)
  t.match(out, /limit: load generator/)
  t.equal(code, 2, out)
})

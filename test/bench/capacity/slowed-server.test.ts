import t from 'tap'
import { capacity } from './measured.ts'

t.test('a deployment that is held up from outside must not launch', { timeout: 600_000 }, async (t) => {
  const { code, out } = await capacity(t, { slow: { program: 'src/main.ts', rhythm: [200, 700] } })
  t.match(out, /^DO NOT LAUNCH/m)
  t.match(out, /limit: event loop/)
  t.equal(code, 1, out)
})

import t from 'tap'
import { capacity } from './measured.ts'

t.test('a deployment that is held up from outside must not launch', { timeout: 600_000 }, async (t) => {
  const { code, out } = await capacity(t, 'src/main.ts')
  t.match(out, /^DO NOT LAUNCH/m)
  t.equal(code, 1, out)
})

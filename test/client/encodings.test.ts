import t from 'tap'
import { encodingsOf } from '../../client/encodings.ts'

t.test('a camera that begins small has its smallest encoding alone, however many it has', async (t) => {
  const active = (width?: number) =>
    encodingsOf(width === undefined ? {} : { width }, true).encodings.map(({ active }) => active)
  t.same(active(), [true, false, false])
  t.same(active(1_920), [true, false, false])
  t.same(active(640), [true, false])
  t.same(active(320), [true])
  const all = encodingsOf({}, false).encodings
  t.same(
    all.map(({ active }) => active),
    [true, true, true],
    'any other begins with all of them',
  )
})

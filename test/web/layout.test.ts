/** Who is shown how large. */
import t from 'tap'
import { arrange, type Picture } from '../../web/room/layout.ts'

const of = (key: string, more: Partial<Picture> = {}): Picture => ({
  key,
  participant: key,
  isScreen: false,
  speaks: false,
  ...more,
})

t.test('with one other person they are large, and oneself is in the corner', async (t) => {
  t.same(arrange([of('a')], 'speaker', undefined), { large: 'a', self: 'corner' })
  t.same(arrange([], 'speaker', undefined), { large: undefined, self: 'corner' })
})

t.test('what was chosen goes before a screen, a screen before whoever speaks', async (t) => {
  const three = [of('a'), of('b', { speaks: true }), of('s', { isScreen: true })]
  t.equal(arrange(three, 'speaker', 'a').large, 'a')
  t.equal(arrange(three, 'speaker', undefined).large, 's')
  t.equal(arrange(three.slice(0, 2), 'speaker', undefined).large, 'b')
  t.equal(arrange(three.slice(0, 2), 'speaker', 'gone').large, 'b', 'the one chosen has left')
  t.equal(arrange([of('a'), of('c')], 'speaker', undefined).large, 'a')
})

t.test('all of the same size, oneself among them', async (t) => {
  t.same(arrange([of('a'), of('b')], 'grid', 'a'), { large: undefined, self: 'tile' })
  t.same(arrange([of('a')], 'grid', undefined), { large: 'a', self: 'tile' })
})

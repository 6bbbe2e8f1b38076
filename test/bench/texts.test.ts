import { deflateRawSync } from 'node:zlib'
import t from 'tap'
import { frames, MessageTexts, messageBytes, searchWord, texts } from '../../bench/texts.ts'

t.test('frames have the sizes of conversations, and are never the same twice', async (t) => {
  const { publish, answer, snapshot } = frames(1)
  const sent = Array.from({ length: 500 }, (_, n) => publish(n))
  const sizes = sent.map((frame) => Buffer.byteLength(frame))
  t.ok(Math.min(...sizes) > 120 && Math.max(...sizes) < 620, `${Math.min(...sizes)} to ${Math.max(...sizes)}`)
  t.equal(new Set(sent).size, sent.length)
  t.equal(answer(sent[0] ?? '').length, 2)
  const size = Buffer.byteLength(snapshot())
  t.ok(size > 1_800 && size < 2_400, `${size}`)
})

t.test('texts can be compressed about as well as what people write', async (t) => {
  const text = texts(2)(20_000)
  const ratio = deflateRawSync(text).length / text.length
  t.ok(ratio > 0.3 && ratio < 0.55, `${ratio}`)
  t.equal(texts(2)(100), text.slice(0, 100), 'the same seed gives the same text')
})

t.test(
  'every text of a message is 128 bytes long, tells which one it is, and differs from its neighbours',
  async (t) => {
    const store = new MessageTexts(3)
    const made = Array.from({ length: 2_000 }, (_, n) => store.after(`run advisor ${n}`, n))
    t.ok(made.every((text) => Buffer.byteLength(text) === messageBytes))
    t.ok(made.every((text, n) => text.startsWith(`run advisor ${n} `)))
    t.equal(new Set(made.slice(0, 1_000).map((text) => text.split(' ').slice(3).join(' '))).size, 1_000)
  },
)

t.test('a word to search for is a whole one of the message', async (t) => {
  t.equal(searchWord('run advisor 7 rendez-vous avec formation mois entr', 0), 'formation')
  const store = new MessageTexts(3)
  const made = Array.from({ length: 200 }, (_, n) => store.after(`run advisor ${n}`, n))
  t.strictSame(
    made.filter((text, n) => !text.split(' ').includes(searchWord(text, n))),
    [],
  )
  t.equal(searchWord('run', 0), 'run', 'for want of a better one')
})

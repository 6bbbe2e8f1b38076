import { deflateRawSync } from 'node:zlib'
import t from 'tap'
import { frames, texts } from '../../bench/texts.ts'

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

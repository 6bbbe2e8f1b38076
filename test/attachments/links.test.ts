import fc from 'fast-check'
import t from 'tap'
import { isValid, type Link, urlOf } from '../../src/attachments/links.ts'

const secret = 'a secret of the nodes'
/** As ids of the protocol are: the first character is a letter or a digit. */
const id = fc
  .tuple(fc.constantFrom(...'abcXYZ019'), fc.string({ unit: fc.constantFrom(...'abcXYZ019_.-'), maxLength: 63 }))
  .map((parts) => parts.join(''))
const link: fc.Arbitrary<Link> = fc.record({
  channel: id,
  id,
  reader: id,
  region: id,
  expiresAt: fc.integer({ min: 1, max: 4_000_000_000_000 }),
})

/** A link as whoever gets it reads it. */
function read(url: string): { link: Link; signature: string } {
  const { pathname, searchParams } = new URL(url, 'http://node/prefix/')
  const [channel = '', id = ''] = pathname.split('/').slice(-2).map(decodeURIComponent)
  const [reader = '', region = '', signature = ''] = ['reader', 'region', 'signature'].map(
    (name) => searchParams.get(name) ?? '',
  )
  return { link: { channel, id, reader, region, expiresAt: Number(searchParams.get('expires')) }, signature }
}

t.test('a link is relative, says what it is for, and holds until its last millisecond', async (t) => {
  fc.assert(
    fc.property(link, (made) => {
      const url = urlOf(made, secret)
      const found = read(url)
      const holds = (now: number) => isValid(found.link, found.signature, secret, now)
      return !url.startsWith('/') && url.length <= 600 && holds(made.expiresAt - 1) && !holds(made.expiresAt)
    }),
  )
  t.pass()
})

t.test('whoever changes any part of a link, even a character of the signature, has none', async (t) => {
  fc.assert(
    fc.property(link, link, fc.nat(), fc.constantFrom(...'ABCxyz019-_='), (made, other, at, character) => {
      const { link: sound, signature } = read(urlOf(made, secret))
      for (const part of ['channel', 'id', 'reader', 'region', 'expiresAt'] as const) {
        const changed = { ...sound, [part]: other[part] }
        if (other[part] !== sound[part] && isValid(changed, signature, secret, 0)) return false
      }
      const place = at % signature.length
      const spoilt = `${signature.slice(0, place)}${character}${signature.slice(place + 1)}`
      if (spoilt !== signature && isValid(sound, spoilt, secret, 0)) return false
      const others = [signature.slice(1), `${signature}A`, '', `${signature}=`]
      return others.every((text) => !isValid(sound, text, secret, 0)) && !isValid(sound, signature, 'another', 0)
    }),
  )
  t.pass()
})

t.test('parts cannot be moved from one field to the next', async (t) => {
  const made: Link = { channel: 'ab', id: 'c', reader: 'd', region: 'e', expiresAt: 9 }
  const { signature } = read(urlOf(made, secret))
  t.ok(isValid(made, signature, secret, 0))
  t.notOk(isValid({ ...made, channel: 'a', id: 'bc' }, signature, secret, 0))
  t.notOk(isValid({ ...made, expiresAt: Number.NaN }, signature, secret, 0))
})

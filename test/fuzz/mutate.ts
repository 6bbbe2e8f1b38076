/** Frames that no honest client would send, made from valid ones: first as values, then as text. */
import type { Random } from './random.ts'
import type { Json } from './valid-params.ts'

/** Stands for text that JSON.stringify would not write, such as 1e400. */
const verbatim = (text: string): string => `@@verbatim ${text}@@`

const odd = (random: Random): Json =>
  random.pick<() => Json>([
    () => null,
    () => true,
    () => '',
    () => [],
    () => ({}),
    () => [[]],
    () => random.pick([0, -1, 1, 1.5, -0.5, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e21, 1e308, 5e-324]),
    () => verbatim(random.pick(['1e400', '-1e400', '9007199254740993', '-0', '1.0', '1E2', '0.1e1', '1e-400'])),
    () => random.integer(-(2 ** 31), 2 ** 31),
    () => random.pick(['\ud800', 'a\udfff', '👋'.slice(1), '\0', '\u202e', 'e\u0301', '\ufeff', '\uffff', '𝕏', '١٢']),
    () => 'x'.repeat(random.pick([1, 25, 26, 64, 65, 80, 81, 120, 121, 500, 501, 2_001, 4_000, 4_001, 8_193])),
    () => random.pick(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'null', '-1', 'NaN']),
    () =>
      random.pick([
        '{a}',
        'a:b',
        '../..',
        '*',
        "'; --",
        '\r\nPING\r\n',
        '%00',
        '{{x}}',
        'vv:chat:{1}:x',
        'redis.call()',
      ]),
    () => Array.from({ length: random.pick([1, 9, 200, 1_001]) }, () => random.integer(0, 9)),
    () => nested(random.pick([5, 31, 40, 300]), random.chance(50)),
    () => ({ ['__proto__']: { admin: true }, constructor: { prototype: { admin: true } } }),
    () => Object.fromEntries(Array.from({ length: random.pick([10, 300]) }, (_, n) => [`k${n}`, n])),
  ])()

function nested(levels: number, list: boolean): Json {
  let value: Json = 1
  for (let n = 0; n < levels; n += 1) value = list ? [value] : { a: value }
  return value
}

interface Place {
  readonly holder: Record<string, Json>
  readonly name: string
}

function placesIn(value: Json): Place[] {
  if (value === null || typeof value !== 'object') return []
  const holder = value as Record<string, Json>
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name] ?? null)])
}

/** Alters the value in one to three places, in place: it is nobody else's. */
export function mutateValue(value: Json, random: Random): void {
  for (let left = random.integer(1, 3); left > 0; left -= 1) {
    const places = placesIn(value)
    const place = places.length === 0 || random.chance(10) ? undefined : random.pick(places)
    const holder = place?.holder ?? (value as Record<string, Json>)
    const name =
      place?.name ?? random.pick(['extra', '__proto__', 'constructor', 'toString', '', '0', 'id', 'method', 'é'])
    // Not by assignment: __proto__ would become the prototype.
    const put = (to: Json) =>
      Object.defineProperty(holder, name, { value: to, enumerable: true, configurable: true, writable: true })
    const how = place === undefined ? 0 : random.integer(0, 9)
    if (how <= 5) put(odd(random))
    else if (how === 6) delete holder[name]
    else if (how === 7) put([holder[name] ?? null])
    else if (how === 8) put(String(JSON.stringify(holder[name] ?? null)).slice(0, 200))
    else put(structuredClone(random.pick(places.map((other) => other.holder[other.name] ?? null))))
    if (JSON.stringify(value).length > 30_000) return
  }
}

export const toText = (value: Json): string => JSON.stringify(value).replaceAll(/"@@verbatim ([^"@]*)@@"/g, '$1')

/** The same request written otherwise: the meaning is the same, and so must the answer be. */
export function rewrite(value: Json, text: string, random: Random): string {
  return random.pick([
    () => JSON.stringify(value, undefined, '\t'),
    () => ` \r\n\t${text}\n `,
    () => text.replace('"method"', '"\\u006d\\u0065thod"'),
    () => text.replaceAll('/', '\\/'),
    () => text.replace(/"id":(\d+)/, '"id":$1.0'),
  ])()
}

/** Breaks the text itself. Most of these end the connection. */
export function mutateText(text: string, random: Random): string | Buffer {
  const at = random.integer(0, text.length)
  return random.pick<() => string | Buffer>([
    () => text.slice(0, at),
    () => text.slice(at),
    () => text.slice(0, at) + random.pick(['"', '{', '}', ',', ':', '\\', '\0', ' ', '1', '\ud800']) + text.slice(at),
    () => text.slice(0, at) + text.slice(at + 1),
    () => `${text}${text}`,
    () => `\ufeff${text}`,
    () => `${text}//`,
    () => `/**/${text}`,
    () => text.replace('"id":', '"id":0,"id":'),
    () => text.replace('"params":{', '"params":{"a":1,"\\u0061":2,'),
    () => text.replace('"params":', `"${random.pick(['method', 'params', '__proto__'])}":{},"params":`),
    () =>
      text.replace(
        /"id":\d+/,
        `"id":${random.pick(['NaN', 'Infinity', '1e400', '-1', '"1"', 'null', '01', '2e99', '1.5'])}`,
      ),
    () => `{"id":1,"method":"x","params":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
    () => `${'['.repeat(30_000)}`,
    () => `{"id":1,"method":"x","params":{"a":"${'x'.repeat(random.pick([65_536, 70_000]))}"}}`,
    () => Buffer.from(text),
    () => Buffer.from(Array.from({ length: random.integer(0, 200) }, () => random.integer(0, 255))),
    () => String.fromCharCode(...Array.from({ length: random.integer(1, 50) }, () => random.integer(0, 0xffff))),
    () => random.pick(['', 'null', '[]', '{}', '0', '""', 'true', '[{}]', '{"event":"session.heartbeat","data":{}}']),
  ])()
}

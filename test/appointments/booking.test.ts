import fc from 'fast-check'
import t from 'tap'
import { settingsDefaults } from '../../src/appointments/settings.ts'
import { createCalendar } from '../../src/calendar/calendar.ts'
import { weekOf } from '../../src/calendar/week.ts'
import { VisavisError } from '../../src/protocol/index.ts'
import { fence } from '../../src/store/fence.ts'
import { testRedis } from '../support/redis.ts'
import { advisor, dayMs, hourMs, jobseeker, minuteMs, type TestBook, testBook, tomorrow } from './test-book.ts'

const redis = await testRedis(t)
const clustered = await testRedis(t, { cluster: true })

t.test('an appointment is made once however often it is asked for', async (t) => {
  const book = testBook(redis.client)
  const asked = {
    key: 'booking-key-1',
    jobseeker: 'yann',
    jobseekerName: 'Yann "é" \ud800',
    from: tomorrow,
    modality: 'webcam',
  } as const
  const host = { advisor: 'anne' }
  const all = await Promise.all(
    Array.from({ length: 5 }, () =>
      book.bookings.book(book.region, host, { ...asked, subject: 'CV\n' }, advisor('anne')),
    ),
  )
  t.equal(all.filter(({ created }) => created).length, 1)
  t.equal(new Set(all.map(({ appointment }) => appointment.id)).size, 1)
  t.match(all[0]?.appointment, { state: 'booked', sequence: 0, until: tomorrow + 30 * minuteMs, subject: 'CV\n' })
  t.same((await book.told()).sort(), ['anne booked 0', 'yann booked 0'])
  t.ok((await redis.client.pttl(book.keys.acted('book', 'anne', 'booking-key-1'))) > 0)
})

t.test('nobody is in two appointments at once, and the advisor has their buffer', async (t) => {
  const book = testBook(redis.client)
  await book.make('yann', tomorrow)
  const taken = (whose: string) => ({ code: 'CONFLICT', details: { whose } })
  await t.rejects(book.make('maria', tomorrow), taken('advisor'))
  await t.rejects(book.make('maria', tomorrow - 29 * minuteMs), taken('advisor'))
  await t.rejects(book.make('maria', tomorrow + 30 * minuteMs), taken('advisor'), 'within the buffer')
  await t.rejects(book.make('maria', tomorrow - 30 * minuteMs), taken('advisor'), 'the buffer of the new one')
  await t.rejects(book.make('yann', tomorrow + 15 * minuteMs, { host: { advisor: 'bruno' } }), taken('jobseeker'))
  await book.make('maria', tomorrow + 35 * minuteMs)
  await book.make('maria', tomorrow - 35 * minuteMs)
  await t.rejects(
    book.make('paul', tomorrow, { host: { advisor: 'bruno', standIns: ['anne'] } }),
    taken('advisor'),
    'whoever stands in must be free as well',
  )
})

t.test('no appointment is in the past, in closing time, or of a length that there is not', async (t) => {
  const hours = weekOf(() => [{ from: 9 * 60, until: 17 * 60 }])
  const book = testBook(redis.client, createCalendar({ timeZone: 'UTC', hours, isClosed: () => false }))
  await t.rejects(book.make('yann', Math.floor((Date.now() - dayMs) / dayMs) * dayMs + 10 * hourMs), {
    code: 'BAD_REQUEST',
    message: /past/,
  })
  await t.rejects(book.make('yann', tomorrow + 8 * hourMs), { code: 'BAD_REQUEST', message: /closed/ })
  await t.rejects(
    book.make('yann', tomorrow + 16.75 * hourMs),
    { code: 'BAD_REQUEST', message: /closed/ },
    'until after the end',
  )
  await t.rejects(book.make('yann', tomorrow + 10 * hourMs, { lengthMs: 31 * minuteMs }), {
    code: 'BAD_REQUEST',
    details: { path: '/lengthMs' },
  })
  t.match(await book.make('yann', tomorrow + 16.5 * hourMs), { state: 'booked' })
})

t.test('a jobseeker takes a free slot and nothing else, not too soon, and not too many', async (t) => {
  const book = testBook(redis.client)
  await book.settings.set(book.region, { noticeMs: 24 * hourMs, mostAhead: 2 })
  const choose = (from: number) => book.make('yann', from, { actor: jobseeker('yann') })
  const slots = await book.bookings.slots(
    book.region,
    { advisor: 'anne' },
    { from: Date.now(), until: Date.now() + 3 * dayMs, chosen: true },
  )
  t.ok((slots[0]?.from ?? 0) >= Date.now() + 24 * hourMs - 1_000)
  await t.rejects(choose(tomorrow + minuteMs), { code: 'CONFLICT', message: /free slot/ })
  await t.rejects(choose((slots[0]?.from ?? 0) - 30 * minuteMs), { code: 'CONFLICT' })
  await choose(slots[0]?.from ?? 0)
  await t.rejects(choose(slots[0]?.from ?? 0), { code: 'CONFLICT' })
  await choose(tomorrow + 2 * hourMs)
  await t.rejects(choose(tomorrow + 4 * hourMs), { code: 'CONFLICT', details: { most: 2 } })
  await book.make('yann', tomorrow + 6 * hourMs)
  await book.settings.set(book.region, { ownBooking: false })
  t.same(
    await book.bookings.slots(
      book.region,
      { advisor: 'anne' },
      { from: tomorrow, until: tomorrow + dayMs, chosen: true },
    ),
    [],
  )
})

t.test('moving raises the version, keeps the id, and a refused move leaves all as it was', async (t) => {
  const book = testBook(redis.client)
  const one = await book.make('yann', tomorrow)
  await book.make('maria', tomorrow + 2 * hourMs)
  const host = { advisor: 'anne' }
  const move = (key: string, from: number, more: object = {}) =>
    book.bookings.move(book.region, host, one.id, { key, from, reason: 'why "not"', ...more }, advisor('anne'))
  await t.rejects(move('move-key-1', tomorrow + 2 * hourMs), { code: 'CONFLICT', details: { whose: 'advisor' } })
  t.match(await book.appointments.get(book.region, one.id), { from: tomorrow, sequence: 0 })
  await t.rejects(book.make('paul', tomorrow), { code: 'CONFLICT' }, 'its old time is still taken')
  const [moved, again] = await Promise.all([
    move('move-key-2', tomorrow + hourMs),
    move('move-key-2', tomorrow + hourMs),
  ])
  t.match(moved, { id: one.id, from: tomorrow + hourMs, sequence: 1, reason: 'why "not"', changedBy: 'anne' })
  t.equal(again.sequence, 1)
  await book.make('paul', tomorrow)
  t.match(await move('move-key-3', tomorrow + hourMs + 10 * minuteMs), { sequence: 2 }, 'onto its own time')
  t.match(await move('move-key-4', tomorrow + hourMs + 10 * minuteMs, { modality: 'agency' }), {
    modality: 'agency',
    sequence: 3,
  })
  t.same(
    (await book.appointments.history(book.region, one.id)).map(({ is, sequence }) => `${is} ${sequence}`),
    [...['made 0', 'moved 1', 'moved 2', 'moved 3']],
  )
})

t.test('what is cancelled frees its time, and is not changed any more', async (t) => {
  const book = testBook(redis.client)
  const one = await book.make('yann', tomorrow)
  const act = { key: 'cancel-key-1', reason: 'ill' }
  const cancelled = await book.appointments.cancel(book.region, one.id, act, jobseeker('yann'))
  t.match(cancelled, { state: 'cancelled', sequence: 1, reason: 'ill', changedBy: 'yann' })
  t.same(await book.appointments.cancel(book.region, one.id, act, jobseeker('yann')), cancelled)
  await t.rejects(
    book.appointments.cancel(book.region, one.id, { key: 'cancel-key-2', reason: 'x' }, advisor('anne')),
    { code: 'CONFLICT' },
  )
  const move = { key: 'move-key-1', from: tomorrow + hourMs, reason: 'x' }
  await t.rejects(book.bookings.move(book.region, { advisor: 'anne' }, one.id, move, advisor('anne')), {
    code: 'CONFLICT',
  })
  t.same(await book.appointments.ofAdvisor(book.region, 'anne'), [])
  t.match(await book.appointments.ofJobseeker(book.region, 'yann'), [{ state: 'cancelled' }])
  await book.make('maria', tomorrow)
})

t.test('asking for the agency turns what lies ahead in one act, and is undone by another', async (t) => {
  const book = testBook(redis.client)
  const [one, two, three] = [
    await book.make('yann', tomorrow),
    await book.make('yann', tomorrow + dayMs),
    await book.make('yann', tomorrow + 2 * dayMs, { modality: 'agency' }),
  ]
  const turn = (to: 'agency' | 'webcam', why: 'asked' | 'left', key: string) =>
    book.appointments.turnAll(book.region, 'yann', { to, why, by: 'yann', key })
  t.equal((await turn('agency', 'asked', 'turn-key-1')).length, 3)
  for (const { id } of [one, two])
    t.match(await book.appointments.get(book.region, id), { modality: 'agency', turned: true, sequence: 1 })
  t.match(await book.appointments.get(book.region, three.id), { sequence: 0 }, 'what was there stays as it is')
  await turn('webcam', 'left', 'turn-key-2')
  t.match(await book.appointments.get(book.region, one.id), { modality: 'agency' }, 'only the same reason is undone')
  await turn('webcam', 'asked', 'turn-key-3')
  t.match(await book.appointments.get(book.region, one.id), { modality: 'webcam', sequence: 2 })
  t.equal((await book.appointments.get(book.region, one.id)).turned, undefined)
  t.match(await book.appointments.get(book.region, three.id), { modality: 'agency', sequence: 0 })
  await turn('agency', 'asked', 'turn-key-1')
  t.match(await book.appointments.get(book.region, one.id), { modality: 'webcam' }, 'a late repeat changes nothing')
})

t.test('a new advisor has what lies ahead, also what does not fit: that needs another time', async (t) => {
  const book = testBook(redis.client)
  const one = await book.make('yann', tomorrow)
  const two = await book.make('yann', tomorrow + dayMs)
  await book.make('maria', tomorrow + 10 * minuteMs, { host: { advisor: 'bruno' } })
  await book.appointments.follow(book.region, 'yann', { advisor: 'bruno' })
  await book.appointments.follow(book.region, 'yann', { advisor: 'bruno' })
  t.match(await book.appointments.get(book.region, one.id), {
    advisor: 'bruno',
    clash: true,
    sequence: 1,
    from: tomorrow,
  })
  t.match(await book.appointments.get(book.region, two.id), { advisor: 'bruno', sequence: 1 })
  t.equal((await book.appointments.get(book.region, two.id)).clash, undefined)
  t.same(await book.appointments.ofAdvisor(book.region, 'anne'), [])
  t.equal((await book.appointments.ofAdvisor(book.region, 'bruno')).length, 3)
  t.ok((await book.told()).includes('anne booked 1'), 'the former advisor is told')
  const moving = { key: 'move-key-1', from: tomorrow + 3 * hourMs, reason: 'two at once' }
  const moved = await book.bookings.move(book.region, { advisor: 'bruno' }, one.id, moving, advisor('bruno'))
  t.equal(moved.clash, undefined)
  await t.rejects(book.make('paul', tomorrow + 3 * hourMs, { host: { advisor: 'bruno' } }), { code: 'CONFLICT' })
})

t.test('nothing is made of somebody who is erased, and nothing is left of them', async (t) => {
  const book = testBook(redis.client)
  await book.make('maria', tomorrow)
  const one = await book.make('yann', tomorrow + hourMs)
  await fence(redis.client, book.region, 'yann')
  t.equal(await book.appointments.forget(book.region, 'yann'), 1)
  t.equal(await book.appointments.forget(book.region, 'yann'), 0)
  await t.rejects(book.make('yann', tomorrow + 2 * hourMs), { code: 'GONE' })
  t.equal((await book.told()).at(-1), 'anne cancelled 1')
  for (const key of [book.keys.records, book.keys.lists, book.keys.due]) {
    t.notOk(((await redis.client.dumpBuffer(key)) ?? Buffer.alloc(0)).includes('yann'), key)
  }
  t.equal(await redis.client.zscore(book.keys.due, one.id), null)
  t.equal((await book.appointments.ofAdvisor(book.region, 'anne')).length, 1)
})

t.test('what was over long enough goes, the rest stays', async (t) => {
  const book = testBook(redis.client)
  await book.make('yann', tomorrow)
  const later = await book.make('yann', tomorrow + dayMs)
  t.equal(await book.appointments.expire(book.region, 'yann', tomorrow + hourMs), 1)
  t.match(await book.appointments.ofJobseeker(book.region, 'yann'), [{ id: later.id }])
  t.equal(await book.appointments.count(book.region, 'yann'), 1)
})

t.test('what is told of a mail is kept once', async (t) => {
  const book = testBook(redis.client)
  const { id } = await book.make('yann', tomorrow)
  const note = { is: 'mailRead', by: 'yann', mail: '1-j', to: 'yann', why: 'link' } as const
  for (let n = 0; n < 3; n += 1) await book.appointments.noteMail(book.region, id, note)
  await book.appointments.noteMail(book.region, id, { ...note, is: 'mailDelivered' })
  t.same(
    (await book.appointments.history(book.region, id)).map(({ is }) => is),
    ['made', 'mailRead', 'mailDelivered'],
  )
  const move = { key: 'move-after-read', from: tomorrow + hourMs, reason: 'x' }
  await book.bookings.move(book.region, { advisor: 'anne' }, id, move, advisor('anne'))
  for (let n = 0; n < 2; n += 1) await book.appointments.noteMail(book.region, id, note)
  t.match(
    (await book.appointments.history(book.region, id)).slice(3),
    [{ is: 'moved' }, { is: 'mailRead', sequence: 1 }],
    'the same link shows another time now',
  )
})

const acts = fc.array(
  fc.oneof(
    fc.record({
      act: fc.constant('book' as const),
      who: fc.nat(3),
      host: fc.nat(2),
      at: fc.nat(11),
      length: fc.nat(2),
    }),
    fc.record({ act: fc.constant('move' as const), which: fc.nat(7), at: fc.nat(11), length: fc.nat(2) }),
    fc.record({ act: fc.constant('cancel' as const), which: fc.nat(7) }),
    fc.record({ act: fc.constant('follow' as const), who: fc.nat(3), host: fc.nat(2) }),
  ),
  { minLength: 8, maxLength: 30 },
)

/** No two booked ones of an advisor (their buffer included) or of a jobseeker at once, clashes aside. */
async function overlaps(book: TestBook, people: readonly string[], hosts: readonly string[]): Promise<string[]> {
  const found: string[] = []
  const look = (whose: string, all: readonly { id: string; from: number; until: number }[]) => {
    const sorted = all.toSorted((a, b) => a.from - b.from)
    for (const [n, one] of sorted.entries()) {
      const next = sorted[n + 1]
      if (next !== undefined && next.from < one.until) found.push(`${whose}: ${one.id} and ${next.id}`)
    }
  }
  for (const person of people) {
    look(
      person,
      (await book.appointments.ofJobseeker(book.region, person)).filter(({ state }) => state === 'booked'),
    )
  }
  for (const host of hosts) {
    const fits = (await book.appointments.ofAdvisor(book.region, host)).filter(({ clash }) => clash !== true)
    look(
      host,
      fits.map((one) => ({ ...one, until: one.until + settingsDefaults.bufferMs })),
    )
  }
  return found
}

for (const [kind, { client }] of Object.entries({ 'one server': redis, 'a cluster': clustered })) {
  t.test(`whatever is done at once, nobody is double booked, on ${kind}`, async () => {
    const people = ['yann', 'maria', 'paul', 'lea']
    const hosts = ['anne', 'bruno', 'claire']
    await fc.assert(
      fc.asyncProperty(acts, async (drawn) => {
        const book = testBook(client)
        const ids: string[] = []
        const lengthMs = (n: number) => settingsDefaults.lengthsMs[n] ?? 0
        const tried = drawn.map(async (one, n) => {
          const key = `any-key-${n}`
          if (one.act === 'book') {
            const host = { advisor: hosts[one.host] ?? '' }
            const from = tomorrow + one.at * 15 * minuteMs
            const made = await book.make(people[one.who] ?? '', from, { host, lengthMs: lengthMs(one.length), key })
            return void ids.push(made.id)
          }
          if (one.act === 'follow')
            return book.appointments.follow(book.region, people[one.who] ?? '', { advisor: hosts[one.host] ?? '' })
          const id = ids[one.which % Math.max(1, ids.length)]
          if (id === undefined) return
          if (one.act === 'cancel')
            return book.appointments.cancel(book.region, id, { key, reason: 'x' }, advisor('anne'))
          const from = tomorrow + one.at * 15 * minuteMs
          const host = { advisor: (await book.appointments.get(book.region, id)).advisor }
          return book.bookings.move(
            book.region,
            host,
            id,
            { key, from, lengthMs: lengthMs(one.length), reason: 'x' },
            advisor('anne'),
          )
        })
        for (const result of await Promise.allSettled(tried)) {
          if (
            result.status === 'rejected' &&
            !(result.reason instanceof VisavisError && result.reason.code === 'CONFLICT')
          )
            throw result.reason
        }
        const found = await overlaps(book, people, hosts)
        if (found.length > 0) throw new Error(found.join('; '))
        // What is on the lists is what the records say.
        const members = await client.zrange(book.keys.lists, '0', '-1')
        const booked = members.filter((member) => /^[an]\|/.test(member)).length
        const stored = (
          await Promise.all(people.map((person) => book.appointments.ofJobseeker(book.region, person)))
        ).flat()
        return booked === stored.filter(({ state }) => state === 'booked').length
      }),
      { numRuns: 40 },
    )
  })
}
